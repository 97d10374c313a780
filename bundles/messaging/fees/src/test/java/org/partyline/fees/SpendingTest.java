package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.fees.SpentRecord;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.store.Tables;

/** What is taken back of what was counted, when a miner took another transaction with the same coin. */
class SpendingTest {
    private static final int ALICE = 1;
    private static final int WORK = 2;

    private final FeesBench bench = new FeesBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void count(long time, long fee, int persona) throws StoreException {
        bench.clock.set(Instant.ofEpochMilli(time));
        bench.stage.guard.transact(tx -> {
            bench.spending.countPacket(tx, fee, persona, Network.REGTEST);
            return null;
        });
    }

    private List<SpentRecord> uncounted(long fee) throws StoreException {
        return bench.stage.guard.transact(tx -> {
            SpentRecords.uncount(tx, fee, ALICE);
            return Tables.all(tx, SpentRecord.TABLE, SpentRecord.class);
        });
    }

    @Test
    void oneOfThoseThatAreAlikeIsTakenBackTheOldest() throws Exception {
        count(10, 21, ALICE);
        count(20, 21, ALICE);
        count(30, 22, ALICE);
        assertEquals(
                List.of(new SpentRecord(20, 21, false, ALICE), new SpentRecord(30, 22, false, ALICE)), uncounted(21));
    }

    @Test
    void whatAnotherPersonaPaidStaysCounted() throws Exception {
        count(10, 21, WORK);
        assertEquals(List.of(new SpentRecord(10, 21, false, WORK)), uncounted(21));
    }

    @Test
    void whatCoverTrafficPaidStaysCounted() throws Exception {
        bench.stage.cover.orders.put(ALICE, new CoverOrder(Duration.ofMinutes(10), 1_000, 0));
        count(10, 21, ALICE);
        assertEquals(List.of(new SpentRecord(10, 21, true, ALICE)), uncounted(21));
    }
}
