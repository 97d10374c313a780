package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.fees.FeePolicy;
import org.partyline.engine.fees.Pricing;
import org.partyline.engine.kernel.Whiteboard;
import org.partyline.fees.ExactFeeMath;
import org.partyline.fees.MarketPricing;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Between which rates a transaction of ours pays, whatever a node says. */
class PricingTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork.Node node = new TestNetwork(clock).node("a");
    private TestServer server;
    private final Whiteboard<FeePolicy> policies = new Whiteboard<>();
    private Pricing fees;

    @BeforeEach
    void oneServer() throws Exception {
        server = TestServer.fresh(clock, node);
        fees = new MarketPricing(
                server.settings, server.nodes, TestServer.make(ExactFeeMath.class), new SecureRandom(), policies);
        server.settings.set("fee-minimum", "1sat/vB");
        server.settings.set("fee-maximum", "2sat/vB");
        server.settings.set("fee-band", "20");
    }

    @AfterEach
    void close() {
        server.close();
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
        policies.add(low, Map.of());
        assertEquals(new FeeRate(1_000), fees.rate(node), "the minimum");
        node.floor = new FeeRate(1_200);
        assertEquals(new FeeRate(1_200), fees.rate(node), "the floor");
        policies.remove(low);
        policies.add(market -> Optional.of(new FeeRate(1_000_000)), Map.of());
        assertEquals(new FeeRate(2_000), fees.rate(node), "the maximum");
    }

    @Test
    void theHighestRankingWithAnOpinionCountsAndTheNodeWhereNoneHas() throws Exception {
        node.estimate = () -> Optional.of(new FeeRate(1_500));
        policies.add(
                market -> {
                    throw new IllegalStateException("broken");
                },
                Map.of("service.ranking", 9, "service.id", 1L));
        policies.add(market -> Optional.empty(), Map.of("service.ranking", 8, "service.id", 2L));
        assertEquals(new FeeRate(1_500), fees.rate(node));
        policies.add(market -> Optional.of(new FeeRate(1_100)), Map.of("service.ranking", 1, "service.id", 3L));
        policies.add(
                market -> market.estimate().map(rate -> new FeeRate(rate.satPerKvb() + 100)),
                Map.of("service.ranking", 2, "service.id", 4L));
        assertEquals(new FeeRate(1_600), fees.rate(node));
    }
}
