package org.partyline.engine.schedule;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.kernel.AbsentException;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.store.Keys;

/**
 * What cover traffic was ordered, as the bundle says that brings it: while that is away there is none. Each method is part of the caller's
 * transaction.
 */
public final class CoverOrders {
    private CoverOrders() {}

    /** What was ordered for a persona; empty: nothing, or the bundle is away. */
    public static Optional<CoverOrder> of(Core core, StoreTransaction tx, int persona) throws StoreException {
        try {
            return core.cover.order(new StoreCoverTransaction(core, tx), persona);
        } catch (AbsentException e) {
            return Optional.empty();
        }
    }

    /** Whether a persona's cover traffic was started and not stopped. */
    public static boolean isOn(Core core, StoreTransaction tx, int persona) throws StoreException {
        return of(core, tx, persona).isPresent();
    }

    /** The least size of what a persona sends, in bytes. @param most that nodes carry @return 0 without cover traffic */
    public static int leastSize(Core core, StoreTransaction tx, int persona, int most) throws StoreException {
        return of(core, tx, persona)
                .map(order -> Math.min(order.leastSize(), most))
                .orElse(0);
    }

    /** A packet that says something is paid for: its size is remembered, as decoys are of the sizes of these. */
    public static void sent(Core core, StoreTransaction tx, int persona, int size) throws StoreException {
        try {
            core.cover.sent(new StoreCoverTransaction(core, tx), persona, size);
        } catch (AbsentException e) {
            // No decoy is made meanwhile.
            return;
        }
    }

    /** The personas that cover traffic is to run for, also while its bundle is away. */
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
