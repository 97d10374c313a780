package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.engine.Fees;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.settings.FeeSettings;
import org.partyline.messaging.fees.Pricing;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Other bundles may determine the price; otherwise the nodes that a transaction is sent through do. */
class FeePolicyTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node one = network.node("one");
    private final TestNetwork.Node two = network.node("two");
    private final StageBench stage = new StageBench(clock);
    private final FeesStage fees = stage.add(FeesStage::new);

    @BeforeEach
    void twoNodesAndNoBand() {
        stage.nodes.add(one);
        stage.nodes.add(two);
        FeeSettings now = stage.settings.get().fees();
        stage.settings.fees(new FeeSettings(
                now.minimum(),
                now.maximum(),
                now.target(),
                0,
                now.capMessage(),
                now.capHour(),
                now.capDay(),
                now.mainnetAccepted()));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private FeeRate shown() throws Exception {
        return StageBench.offered(fees, Fees.class).status().get(0).rate();
    }

    private FeeRate paid(TestNetwork.Node... nodes) throws Exception {
        return StageBench.offered(fees, Pricing.class).draw(List.of(nodes));
    }

    @Test
    void aPolicysRateIsPaidAndShown() throws Exception {
        FeePolicy policy = market -> Optional.of(new FeeRate(3_000));
        fees.addFeePolicy(policy, FeesBench.reference(0));
        assertEquals(new FeeRate(3_000), shown());
        assertEquals(new FeeRate(3_000), paid(one));
        fees.removeFeePolicy(policy);
        assertTrue(shown().compareTo(new FeeRate(3_000)) < 0);
        assertTrue(paid(one).compareTo(new FeeRate(3_000)) < 0);
    }

    @Test
    void feesAreThoseOfTheNodeThatItGoesInBy() throws Exception {
        one.floor = new FeeRate(1000);
        assertEquals(202, paid(one).fee(202));
        assertEquals(new FeeRate(100), paid(two));
        assertEquals(new FeeRate(1000), paid(one, two), "as it may go in by either");
    }
}
