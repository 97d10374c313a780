package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;

class TxidSetTest {
    private final Random random = new Random(7);

    private TxId id() {
        byte[] bytes = new byte[TxId.LENGTH];
        random.nextBytes(bytes);
        return TxId.ofBytes(bytes);
    }

    @Test
    void itHoldsWhatAHashSetHoldsThroughManyChanges() {
        TxidSet set = new TxidSet(1_000_000, 42);
        Set<TxId> model = new HashSet<>();
        List<TxId> pool = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            pool.add(id());
        }
        for (int i = 0; i < 200_000; i++) {
            TxId id = pool.get(random.nextInt(pool.size()));
            if (random.nextBoolean()) {
                assertEquals(model.add(id), set.add(id));
            } else {
                assertEquals(model.remove(id), set.remove(id));
            }
            assertEquals(model.size(), set.size());
        }
        pool.forEach(id -> assertEquals(model.contains(id), set.contains(id)));
    }

    @Test
    void aSweepNamesExactlyWhatWasNotTouched() {
        TxidSet set = new TxidSet(1_000_000, 1);
        Set<TxId> all = new HashSet<>();
        for (int i = 0; i < 5000; i++) {
            TxId id = id();
            all.add(id);
            set.add(id);
        }
        for (int round = 0; round < 10; round++) {
            set.beginSweep();
            Set<TxId> gone = new HashSet<>();
            for (TxId id : all) {
                if (random.nextInt(4) == 0) {
                    gone.add(id);
                } else {
                    assertTrue(set.touch(id));
                }
            }
            TxId fresh = id();
            assertFalse(set.touch(fresh));
            set.add(fresh);
            Set<TxId> named = new HashSet<>();
            set.sweep(id -> assertTrue(named.add(id), "named once"));
            assertEquals(gone, named);
            all.removeAll(gone);
            all.add(fresh);
            assertEquals(all.size(), set.size());
            all.forEach(id -> assertTrue(set.contains(id)));
        }
    }

    @Test
    void overTheLimitNothingIsAdded() {
        TxidSet set = new TxidSet(2, 1);
        assertTrue(set.add(id()));
        assertTrue(set.add(id()));
        assertFalse(set.add(id()));
        assertEquals(2, set.size());
        set.clear();
        assertEquals(0, set.size());
    }
}
