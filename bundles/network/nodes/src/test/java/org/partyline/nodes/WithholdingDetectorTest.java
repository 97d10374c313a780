package org.partyline.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Nodes;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.testkit.HandSetClock;

class WithholdingDetectorTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Network NET = Network.REGTEST;
    private static final RelayPolicy POLICY = new RelayPolicy(80, 1, 83, new FeeRate(100), new FeeRate(100));

    private final HandSetClock clock = new HandSetClock();
    private final WithholdingDetector withholdingDetector = new WithholdingDetector(clock, () -> PATIENCE);
    private int next;

    @BeforeEach
    void threeNodes() {
        for (String node : List.of("a", "b", "c")) {
            withholdingDetector.begin(node, NET);
        }
        clock.pass(Duration.ofSeconds(1));
    }

    private TxId id() {
        return TxId.ofStripped(ByteBuffer.allocate(Long.BYTES).putLong(++next).array());
    }

    private TxId shownBy(String... nodes) {
        TxId id = id();
        for (String node : nodes) {
            withholdingDetector.saw(node, id, false);
        }
        return id;
    }

    private Nodes.Shown shown(String node) {
        return withholdingDetector.shown(node, POLICY, name -> true);
    }

    private List<String> complaints(String node) {
        return withholdingDetector.complaints(node, POLICY, name -> true);
    }

    @Test
    void whatTwoOthersShowedIsWithheldAfterTwoMinutesNotBefore() {
        shownBy("a", "b");
        shownBy("a", "b", "c");
        assertEquals(Nodes.Shown.NOTHING, shown("c"));
        clock.pass(PATIENCE);
        assertEquals(new Nodes.Shown(2, 1, 0), shown("c"));
        assertEquals(new Nodes.Shown(1, 0, 0), shown("a"));
    }

    @Test
    void oneWitnessIsNotEnough() {
        shownBy("a");
        clock.pass(PATIENCE);
        assertEquals(Nodes.Shown.NOTHING, shown("c"));
        shownBy("a", "b");
        clock.pass(PATIENCE);
        assertEquals(Nodes.Shown.NOTHING, withholdingDetector.shown("c", POLICY, node -> !node.equals("b")));
    }

    @Test
    void whatANodeShowsLateOrInABlockIsNotWithheld() {
        TxId late = shownBy("a", "b");
        TxId mined = shownBy("a", "b");
        clock.pass(PATIENCE);
        assertEquals(2, shown("c").withheld());
        withholdingDetector.saw("c", late, false);
        withholdingDetector.saw("c", mined, true);
        assertEquals(new Nodes.Shown(2, 0, 0), shown("c"));
    }

    @Test
    void aNodeIsNotBlamedForWhatWasShownBeforeItCame() {
        shownBy("a", "b");
        withholdingDetector.begin("d", NET);
        clock.pass(PATIENCE);
        assertEquals(0, shown("d").withheld());
        assertEquals(1, shown("c").withheld());
    }

    @Test
    void aFewAreNoComplaintManyAre() {
        for (int i = 0; i < WithholdingDetector.MOST_WITHHELD - 1; i++) {
            shownBy("a", "b");
        }
        clock.pass(PATIENCE);
        assertTrue(complaints("c").isEmpty());
        shownBy("a", "b");
        clock.pass(PATIENCE);
        assertEquals(1, complaints("c").size());
        assertTrue(complaints("a").isEmpty());
    }

    @Test
    void aNodeWithOtherRulesThatShowsMostOfAllIsNotBlamed() {
        for (int i = 0; i < 100; i++) {
            if (i < 30) {
                shownBy("a", "b");
            } else {
                shownBy("a", "b", "c");
            }
        }
        clock.pass(PATIENCE);
        assertEquals(30, shown("c").withheld());
        assertTrue(complaints("c").isEmpty());
    }

    @Test
    void threeOfOursAreEnoughUnlessItsRulesKeepThemOut() {
        for (int i = 0; i < WithholdingDetector.MOST_OURS; i++) {
            TxId id = shownBy("a", "b");
            withholdingDetector.ours(NET, id, new FeeRate(200), 80);
        }
        clock.pass(PATIENCE);
        assertEquals(1, complaints("c").size());
        assertEquals(WithholdingDetector.MOST_OURS, shown("c").withheldOurs());
        RelayPolicy dear = new RelayPolicy(80, 1, 83, new FeeRate(1000), new FeeRate(1000));
        assertTrue(withholdingDetector.complaints("c", dear, name -> true).isEmpty());
        RelayPolicy narrow = new RelayPolicy(40, 1, 43, new FeeRate(100), new FeeRate(100));
        assertTrue(withholdingDetector.complaints("c", narrow, name -> true).isEmpty());
    }

    @Test
    void aNodeIsBlamedForKeepingOursOnlyWhereAnotherShowsThemOnceItHasThem() {
        for (int i = 0; i < WithholdingDetector.MOST_OURS; i++) {
            TxId neverShown = id();
            withholdingDetector.mayHaveKept("b", neverShown);
            withholdingDetector.saw("b", neverShown, false);
            TxId refused = id();
            withholdingDetector.mayHaveKept("b", refused);
            withholdingDetector.refused(refused);
            withholdingDetector.saw("a", refused, false);
            TxId mined = id();
            withholdingDetector.mayHaveKept("b", mined);
            withholdingDetector.saw("a", mined, true);
            withholdingDetector.saw("a", mined, false);
        }
        TxId late = id();
        withholdingDetector.mayHaveKept("b", late);
        clock.pass(PATIENCE.plusSeconds(1));
        withholdingDetector.saw("a", late, false);
        assertEquals(List.of(), complaints("b"));
        for (int i = 0; i < WithholdingDetector.MOST_OURS; i++) {
            TxId kept = id();
            withholdingDetector.mayHaveKept("b", kept);
            withholdingDetector.saw("a", kept, false);
        }
        assertEquals(1, complaints("b").size());
    }

    @Test
    void complaintsAreForgottenInTime() {
        for (int i = 0; i < 40; i++) {
            shownBy("a", "b");
        }
        for (int i = 0; i < WithholdingDetector.MOST_OURS; i++) {
            TxId id = id();
            withholdingDetector.mayHaveKept("b", id);
            withholdingDetector.saw("a", id, false);
        }
        clock.pass(PATIENCE);
        assertFalse(complaints("c").isEmpty());
        assertFalse(complaints("b").isEmpty());
        clock.pass(WithholdingDetector.MEMORY);
        assertTrue(complaints("c").isEmpty());
        assertTrue(complaints("b").isEmpty());
    }

    @Test
    void withTwoNodesNothingIsCompared() {
        withholdingDetector.end("c");
        assertFalse(withholdingDetector.compares(NET));
        assertTrue(complaints("a").isEmpty());
    }

    @Test
    void aNodeThatTakesAnothersPlaceIsNotHeldResponsibleForIt() {
        for (int i = 0; i < 40; i++) {
            shownBy("a", "b");
        }
        withholdingDetector.end("c");
        clock.pass(Duration.ofSeconds(1));
        withholdingDetector.begin("d", NET);
        clock.pass(PATIENCE);
        assertTrue(complaints("d").isEmpty());
    }

    @Test
    void theOldestAreForgottenWhenThereAreTooMany() {
        shownBy("a", "b");
        for (int i = 0; i < WithholdingDetector.MOST; i++) {
            withholdingDetector.saw("a", id(), false);
        }
        clock.pass(PATIENCE);
        assertEquals(Nodes.Shown.NOTHING, shown("c"));
    }
}
