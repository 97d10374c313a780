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
 * Provides the orders of cover traffic from its bundle; none while that is unavailable. Each method is part of the
 * caller's transaction.
 */
public final class CoverOrders {
    private final CoverTraffic cover;
    private final StateGuard guard;
    private final Clock clock;

    /** @param cover of another bundle, which may be unavailable */
    public CoverOrders(CoverTraffic cover, StateGuard guard, Clock clock) {
        this.cover = cover;
        this.guard = guard;
        this.clock = clock;
    }

    /** A transaction of the store as cover traffic sees it. */
    public CoverTransaction transaction(StoreTransaction tx) {
        return new StoreCoverTransaction(guard, clock, tx);
    }

    /** What was ordered for a persona; empty: nothing, or the bundle is unavailable. */
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

    /** The least size of what a persona sends, in bytes. @param most that nodes carry @return 0 without cover traffic */
    public int leastSize(StoreTransaction tx, int persona, int most) throws StoreException {
        return of(tx, persona).map(order -> Math.min(order.leastSize(), most)).orElse(0);
    }

    /** A packet that says something is paid for: its size is remembered, as decoys are of the sizes of these. */
    public void sent(StoreTransaction tx, int persona, int size) throws StoreException {
        try {
            cover.sent(transaction(tx), persona, size);
        } catch (AbsentException e) {
            // No decoy is made meanwhile.
            return;
        }
    }

    /** The personas that cover traffic is to run for, also while its bundle is not running. */
    public static List<Integer> ordered(StoreTransaction tx) throws StoreException {
        return tx.list(StoreCoverTransaction.PLANS, StoreCoverTransaction.ORDERED).stream()
                .map(plan -> (int) ByteBuffer.wrap(plan.key()).getLong())
                .toList();
    }

    /** A persona is erased. */
    public static void erase(StoreTransaction tx, int persona) throws StoreException {
        tx.delete(StoreCoverTransaction.PLANS, Keys.of(persona));
        tx.delete(StoreCoverTransaction.SIZES, Keys.of(persona));
    }
}
