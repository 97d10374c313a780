package org.partyline.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;

/** Cover traffic as it is stored: what was ordered for a persona, and the sizes of its own packets of late. */
public final class CoverPlans {
    private static final int MOST_SIZES = 64;
    /** Bytes. Messages in pieces fill packets of this size: were others smaller, many of it in a row would tell of a long message. */
    public static final int LEAST_SIZE = 80;

    private CoverPlans() {}

    public static List<CoverPlan> plans(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, CoverPlan.TABLE, CoverPlan.class);
    }

    public static void put(StoreTransaction tx, CoverPlan plan) throws StoreException {
        tx.put(CoverPlan.TABLE, Keys.of(plan.persona()), Keys.ALL, Cbor.write(plan), null);
    }

    /** Whether a persona's cover traffic was started and not stopped. */
    public static boolean isOn(StoreTransaction tx, int persona) throws StoreException {
        return plan(tx, persona).map(CoverPlan::running).orElse(false);
    }

    /** The least size of what a persona sends, in bytes. @param most that nodes carry @return 0 without cover traffic */
    public static int leastSize(StoreTransaction tx, int persona, int most) throws StoreException {
        return isOn(tx, persona) ? Math.min(LEAST_SIZE, most) : 0;
    }

    public static Optional<CoverPlan> plan(StoreTransaction tx, int persona) throws StoreException {
        return Tables.find(tx, CoverPlan.TABLE, Keys.of(persona), CoverPlan.class);
    }

    /** Sizes of the persona's own packets of late: decoys must be distributed as they are. */
    public static List<Integer> recentSizes(StoreTransaction tx, int persona) throws StoreException {
        return Tables.find(tx, SentSizes.TABLE, Keys.of(persona), SentSizes.class)
                .map(SentSizes::newest)
                .orElse(List.of());
    }

    /**
     * Remembers the size of a packet that says something, for longer than the outbox has it: what was sent in the last hours alone is
     * mostly short where little was said, and then large packets would rarely be decoys.
     */
    public static void remember(StoreTransaction tx, int persona, int size) throws StoreException {
        List<Integer> sizes = new ArrayList<>(recentSizes(tx, persona));
        sizes.add(size);
        List<Integer> newest = sizes.subList(Math.max(0, sizes.size() - MOST_SIZES), sizes.size());
        tx.put(SentSizes.TABLE, Keys.of(persona), Keys.ALL, Cbor.write(new SentSizes(newest)), null);
    }
}
