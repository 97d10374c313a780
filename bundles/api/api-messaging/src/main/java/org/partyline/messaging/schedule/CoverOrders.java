package org.partyline.messaging.schedule;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.cover.CoverTransaction;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;

/**
 * Provides the cover traffic orders that its bundle stores; none while the bundle is unavailable. Each method is part
 * of the caller's transaction.
 */
public final class CoverOrders {
    private final CoverTraffic cover;
    private final StateGuard guard;
    private final Clock clock;

    /** @param cover from another bundle, which may be unavailable */
    public CoverOrders(CoverTraffic cover, StateGuard guard, Clock clock) {
        this.cover = cover;
        this.guard = guard;
        this.clock = clock;
    }

    /** A store transaction as seen by cover traffic. */
    public CoverTransaction transaction(StoreTransaction tx) {
        return new StoreCoverTransaction(guard, clock, tx);
    }

    /** The order for a persona; empty: none, or the bundle is unavailable. */
    public Optional<CoverOrder> of(StoreTransaction tx, int persona) throws StoreException {
        try {
            return cover.order(transaction(tx), persona);
        } catch (AbsentException e) {
            return Optional.empty();
        }
    }

    /** Whether a persona's cover traffic was started and not stopped. */
    public boolean isOn(StoreTransaction tx, int persona) throws StoreException {
        return of(tx, persona).isPresent();
    }

    /**
     * The minimum size of a persona's packets, in bytes.
     *
     * @param most the maximum that nodes relay
     * @return 0 without cover traffic
     */
    public int leastSize(StoreTransaction tx, int persona, int most) throws StoreException {
        return of(tx, persona).map(order -> Math.min(order.leastSize(), most)).orElse(0);
    }

    /**
     * Called when a packet of a message is paid for: its size is remembered, since decoys have the sizes of such
     * packets.
     */
    public void sent(StoreTransaction tx, int persona, int size) throws StoreException {
        try {
            cover.sent(transaction(tx), persona, size);
        } catch (AbsentException e) {
            // No decoy is created meanwhile.
            return;
        }
    }

    /** The personas whose cover traffic should run, even while its bundle is not running. */
    public static List<Integer> ordered(StoreTransaction tx) throws StoreException {
        return tx.list(StoreCoverTransaction.PLANS, StoreCoverTransaction.ORDERED).stream()
                .map(plan -> (int) ByteBuffer.wrap(plan.key()).getLong())
                .toList();
    }

    /** Called when a persona is erased. */
    public static void erase(StoreTransaction tx, int persona) throws StoreException {
        tx.delete(StoreCoverTransaction.PLANS, Keys.of(persona));
        tx.delete(StoreCoverTransaction.SIZES, Keys.of(persona));
    }
}
