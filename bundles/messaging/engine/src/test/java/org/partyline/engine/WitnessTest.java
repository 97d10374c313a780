package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

class WitnessTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Network NET = Network.REGTEST;
    private static final RelayPolicy POLICY = new RelayPolicy(80, 1, 83, new FeeRate(100), new FeeRate(100));

    private final HandSetClock clock = new HandSetClock();
    private final Witness witness = new Witness(clock, () -> PATIENCE);
    private int next;

    @BeforeEach
    void threeNodes() {
        for (String node : List.of("a", "b", "c")) {
            witness.begin(node, NET);
        }
        clock.pass(Duration.ofSeconds(1));
    }

    private TxId id() {
        return TxId.ofStripped(Records.key(++next));
    }

    private TxId shownBy(String... nodes) {
        TxId id = id();
        for (String node : nodes) {
            witness.saw(node, id, false);
        }
        return id;
    }

    private Nodes.Shown shown(String node) {
        return witness.shown(node, POLICY, name -> true);
    }

    private List<String> complaints(String node) {
        return witness.complaints(node, POLICY, name -> true);
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
        assertEquals(Nodes.Shown.NOTHING, witness.shown("c", POLICY, node -> !node.equals("b")));
    }

    @Test
    void whatANodeShowsLateOrInABlockIsNotWithheld() {
        TxId late = shownBy("a", "b");
        TxId mined = shownBy("a", "b");
        clock.pass(PATIENCE);
        assertEquals(2, shown("c").withheld());
        witness.saw("c", late, false);
        witness.saw("c", mined, true);
        assertEquals(new Nodes.Shown(2, 0, 0), shown("c"));
    }

    @Test
    void aNodeIsNotBlamedForWhatWasShownBeforeItCame() {
        shownBy("a", "b");
        witness.begin("d", NET);
        clock.pass(PATIENCE);
        assertEquals(0, shown("d").withheld());
        assertEquals(1, shown("c").withheld());
    }

    @Test
    void aFewAreNoComplaintManyAre() {
        for (int i = 0; i < Witness.MOST_WITHHELD - 1; i++) {
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
        for (int i = 0; i < Witness.MOST_OURS; i++) {
            TxId id = shownBy("a", "b");
            witness.ours(NET, id, new FeeRate(200), 80);
        }
        clock.pass(PATIENCE);
        assertEquals(1, complaints("c").size());
        assertEquals(Witness.MOST_OURS, shown("c").withheldOurs());
        RelayPolicy dear = new RelayPolicy(80, 1, 83, new FeeRate(1000), new FeeRate(1000));
        assertTrue(witness.complaints("c", dear, name -> true).isEmpty());
        RelayPolicy narrow = new RelayPolicy(40, 1, 43, new FeeRate(100), new FeeRate(100));
        assertTrue(witness.complaints("c", narrow, name -> true).isEmpty());
    }

    @Test
    void aNodeIsBlamedForKeepingOursOnlyWhereAnotherShowsThemOnceItHasThem() {
        for (int i = 0; i < Witness.MOST_OURS; i++) {
            TxId neverShown = id();
            witness.mayHaveKept("b", neverShown);
            witness.saw("b", neverShown, false);
            TxId refused = id();
            witness.mayHaveKept("b", refused);
            witness.refused(refused);
            witness.saw("a", refused, false);
            TxId mined = id();
            witness.mayHaveKept("b", mined);
            witness.saw("a", mined, true);
            witness.saw("a", mined, false);
        }
        TxId late = id();
        witness.mayHaveKept("b", late);
        clock.pass(PATIENCE.plusSeconds(1));
        witness.saw("a", late, false);
        assertEquals(List.of(), complaints("b"));
        for (int i = 0; i < Witness.MOST_OURS; i++) {
            TxId kept = id();
            witness.mayHaveKept("b", kept);
            witness.saw("a", kept, false);
        }
        assertEquals(1, complaints("b").size());
    }

    @Test
    void complaintsAreForgottenInTime() {
        for (int i = 0; i < 40; i++) {
            shownBy("a", "b");
        }
        for (int i = 0; i < Witness.MOST_OURS; i++) {
            TxId id = id();
            witness.mayHaveKept("b", id);
            witness.saw("a", id, false);
        }
        clock.pass(PATIENCE);
        assertFalse(complaints("c").isEmpty());
        assertFalse(complaints("b").isEmpty());
        clock.pass(Witness.MEMORY);
        assertTrue(complaints("c").isEmpty());
        assertTrue(complaints("b").isEmpty());
    }

    @Test
    void withTwoNodesNothingIsCompared() {
        witness.end("c");
        assertFalse(witness.compares(NET));
        assertTrue(complaints("a").isEmpty());
    }

    @Test
    void aNodeThatTakesAnothersPlaceIsNotHeldResponsibleForIt() {
        for (int i = 0; i < 40; i++) {
            shownBy("a", "b");
        }
        witness.end("c");
        clock.pass(Duration.ofSeconds(1));
        witness.begin("d", NET);
        clock.pass(PATIENCE);
        assertTrue(complaints("d").isEmpty());
    }

    @Test
    void theOldestAreForgottenWhenThereAreTooMany() {
        shownBy("a", "b");
        for (int i = 0; i < Witness.MOST; i++) {
            witness.saw("a", id(), false);
        }
        clock.pass(PATIENCE);
        assertEquals(Nodes.Shown.NOTHING, shown("c"));
    }
}
