package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.StoreException;

/** What is taken back of what was counted, when a miner took another transaction with the same coin. */
class SpendingTest {
    private static final int ALICE = 1;
    private static final int WORK = 2;

    private final MachineStore store = new MachineStore();

    @BeforeEach
    void open() throws StoreException {
        store.create("a store of a test".toCharArray());
    }

    private void count(long time, long fee, boolean covered, int persona) throws StoreException {
        store.transact(tx -> {
            tx.put(
                    Records.SPENT,
                    Records.key(Core.next(tx, "spent")),
                    Records.ALL,
                    Cbor.write(new Records.Spent(time, fee, covered, persona)),
                    null);
            return null;
        });
    }

    private List<Records.Spent> uncounted(long fee) throws StoreException {
        return store.transact(tx -> {
            Spending.uncount(tx, fee, ALICE);
            return Core.all(tx, Records.SPENT, Records.Spent.class);
        });
    }

    @Test
    void oneOfThoseThatAreAlikeIsTakenBackTheOldest() throws Exception {
        count(10, 21, false, ALICE);
        count(20, 21, false, ALICE);
        count(30, 22, false, ALICE);
        assertEquals(
                List.of(new Records.Spent(20, 21, false, ALICE), new Records.Spent(30, 22, false, ALICE)),
                uncounted(21));
    }

    @Test
    void whatAnotherPersonaPaidStaysCounted() throws Exception {
        count(10, 21, false, WORK);
        assertEquals(1, uncounted(21).size());
    }

    @Test
    void whatCoverTrafficPaidStaysCounted() throws Exception {
        count(10, 21, true, ALICE);
        assertEquals(1, uncounted(21).size());
    }
}
