package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.engine.Fees;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.messaging.TestNetwork;

/** The limits of a transaction's rate, whatever a node reports. */
class PricingTest {
    private final FeesBench bench = new FeesBench();
    private final TestNetwork.Node node = bench.node;
    private final Pricing fees = bench.pricing;

    @BeforeEach
    void setRates() {
        bench.rates(1_000, 2_000, 20);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void theHighestRateOfTheBandStopsAtTheMaximum() {
        assertEquals(new FeeRate(1_200), fees.highest(new FeeRate(1_000), 20));
        assertEquals(new FeeRate(2_000), fees.highest(new FeeRate(1_900), 20));
        assertEquals(new FeeRate(2_000), fees.highest(new FeeRate(2_000), 20));
    }

    @Test
    void theMostThatATransactionPaysIsThatOfTheHighestRate() throws Exception {
        node.estimate = () -> Optional.of(new FeeRate(1_900));
        assertEquals(new FeeRate(2_000).fee(TransactionSize.of(80, 2)), fees.most(List.of(node), 80, 2));
    }

    @Test
    void noRateThatIsDrawnPassesTheMaximum() throws Exception {
        node.estimate = () -> Optional.of(new FeeRate(1_950));
        for (int i = 0; i < 200; i++) {
            FeeRate drawn = fees.draw(List.of(node));
            assertTrue(drawn.satPerKvb() >= 1_950 && drawn.satPerKvb() <= 2_000, drawn.toString());
        }
    }

    @Test
    void aFloorOverTheMaximumIsNotPaid() {
        node.floor = new FeeRate(2_001);
        assertThrows(PartylineException.class, () -> fees.rate(node));
        assertThrows(PartylineException.class, () -> fees.most(List.of(node), 80, 1));
        assertThrows(PartylineException.class, () -> fees.draw(List.of(node)));
    }

    @Test
    void aPolicyIsHeldWithinTheLimitsAndTheFloor() throws Exception {
        node.estimate = () -> Optional.of(new FeeRate(1_500));
        FeePolicy low = market -> Optional.of(new FeeRate(1));
        bench.add(low, 0);
        assertEquals(new FeeRate(1_000), fees.rate(node), "the minimum");
        node.floor = new FeeRate(1_200);
        assertEquals(new FeeRate(1_200), fees.rate(node), "the floor");
        bench.feesStage.removeFeePolicy(low);
        bench.add(market -> Optional.of(new FeeRate(1_000_000)), 0);
        assertEquals(new FeeRate(2_000), fees.rate(node), "the maximum");
    }

    @Test
    void theHighestRankingWithAnOpinionCountsAndTheNodeWhereNoneHas() throws Exception {
        node.estimate = () -> Optional.of(new FeeRate(1_500));
        bench.add(
                market -> {
                    throw new IllegalStateException("broken");
                },
                9);
        bench.add(market -> Optional.empty(), 8);
        assertEquals(new FeeRate(1_500), fees.rate(node));
        bench.add(market -> Optional.of(new FeeRate(1_100)), 1);
        bench.add(market -> market.estimate().map(rate -> new FeeRate(rate.satPerKvb() + 100)), 2);
        assertEquals(new FeeRate(1_600), fees.rate(node));
    }

    @Test
    void aPolicyThatComesOrGoesLetsWhatWaitsTryAgain() {
        AtomicInteger told = new AtomicInteger();
        bench.stage.bus.on(Bus.Retry.class, event -> told.incrementAndGet());
        FeePolicy policy = market -> Optional.empty();
        bench.add(policy, 0);
        bench.feesStage.removeFeePolicy(policy);
        assertEquals(2, told.get());
    }

    @Test
    void aPolicyThatGoesTakesNoOtherWithIt() throws Exception {
        FeePolicy policy = market -> Optional.of(new FeeRate(1_200));
        bench.add(policy, 2);
        bench.add(market -> Optional.of(new FeeRate(1_100)), 1);
        assertEquals(new FeeRate(1_200), fees.rate(node));
        bench.feesStage.removeFeePolicy(policy);
        assertEquals(new FeeRate(1_100), fees.rate(node));
    }

    // ---- dishonest nodes

    private static Supplier<Optional<FeeRate>> says(String rate) {
        return () -> Optional.of(FeeRate.parse(rate));
    }

    static Stream<Arguments> lies() {
        Supplier<Optional<FeeRate>> negative = () -> Optional.of(new FeeRate(-1000));
        return Stream.of(
                Arguments.of("nothing", says("0"), 100L),
                Arguments.of("less than nothing", negative, 100L),
                Arguments.of("10,000 sat/vB", says("10000"), 50_000L));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void anEstimateIsBelievedBetweenTheFloorAndTheMaximumOnly(
            String name, Supplier<Optional<FeeRate>> lie, long satPerKvb) throws Exception {
        bench.rates(100, 50_000, 0);
        node.estimate = lie;
        assertEquals(new FeeRate(satPerKvb), fees.draw(List.of(node)));
        assertEquals(new FeeRate(satPerKvb), fees.status().get(0).rate());
    }

    @Test
    void aFloorOverTheMaximumIsWaitedFor() throws Exception {
        bench.rates(100, 50_000, 0);
        bench.network.floor = 60_000;
        String reason = assertThrows(PartylineException.class, () -> fees.draw(List.of(node)))
                .getMessage();
        assertTrue(reason.contains("relays nothing below 60 sat/vB, but fee-maximum is 50 sat/vB"), reason);
        assertEquals(reason, fees.status().get(0).refusal(), "what is shown as paid is what is paid");
        bench.network.floor = 100;
        assertEquals(new FeeRate(100), fees.draw(List.of(node)));
        assertEquals("", fees.status().get(0).refusal());
    }

    // ---- several nodes

    private List<List<Transport>> bothOrders(Transport other) {
        return List.of(List.of(node, other), List.of(other, node));
    }

    @Test
    void theDearestOfSeveralNodesSaysTheRateWhicheverComesFirst() throws Exception {
        bench.rates(100, 50_000, 0);
        TestNetwork.Node dear = bench.network.node("dear");
        dear.floor = new FeeRate(1_000);
        for (List<Transport> among : bothOrders(dear)) {
            assertEquals(new FeeRate(1_000), fees.rate(among));
            assertEquals(new FeeRate(1_000), fees.draw(among), "and it is what is paid");
            assertEquals(among, fees.entries(among), "a transaction goes in by either");
        }
        assertEquals(new FeeRate(100), fees.draw(List.of(node)), "it is none of it where it is not asked");
    }

    /** Like a server before its operator sets a maximum: 50 sat/vB, and ten times the floor. */
    private void setNoMaximum() {
        bench.stage.settings.fees(
                new FeeSettings(new FeeRate(100), new FeeRate(50_000), false, 6, 0, 20_000, 50_000, 200_000, false));
    }

    private TestNetwork.Node add(String name, long floor, Long estimate) {
        TestNetwork.Node other = bench.network.node(name);
        other.floor = new FeeRate(floor);
        other.estimate = () -> Optional.ofNullable(estimate).map(FeeRate::new);
        bench.stage.nodes.add(other);
        return other;
    }

    @Test
    void oneNodeOfThreeThatLiesAboutTheEstimateSetsNoPrice() throws Exception {
        bench.rates(100, 50_000, 0);
        node.estimate = says("1");
        List<Transport> honest = List.of(node, add("b", 100, 1_100L));
        for (long lie : new long[] {0, 100, 900, 1_200, 49_000, FeeRate.MAX_SAT_PER_KVB}) {
            TestNetwork.Node liar = bench.network.node("liar");
            liar.estimate = () -> Optional.of(new FeeRate(lie));
            for (int place = 0; place < 3; place++) {
                List<Transport> among = new ArrayList<>(honest);
                among.add(place, liar);
                long rate = fees.rate(among).satPerKvb();
                assertTrue(rate >= 1_000 && rate <= 1_100, lie + " made it " + rate);
                assertEquals(new FeeRate(rate), fees.draw(among), "and it is what is paid");
                assertEquals(new FeeRate(rate), fees.highest(among), "and what is named before");
            }
        }
    }

    @Test
    void oneNodeOfThreeThatLiesAboutItsFloorSetsNoPriceWhereNoMaximumIsSet() throws Exception {
        setNoMaximum();
        TestNetwork.Node liar = add("liar", 50_000, 50_000L);
        List<Transport> among = List.of(node, liar, add("b", 200, null));
        assertEquals(new FeeRate(200), fees.draw(among), "the highest floor of the others");
        assertFalse(fees.entries(among).contains(liar));
        Fees.FeeStatus shown = fees.status().stream()
                .filter(status -> status.node().equals("liar"))
                .findAny()
                .orElseThrow();
        assertTrue(shown.refusal().contains("relays nothing below 50 sat/vB, more than 10 times"), shown.refusal());
        bench.rates(100, 50_000, 0);
        assertEquals(new FeeRate(50_000), fees.draw(among), "who set a maximum pays up to that");
    }

    @Test
    void aNodeWhoseFloorIsTooHighIsShownBeforeAPriceWasEverMade() {
        setNoMaximum();
        node.floor = new FeeRate(40_000);
        add("b", 100, null);
        add("c", 100, null);
        Fees.FeeStatus shown = fees.status().get(0);
        assertEquals(List.of("a", Optional.empty()), List.of(shown.node(), shown.estimate()));
        assertTrue(shown.refusal().contains("relays nothing below 40 sat/vB"), shown.refusal());
    }

    @Test
    void aNodesPriceIsOfItsOwnNetworkAndOfWhoAnswers() {
        bench.rates(100, 50_000, 0);
        TestNetwork.Node signet = bench.network.node("s", Network.SIGNET);
        signet.floor = new FeeRate(900);
        bench.stage.nodes.add(signet);
        TestNetwork.Node away = add("b", 800, null);
        away.down = true;
        List<Fees.FeeStatus> all = fees.status();
        assertEquals(
                List.of(new FeeRate(100), new FeeRate(900), new FeeRate(800)),
                all.stream().map(Fees.FeeStatus::rate).toList());
        assertEquals(
                List.of("", "", ""), all.stream().map(Fees.FeeStatus::refusal).toList());
    }

    @Test
    void withoutANodeThereIsNoPrice() {
        assertEquals(
                "no ready node estimates a fee rate",
                assertThrows(PartylineException.class, () -> fees.rate(List.of()))
                        .getMessage());
        assertEquals(List.of(), fees.entries(List.of()));
    }

    @Test
    void aFloorAtTheMaximumIsPaid() throws Exception {
        bench.rates(100, 2_000, 0);
        List<Transport> among = List.of(node, add("b", 2_000, null));
        assertEquals(among, fees.entries(among));
        assertEquals(new FeeRate(2_000), fees.draw(among));
    }

    @Test
    void anEstimateAloneRaisesNothingAboveTenTimesTheFloorWhereNoMaximumIsSet() throws Exception {
        setNoMaximum();
        node.estimate = says("45");
        List<Transport> among = List.of(node, add("b", 300, 45_000L));
        node.estimate = says("1");
        assertEquals(new FeeRate(1_000), fees.draw(List.of(node)));
        assertEquals(List.of(), fees.warnings(), "ten times is no reason yet");
        node.estimate = says("45");
        assertEquals(new FeeRate(1_000), fees.draw(List.of(node)));
        assertEquals(new FeeRate(3_000), fees.draw(among), "the higher floor counts, not one estimate more");
        FeeSettings now = bench.stage.settings.get().fees();
        bench.stage.settings.fees(new FeeSettings(
                now.minimum(), now.maximum(), false, 6, 100, now.capMessage(), now.capHour(), now.capDay(), false));
        assertEquals(new FeeRate(3_000), fees.highest(among), "nor does the band");
        for (int i = 0; i < 50; i++) {
            assertEquals(new FeeRate(3_000), fees.draw(among));
        }
        assertEquals(
                List.of("the fee estimate of regtest, 45 sat/vB, is over 10 times the relay floor: at most 3 sat/vB "
                        + "is paid, and confirmation may be slow; to pay more, set fee-maximum"),
                fees.warnings());
        assertEquals(fees.warnings(), bench.fees.warnings());
        bench.rates(100, 50_000, 0);
        assertEquals(new FeeRate(45_000), fees.draw(among), "who set a maximum wants to pay it");
        assertEquals(List.of(), fees.warnings());
    }

    @Test
    void nodesThatDifferByMoreThanThreeTimesAreWarnedOf() {
        bench.rates(100, 50_000, 0);
        fees.status();
        assertEquals(List.of(), fees.warnings(), "one alone, without an estimate");
        node.estimate = says("1");
        TestNetwork.Node other = add("b", 300, 3_000L);
        fees.status();
        assertEquals(List.of(), fees.warnings(), "three times is no reason yet");
        other.estimate = says("3.1");
        fees.status();
        assertEquals(
                List.of("the fee estimates of regtest's nodes differ by more than 3 times: a 1 sat/vB, b 3.1 sat/vB; "
                        + "the median is used"),
                fees.warnings());
        other.estimate = Optional::empty;
        other.floor = new FeeRate(301);
        fees.status();
        assertEquals(
                List.of("the relay floors of regtest's nodes differ by more than 3 times: a 0.1 sat/vB, b 0.301 "
                        + "sat/vB; the highest acceptable one is used for all"),
                fees.warnings());
        other.down = true;
        assertEquals(List.of(), fees.warnings(), "who does not answer says nothing of what it asks for");
        other.down = false;
        bench.stage.nodes.remove(other);
        assertEquals(List.of(), fees.warnings(), "it is none of one that is not used any more");
    }

    @Test
    void aNodeThatAsksForMoreThanTheMaximumHoldsUpNothingWhereAnotherDoesNot() throws Exception {
        bench.rates(100, 50_000, 0);
        TestNetwork.Node dear = bench.network.node("dear");
        dear.floor = new FeeRate(1_000_000);
        for (List<Transport> among : bothOrders(dear)) {
            assertEquals(new FeeRate(100), fees.draw(among));
            assertEquals(List.of(node), fees.entries(among), "nor does its wallet pay for what it does not take");
        }
        assertEquals(List.of(dear), fees.entries(List.of(dear)), "who is alone is asked, and says it");
    }

    @Test
    void aReplacementPaysWhatTheNodeThatWantsMostWants() {
        TestNetwork.Node dear = bench.network.node("dear");
        dear.floor = new FeeRate(1_000);
        for (List<Transport> among : bothOrders(dear)) {
            assertEquals(200, fees.replacement(21, 200, 200, among), "the floor of the dear one");
        }
        assertEquals(41, fees.replacement(21, 200, 200, List.of(node)), "the one before, and its own way");
        SignedTransaction before = new SignedTransaction(TxId.ofBytes(new byte[32]), new byte[1], 200, 21);
        assertEquals(41, fees.replacement(before, List.of(node)).fee(200));
        assertEquals(300, fees.replacement(before, List.of(node, dear)).fee(300));
    }

    @Test
    void oneDishonestNodeOfThreeDoesNotRaiseWhatAReplacementPays() {
        TestNetwork.Node honest = bench.network.node("honest");
        TestNetwork.Node liar = bench.network.node("liar");
        liar.floor = new FeeRate(150_000);
        assertEquals(41, fees.replacement(21, 200, 200, List.of(liar, node, honest)));
        liar.floor = new FeeRate(100);
        liar.increment = new FeeRate(150_000);
        assertEquals(41, fees.replacement(21, 200, 200, List.of(node, liar, honest)));
        liar.increment = new FeeRate(200);
        assertEquals(61, fees.replacement(21, 200, 200, List.of(node, honest, liar)), "a little more is plausible");
    }
}
