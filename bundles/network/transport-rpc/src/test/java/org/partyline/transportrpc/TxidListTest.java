package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;

class TxidListTest {
    private static final int MANY = 3 * TxidList.CHUNK + 5;

    private final Random random = new Random(11);
    private final TxidList list = new TxidList();
    private final List<TxId> model = new ArrayList<>();

    private TxId id() {
        byte[] bytes = new byte[TxId.LENGTH];
        random.nextBytes(bytes);
        return TxId.ofBytes(bytes);
    }

    private void fill() {
        for (int i = 0; i < MANY; i++) {
            TxId id = id();
            assertTrue(list.add(id));
            model.add(id);
        }
    }

    @Test
    void itHoldsWhatAListOfObjectsHolds() {
        fill();
        for (int i = 0; i < MANY; i += 7) {
            TxId id = id();
            assertEquals(model.set(i, id), list.set(i, id));
        }
        while (model.size() > TxidList.CHUNK) {
            int last = model.size() - 1;
            assertEquals(model.remove(last), list.remove(last));
        }
        assertEquals(model, list);
        fill();
        assertEquals(model, list);
        list.clear();
        assertEquals(List.of(), list);
    }

    @Test
    void whatAFilterTakesIsRemovedAndTheRestKeepsItsOrder() {
        fill();
        for (int odd : new int[] {2, 3, 1}) {
            Predicate<TxId> filter = id -> (id.bytes()[0] & odd) != 0;
            assertEquals(model.removeIf(filter), list.removeIf(filter));
            assertEquals(model, list);
            assertFalse(list.removeIf(filter));
        }
    }

    @Test
    void anIdIsComparedAsAWholeAndItsHalvesAreRead() {
        byte[] bytes = new byte[TxId.LENGTH];
        bytes[7] = 1;
        bytes[15] = 2;
        list.add(id());
        list.add(TxId.ofBytes(bytes));
        assertEquals(1, list.first(1));
        assertEquals(2, list.second(1));
        assertTrue(list.is(1, bytes));
        assertFalse(list.is(0, bytes));
        bytes[31] = 1;
        assertFalse(list.is(1, bytes));
    }

    @Test
    void onlyTheLastOneIsRemovedByItsNumberAndNoneIsReadBehindIt() {
        list.add(id());
        TxId last = id();
        list.add(last);
        assertThrows(IllegalArgumentException.class, () -> list.remove(0));
        assertEquals(last, list.remove(1));
        assertThrows(IndexOutOfBoundsException.class, () -> list.get(1));
        assertThrows(IndexOutOfBoundsException.class, () -> list.get(-1));
    }
}
