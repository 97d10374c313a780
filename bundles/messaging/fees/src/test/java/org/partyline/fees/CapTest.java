package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.FeeSettings;
import org.partyline.messaging.fees.Spending;
import org.partyline.testkit.messaging.StageBench;

/** The caps on what is spent, and the budget of cover traffic. */
class CapTest {
    private static final int ALICE = StageBench.ALICE.id();

    private final StageBench stage = new StageBench();
    private Spending spending;
    private Fees fees;

    @BeforeEach
    void open() {
        FeesStage offered = stage.add(FeesStage::new);
        spending = StageBench.offered(offered, Spending.class);
        fees = StageBench.offered(offered, Fees.class);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void caps(long message, long hour, long day) {
        FeeSettings now = stage.settings.get().fees();
        stage.settings.fees(new FeeSettings(
                now.minimum(), now.maximum(), now.target(), now.band(), message, hour, day, now.mainnetAccepted()));
    }

    private Optional<String> refusal(long fee) throws Exception {
        return stage.store.transact(tx -> spending.refuse(tx, fee, 0, ALICE));
    }

    private void count(long fee) throws Exception {
        stage.store.transact(tx -> {
            spending.countPacket(tx, fee, ALICE, Network.REGTEST);
            return null;
        });
    }

    private void check(long fee) throws Exception {
        stage.store.<Void, Exception>transact(tx -> {
            spending.checkBudget(tx, fee, ALICE, Network.REGTEST);
            return null;
        });
    }

    @Test
    void nothingIsSentOverACap() throws Exception {
        caps(10, 50_000, 200_000);
        assertTrue(refusal(19).orElseThrow().contains("fee-cap-message=10sat"));
        caps(1000, 50, 200_000);
        assertEquals(Optional.empty(), refusal(19));
        count(19);
        // 19 and 21 sat are spent: the next one still fits, the one after it does not.
        assertEquals(Optional.empty(), refusal(21));
        count(21);
        assertEquals(40, fees.limits().hourSpent());
        assertTrue(refusal(21)
                .orElseThrow()
                .contains("would pass fee-cap-hour=50sat: 40 sat were spent in the last hour"));
        for (int i = 0; i < 4; i++) {
            stage.clock.pass(Duration.ofMinutes(14));
            assertTrue(refusal(21).isPresent(), "nothing in this hour");
        }
        stage.clock.pass(Duration.ofMinutes(5));
        assertEquals(Optional.empty(), refusal(21), "the hour is over");
        assertEquals(40, fees.limits().daySpent());
        assertThrows(NoSuchThingException.class, () -> fees.limit(Fees.Cap.DAY, 0));
        fees.limit(Fees.Cap.HOUR, 50);
        assertEquals(Map.of("fee-cap-hour", "50sat"), stage.settings.changed());
    }

    @Test
    void theBudgetOfCoverTrafficIsThatOfADay() throws Exception {
        // Two of the dearest packets, of 21 sat each.
        stage.cover.orders.put(ALICE, new CoverOrder(Duration.ofSeconds(30), 42, 0));
        for (int i = 0; i < 2; i++) {
            check(21);
            count(21);
        }
        assertEquals(
                21, assertThrows(Spending.BudgetSpent.class, () -> check(21)).fee());
        stage.clock.pass(Duration.ofHours(25));
        check(21);
    }

    /** Else who talks had cover for longer than who is silent, and its end would tell. */
    @Test
    void whateverLeavesAtAPointCountsAndWhatIsTakenBackDoesNot() throws Exception {
        count(40);
        stage.cover.orders.put(ALICE, new CoverOrder(Duration.ofSeconds(30), 42, 0));
        stage.store.transact(tx -> {
            spending.countRecall(tx, 40, ALICE);
            return null;
        });
        check(42);
        count(21);
        check(21);
        assertThrows(Spending.BudgetSpent.class, () -> check(22));
        stage.cover.orders.clear();
        check(1000);
    }
}
