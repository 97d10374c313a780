package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.FeeSettings;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.ApprovedRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.MessageWaitsException;
import org.partyline.testkit.messaging.StageBench;

/** The spending caps, and the budget of cover traffic. */
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
            spending.countPacket(tx, FeesBench.payment(fee, ALICE), Network.REGTEST);
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
                .contains("would exceed fee-cap-hour=50sat: 40 sat were spent in the last hour"));
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

    // ---- a message of several packets

    /** A message of several packets, some of which are paid for. @param fees of the paid ones */
    private OutgoingMessage message(long id, int packets, long... fees) throws Exception {
        List<OutgoingPart> parts = new ArrayList<>();
        for (int i = 0; i < packets; i++) {
            OutgoingPart part = OutgoingPart.of(new byte[80]);
            parts.add(i < fees.length ? part.signed(new byte[] {1}, new byte[32], 202, fees[i], "a", "") : part);
        }
        OutgoingMessage message = new OutgoingMessage(
                id,
                1,
                State.SEALED,
                "",
                0,
                Long.MAX_VALUE,
                0,
                false,
                1,
                parts,
                PacketType.TEXT.code(),
                null,
                false,
                0,
                "confirm",
                false);
        stage.store.transact(tx -> {
            OutgoingRecords.put(tx, message);
            return null;
        });
        return message;
    }

    private static Spending.Bill bill(OutgoingMessage message) {
        return new Spending.Bill(message.id(), message.parts().size(), message.fee());
    }

    private Optional<String> approve(long quote, OutgoingMessage message) throws Exception {
        try {
            stage.store.<Void, PartylineException>transact(tx -> {
                spending.approve(tx, quote, quote, bill(message), ALICE);
                return null;
            });
            return Optional.empty();
        } catch (MessageWaitsException e) {
            assertTrue(e.isOnHold(), "a cap is the operator's");
            return Optional.of(e.getMessage());
        }
    }

    private Optional<String> refusal(long fee, OutgoingMessage message) throws Exception {
        try {
            stage.store.<Void, PartylineException>transact(tx -> {
                spending.require(tx, fee, bill(message), ALICE);
                return null;
            });
            return Optional.empty();
        } catch (MessageWaitsException e) {
            assertTrue(e.isOnHold(), "a cap is the operator's, and so is a recall");
            return Optional.of(e.getMessage());
        }
    }

    @Test
    void aQuoteOverACapIsRefusedWithBothFigures() {
        caps(1_000, 5_000, 4_000);
        assertEquals(Optional.empty(), spending.refuseQuote(1_000, 10));
        assertEquals(
                "it would cost up to 1001 sat in 10 packets, but fee-cap-message=1000sat: shorten it, wait "
                        + "for lower fee rates, or raise the cap with partyline:fee-limit --message",
                spending.refuseQuote(1_001, 10).orElseThrow());
        caps(9_000, 5_000, 4_000);
        assertTrue(spending.refuseQuote(4_500, 1).orElseThrow().contains("in 1 packet, but fee-cap-day=4000sat"));
        assertTrue(spending.refuseQuote(5_500, 1).orElseThrow().contains("fee-cap-hour=5000sat"));
    }

    @Test
    void whatBeganGoesOnUpToItsQuoteAndMarginWhateverElseWasSpent() throws Exception {
        caps(1_000, 2_000, 2_000);
        assertEquals(Optional.empty(), approve(400, message(1, 4)));
        OutgoingMessage begun = message(1, 4, 100);
        count(100);
        caps(50, 150, 150);
        assertEquals(Optional.empty(), refusal(150, begun), "the caps were asked before its first packet left");
        OutgoingMessage dear = message(1, 4, 100, 150, 150);
        assertEquals(Optional.empty(), refusal(100, dear), "400 sat, and a quarter of that");
        assertEquals(
                "it waits for a lower fee rate: its next packet costs 101 sat now, and 400 of its 500 sat are spent; "
                        + "allow more with partyline:fee-limit --message, or partyline:recall 1 sends no more of it",
                refusal(101, dear).orElseThrow());
    }

    /** A shared transaction that a block makes impossible gives its price back, and the message goes with another. */
    @Test
    void aMessageWhosePacketsAreAllPaidForNeverCostsMoreThanItsSenderWasTold() throws Exception {
        caps(9_000, 9_000, 9_000);
        told(1, 50);
        assertEquals(Optional.empty(), refusal(50, message(1, 1)));
        assertEquals(
                "it waits for a lower fee rate: its next packet costs 51 sat now, and 0 of its 50 sat are spent; allow "
                        + "more with partyline:fee-limit --message, or partyline:cancel 1 does not send it",
                refusal(51, message(1, 1)).orElseThrow());
        assertEquals(Optional.empty(), refusal(30, message(1, 1, 20)), "it goes again");
        assertTrue(refusal(31, message(1, 1, 20)).isPresent());
        assertTrue(approve(60, message(1, 2)).isPresent(), "no new approval of more");
        assertEquals(Optional.empty(), approve(40, message(1, 2)));
        assertTrue(refusal(31, message(1, 2, 20)).isPresent(), "the first approval stays");
        assertTrue(refusal(9_000).isPresent(), "what it may still cost is set aside");
        message(1, 2, 20, 20);
        assertEquals(Optional.empty(), refusal(9_000), "nothing is set aside for it any more");
        assertTrue(refusal(11, message(1, 2, 20, 20)).isPresent());
        caps(45, 9_000, 9_000);
        assertTrue(refusal(10, message(1, 2, 20, 20)).orElseThrow().contains("fee-cap-message=45sat"));
    }

    @Test
    void aMessageThatIsPaidForInPartMayCostWhatTheOperatorAllowsLater() throws Exception {
        caps(9_000, 9_000, 9_000);
        assertEquals(Optional.empty(), approve(400, message(1, 4)));
        OutgoingMessage begun = message(1, 4, 400);
        assertTrue(refusal(101, begun).isPresent());
        fees.limit(Fees.Cap.HOUR, 9_000);
        assertTrue(refusal(101, begun).isPresent(), "that is about an hour");
        fees.limit(Fees.Cap.MESSAGE, 600);
        caps(600, 9_000, 9_000);
        assertEquals(Optional.empty(), refusal(200, begun));
        assertTrue(refusal(201, begun).orElseThrow().contains("fee-cap-message=600sat"));
    }

    private void hold(OutgoingMessage message) throws Exception {
        stage.store.transact(tx -> {
            OutgoingRecords.put(tx, message.onHold("it waits for a lower fee rate"));
            return null;
        });
    }

    /** An operator may set a cap that is lower than before, to spend less. */
    @Test
    void aNewCapDoesNotChangeWhatWasPromisedForMessagesThatHaveYetToLeave() throws Exception {
        caps(9_000, 9_000, 9_000);
        told(1, 50);
        told(2, 50);
        hold(message(1, 1));
        message(2, 1);
        fees.limit(Fees.Cap.MESSAGE, 8_000);
        assertEquals(Optional.empty(), refusal(51, message(1, 1)));
        assertTrue(refusal(51, message(2, 1)).isPresent());
    }

    /** What the sender of a message was told that it costs at most. */
    private void told(long message, long most) throws Exception {
        stage.store.transact(tx -> {
            new ApprovedRecord(message, most).put(tx);
            return null;
        });
    }

    @Test
    void noOtherMessageSpendsWhatOneThatBeganMayStillCost() throws Exception {
        caps(1_000, 1_000, 1_000);
        assertEquals(Optional.empty(), approve(600, message(1, 4)));
        assertEquals(Optional.empty(), refusal(600), "it has not begun");
        message(1, 4, 150);
        count(150);
        assertEquals(Optional.empty(), refusal(250));
        assertTrue(refusal(251).isPresent(), "750 sat are approved, of which 150 are paid");
        assertTrue(approve(300, message(2, 2)).isPresent());
        message(1, 4, 150, 150, 150, 150);
        count(450);
        assertEquals(Optional.empty(), refusal(400), "all of it is paid");
    }

    @ParameterizedTest
    @CsvSource({"1000,9000", "9000,1000"})
    void whatOneThatBeganMayStillCostCountsOnTheHourAndOnTheDay(long hour, long day) throws Exception {
        caps(1_000, hour, day);
        count(100);
        assertEquals(Optional.empty(), approve(400, message(1, 4)));
        message(1, 4, 100);
        count(100);
        // 200 sat are paid, and 400 of the 500 that were approved are not.
        assertEquals(Optional.empty(), refusal(400));
        assertTrue(refusal(401).isPresent());
        assertEquals(Optional.empty(), approve(390, message(2, 2)));
        OutgoingMessage begun = message(2, 2, 200);
        assertEquals(Optional.empty(), refusal(200, begun), "with a margin as far as the cap");
        assertTrue(refusal(201, begun).isPresent());
    }

    @Test
    void whatWasNotApprovedIsHeldToTheCaps() throws Exception {
        caps(1_000, 5_000, 5_000);
        OutgoingMessage message = message(1, 2, 400);
        assertEquals(Optional.empty(), refusal(600, message));
        assertTrue(refusal(601, message).orElseThrow().contains("fee-cap-message=1000sat"));
    }

    @Test
    void theMarginNeverGoesOverACap() throws Exception {
        caps(1_000, 5_000, 5_000);
        assertEquals(0, spending.margin(900, 900, 1), "one packet leaves at once");
        assertEquals(50, spending.margin(20, 70, 1), "a shared transaction may be lost");
        assertEquals(200, spending.margin(800, 900, 2));
        assertEquals(100, spending.margin(900, 900, 2));
        assertEquals(100, spending.margin(900, 2_000, 2));
        caps(1_000, 850, 5_000);
        assertEquals(Optional.empty(), approve(800, message(1, 2)));
        OutgoingMessage begun = message(1, 2, 400);
        assertEquals(Optional.empty(), refusal(450, begun));
        assertTrue(refusal(451, begun).isPresent());
    }

    @Test
    void theBudgetOfCoverTrafficIsThatOfADay() throws Exception {
        // Two of the most expensive packets, of 21 sat each.
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

    /** Otherwise cover would last longer for a persona that writes, and its end would reveal that. */
    @Test
    void whateverLeavesAtAPointCountsAndWhatIsTakenBackDoesNot() throws Exception {
        count(40);
        stage.cover.orders.put(ALICE, new CoverOrder(Duration.ofSeconds(30), 42, 0));
        stage.store.transact(tx -> {
            spending.countRecall(tx, FeesBench.payment(40, ALICE));
            return null;
        });
        check(42);
        count(21);
        check(21);
        assertThrows(Spending.BudgetSpent.class, () -> check(22));
        stage.cover.orders.clear();
        check(1000);
    }

    @Test
    void theBudgetIsForTheNetworkOfTheDecoys() throws Exception {
        stage.cover.orders.put(ALICE, new CoverOrder(Duration.ofSeconds(30), 42, 0));
        stage.context.coverSlots().cover(ALICE, Optional.of(Network.SIGNET));
        check(1000);
        assertFalse(spending.isCovered(ALICE, Network.REGTEST));
        stage.context.coverSlots().cover(ALICE, Optional.of(Network.REGTEST));
        assertThrows(Spending.BudgetSpent.class, () -> check(1000));
        assertTrue(spending.isCovered(ALICE, Network.REGTEST));
    }

    @Test
    void mainnetWaitsUntilItIsAccepted() throws Exception {
        spending.requireAccepted(Network.REGTEST);
        MessageWaitsException waits =
                assertThrows(MessageWaitsException.class, () -> spending.requireAccepted(Network.MAINNET));
        assertTrue(waits.isOnHold(), "until the operator says so");
        AtomicInteger told = new AtomicInteger();
        stage.bus.on(Bus.Retry.class, event -> told.incrementAndGet());
        fees.acceptMainnet();
        assertEquals(Map.of(FeeSettings.MAINNET_ACCEPTED, "true"), stage.settings.changed());
        assertEquals(1, told.get(), "what waits tries again");
        FeeSettings now = stage.settings.get().fees();
        stage.settings.fees(new FeeSettings(
                now.minimum(),
                now.maximum(),
                now.target(),
                now.band(),
                now.capMessage(),
                now.capHour(),
                now.capDay(),
                true));
        spending.requireAccepted(Network.MAINNET);
    }

    @Test
    void itsServicesAreThereUntilItIsStopped() {
        FeesStage offered = new FeesStage(stage.context);
        Set<Class<?>> registered = StageBench.publish(offered::publish);
        assertEquals(Set.of(Pricing.class, Spending.class, Fees.class), registered);
        offered.stop();
        assertEquals(Set.of(), registered);
    }
}
