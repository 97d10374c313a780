package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.testkit.messaging.StageBench;

/** Tests which packets count towards the budget of cover traffic. */
class CoverSpendingTest {
    private static final int ALICE = StageBench.ALICE.id();
    private static final int WORK = 2;

    private final StageBench bench = new StageBench();
    private final Spending spending = StageBench.offered(bench.add(FeesStage::new), Spending.class);

    @BeforeEach
    void cover() {
        bench.cover.orders.put(ALICE, new CoverOrder(Duration.ofSeconds(30), 45, 80));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void pay(long fee, int persona) throws PartylineException {
        bench.guard.<Void, PartylineException>transact(tx -> {
            spending.checkBudget(tx, fee, persona, Network.REGTEST);
            spending.countPacket(tx, FeesBench.payment(fee, persona), Network.REGTEST);
            return null;
        });
    }

    /** The amount counted in a persona's budget. */
    private long spent(int persona) throws StoreException {
        return bench.guard
                .<SpentRecords.Sums, StoreException>transact(
                        tx -> SpentRecords.sums(bench.clock.instant(), tx, persona))
                .coverDay();
    }

    @Test
    void nothingIsPaidBeyondTheBudgetUntilADayHasPassed() throws Exception {
        pay(21, ALICE);
        assertThrows(Spending.BudgetSpent.class, () -> pay(25, ALICE));
        pay(24, ALICE);
        assertEquals(45, spent(ALICE));
        Spending.BudgetSpent refused = assertThrows(Spending.BudgetSpent.class, () -> pay(1, ALICE));
        assertEquals(1, refused.fee());
        assertTrue(refused.getMessage().contains("budget of 45 sat a day"), refused.getMessage());
        bench.clock.pass(Duration.ofHours(25));
        assertEquals(0, spent(ALICE));
        pay(45, ALICE);
    }

    @Test
    void aPersonasBudgetHasNothingToDoWithAnothersCover() throws Exception {
        bench.cover.orders.put(WORK, new CoverOrder(Duration.ofHours(23), 45, 80));
        pay(45, ALICE);
        assertEquals(45, spent(ALICE));
        assertEquals(0, spent(WORK));
        pay(45, WORK);
    }

    @Test
    void takingAPacketBackIsNotOnIt() throws Exception {
        pay(21, ALICE);
        bench.guard.transact(tx -> {
            spending.countRecall(tx, FeesBench.payment(40, ALICE));
            return null;
        });
        assertEquals(21, spent(ALICE));
        assertEquals(
                61,
                bench.guard
                        .<SpentRecords.Sums, StoreException>transact(
                                tx -> SpentRecords.sums(bench.clock.instant(), tx, ALICE))
                        .day(),
                "the caps count it");
    }

    @Test
    void whatIsNotCoveredIsNotOnIt() throws Exception {
        pay(1000, WORK);
        assertEquals(0, spent(WORK));
    }
}
