package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.store.StoreException;
import org.partyline.engine.fees.SpentRecord;
import org.partyline.engine.fees.SpentRecords;
import org.partyline.engine.store.Cbor;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;

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
                    SpentRecord.TABLE,
                    Keys.of(Tables.next(tx, "spent")),
                    Keys.ALL,
                    Cbor.write(new SpentRecord(time, fee, covered, persona)),
                    null);
            return null;
        });
    }

    private List<SpentRecord> uncounted(long fee) throws StoreException {
        return store.transact(tx -> {
            SpentRecords.uncount(tx, fee, ALICE);
            return Tables.all(tx, SpentRecord.TABLE, SpentRecord.class);
        });
    }

    @Test
    void oneOfThoseThatAreAlikeIsTakenBackTheOldest() throws Exception {
        count(10, 21, false, ALICE);
        count(20, 21, false, ALICE);
        count(30, 22, false, ALICE);
        assertEquals(
                List.of(new SpentRecord(20, 21, false, ALICE), new SpentRecord(30, 22, false, ALICE)), uncounted(21));
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
