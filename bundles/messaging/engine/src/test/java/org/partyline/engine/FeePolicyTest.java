package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.engine.fees.FeePolicy;
import org.partyline.fees.ExactFeeMath;
import org.partyline.testkit.HandSetClock;

/** Between which rates a transaction of ours pays, whatever a node says. */
class FeePolicyTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork.Node node = new TestNetwork(clock).node("a");
    private TestServer server;
    private FeePolicy fees;

    @BeforeEach
    void oneServer() throws Exception {
        server = TestServer.fresh(clock, node);
        fees = new FeePolicy(server.settings, server.nodes, TestServer.make(ExactFeeMath.class), new SecureRandom());
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
        assertEquals(new FeeRate(2_000).fee(FeePolicy.vsize(80, 2)), fees.most(List.of(node), 80, 2));
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
}
