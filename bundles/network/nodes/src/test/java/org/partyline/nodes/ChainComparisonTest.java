package org.partyline.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.api.nodes.NodeFault;

class ChainComparisonTest {
    private static final int NO_FORK = Integer.MAX_VALUE;

    private final List<ChainComparison.Sample> samples = new ArrayList<>();

    @BeforeEach
    void none() {
        samples.clear();
    }

    private static TxId hash(int height, int chain) {
        return TxId.ofStripped(ByteBuffer.allocate(Long.BYTES)
                .putLong((long) chain << 32 | height)
                .array());
    }

    private void node(String name, int height) {
        node(name, height, NO_FORK, 0, false);
    }

    private void node(String name, int height, int fork, int chain, boolean held) {
        samples.add(new ChainComparison.Sample(
                name,
                samples.size(),
                held,
                height,
                hash(height, height < fork ? 0 : chain),
                at -> at > height ? Optional.empty() : Optional.of(hash(at, at < fork ? 0 : chain))));
    }

    private void liar(String name, int height, int claimed) {
        samples.add(new ChainComparison.Sample(
                name,
                samples.size(),
                false,
                claimed,
                hash(claimed, 9),
                at -> at > height ? Optional.empty() : Optional.of(hash(at, 0))));
    }

    private Map<String, ChainComparison.Finding> judge() {
        return ChainComparison.judge(samples);
    }

    private void only(String name, NodeFault fault) {
        Map<String, ChainComparison.Finding> findings = judge();
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(fault, findings.get(name).fault());
    }

    @Test
    void nodesOfOneChainAgreeThoughBlocksReachThemAtDifferentTimes() {
        node("a", 100);
        node("b", 103);
        node("c", 101);
        assertTrue(judge().isEmpty());
    }

    @Test
    void oneNodeAloneHasNobodyToDisagreeWith() {
        node("a", 100);
        assertTrue(judge().isEmpty());
    }

    @Test
    void ofThreeTheOneOnAnotherChainIsFound() {
        node("a", 100);
        node("b", 100, 90, 1, false);
        node("c", 101);
        only("b", NodeFault.OTHER_CHAIN);
        assertFalse(judge().get("b").reason().contains("uncertain"));
    }

    @Test
    void theOneOnALongerChainIsFoundTooWhenMostHaveAnother() {
        node("a", 100);
        node("b", 120, 90, 1, false);
        node("c", 101);
        only("b", NodeFault.OTHER_CHAIN);
    }

    @Test
    void aForkThatIsNotSixDeepIsNoDisagreement() {
        node("a", 100);
        node("b", 100, 95, 1, false);
        node("c", 100);
        assertTrue(judge().isEmpty());
        samples.clear();
        node("a", 100);
        node("b", 100, 94, 1, false);
        node("c", 100);
        only("b", NodeFault.OTHER_CHAIN);
    }

    @Test
    void ofTwoTheLowerOneIsSetAsideAndItIsSaidThatThisIsNotSure() {
        node("a", 100, 90, 1, false);
        node("b", 102);
        only("a", NodeFault.OTHER_CHAIN);
        assertTrue(judge().get("a").reason().contains("uncertain"), judge().toString());
    }

    @Test
    void ofTwoAtOneHeightTheNewerIsSetAside() {
        node("a", 100);
        node("b", 100, 90, 1, false);
        only("b", NodeFault.OTHER_CHAIN);
    }

    @Test
    void aNodeThatIsSetAsideStaysSoWhenOnlyOneOtherIsLeft() {
        node("a", 100, 90, 1, true);
        node("b", 99);
        only("a", NodeFault.OTHER_CHAIN);
    }

    @Test
    void fourBlocksBehindIsTooFar() {
        node("a", 100);
        node("b", 97);
        node("c", 100);
        assertTrue(judge().isEmpty());
        samples.clear();
        node("a", 100);
        node("b", 96);
        node("c", 100);
        only("b", NodeFault.BEHIND);
    }

    @Test
    void oneThatIsBehindOnAnotherChainIsOnAnotherChain() {
        node("a", 100);
        node("b", 50, 40, 1, false);
        node("c", 100);
        only("b", NodeFault.OTHER_CHAIN);
    }

    @Test
    void aHeightThatANodeCannotShowIsALie() {
        node("a", 100);
        liar("b", 100, 1_000_000);
        node("c", 100);
        only("b", NodeFault.OTHER_CHAIN);
        samples.clear();
        node("a", 100);
        liar("b", 100, 1_000_000);
        only("b", NodeFault.OTHER_CHAIN);
    }

    @Test
    void oneNodeThatIsFarAheadOfTwoSetsNeitherAside() {
        node("a", 100);
        node("b", 110);
        node("c", 100);
        assertTrue(judge().isEmpty());
    }

    @Test
    void nodesThatDoNotTellTheirBlocksAreComparedByHeightOnly() {
        node("a", 100);
        samples.add(new ChainComparison.Sample("b", 1, false, 100, hash(100, 5), at -> Optional.empty()));
        node("c", 100);
        assertTrue(judge().isEmpty());
    }

    @Test
    void atTheBeginningOfAChainThereIsNothingToCompare() {
        node("a", 3, 1, 1, false);
        node("b", 4);
        node("c", 4);
        assertTrue(judge().isEmpty());
    }
}
