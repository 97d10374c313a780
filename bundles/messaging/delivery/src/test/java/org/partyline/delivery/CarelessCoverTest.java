package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverContext;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;

/** Cover traffic of another bundle: it is used, and its omissions break no promise. */
class CarelessCoverTest extends UnderCover {
    private final ForeignCover foreign = new ForeignCover(bench.clock);

    @BeforeEach
    void useIt() {
        bench.delivery.setCoverFactory(foreign);
    }

    /** Waits for the next slot; returns the number of transactions that left in it. */
    private int slot() throws Exception {
        return pass(Duration.ofSeconds(61)).size();
    }

    @Test
    void itsDecoysLeave() throws Exception {
        assertEquals(1, slot());
        assertEquals(1, foreign.left);
        foreign.decoy = packet(2);
        assertEquals(1, slot());
    }

    static List<Arguments> wrong() {
        byte[] otherVersion = packet(1);
        otherVersion[0] = 3;
        return List.of(
                Arguments.of("another version", otherVersion, Network.REGTEST),
                Arguments.of("smaller than all else", Arrays.copyOf(packet(1), 64), Network.REGTEST),
                Arguments.of("of no bucket", Arrays.copyOf(packet(1), 81), Network.REGTEST),
                Arguments.of("larger than may leave", Arrays.copyOf(packet(1), 128), Network.REGTEST),
                Arguments.of("nothing", new byte[0], Network.REGTEST),
                Arguments.of("where nobody of the persona talks", packet(1), Network.SIGNET));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void aDecoyThatIsNoneIsRefusedAndItsSlotPassesUnused(String what, byte[] packet, Network where) throws Exception {
        foreign.decoy = packet;
        foreign.network = Optional.of(where);
        assertEquals(0, slot());
        assertEquals(List.of(), bench.stage.allOutgoing(), "nothing is stored of it");
        foreign.decoy = packet(1);
        foreign.network = Optional.of(Network.REGTEST);
        assertEquals(1, slot());
        assertEquals(1, foreign.left);
    }

    @Test
    void aMessageHasItsSlotAlone() throws Exception {
        write("hello");
        assertEquals(1, slot());
        assertEquals(List.of(CoverTraffic.Use.MESSAGE), foreign.uses);
        assertEquals(0, foreign.left);
    }

    @Test
    void theSameBytesDoNotLeaveTwice() throws Exception {
        assertEquals(1, slot());
        assertEquals(0, slot());
    }

    @Test
    void nothingIsPaidBeyondItsBudgetAndTheCaps() throws Exception {
        bench.stage.fees.budget = 0;
        assertEquals(0, slot(), "no budget");
        bench.stage.fees.budget = 100_000;
        foreign.decoy = packet(2);
        bench.stage.fees.refusal = "a cap";
        assertEquals(0, slot(), "a cap");
        bench.stage.fees.refusal = null;
        foreign.decoy = packet(3);
        assertEquals(1, slot());
    }

    @Test
    void whileItFailsWhatIsCoveredWaitsAndWhenItsBundleStopsItLeaves() throws Exception {
        slot();
        foreign.fails = new IllegalStateException("broken");
        long id = write("hello");
        assertEquals(0, slot());
        assertTrue(reason(id).contains("a point of the cover traffic"));
        bench.delivery.unsetCoverFactory(foreign);
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(1, foreign.closed);
    }

    @Test
    void aSlotThatItFailsToEndIsNotOpenedAgain() throws Exception {
        foreign.failsToEnd = new IllegalStateException("broken");
        long first = write("first");
        assertEquals(1, slot());
        assertEquals(State.RELAYED, bench.stage.state(first), "it leaves in the slot");
        long second = write("second");
        assertEquals(0, slot());
        assertEquals(0, slot());
        assertEquals(State.SEALED, bench.stage.state(second));
    }

    @Test
    void itIsToldWhatTheDearestPacketMayCostWhateverWaits() throws Exception {
        assertEquals(21, foreign.context.most(ALICE, Network.REGTEST));
        bench.stage.sizes.most = 128;
        assertEquals(26, foreign.context.most(ALICE, Network.REGTEST));
        write("hi");
        bench.round();
        assertEquals(26, foreign.context.most(ALICE, Network.REGTEST));
        bench.node.down = true;
        assertEquals(0, foreign.context.most(ALICE, Network.REGTEST), "nobody says");
    }

    @Test
    void whoeverStillHasItsContextCanDoNothingWithIt() throws Exception {
        CoverContext context = foreign.context;
        assertEquals(1, (int) context.<Integer, StoreException>transact(tx -> 1));
        bench.delivery.unsetCoverFactory(foreign);
        StoreException refused =
                assertThrows(StoreException.class, () -> context.<Integer, StoreException>transact(tx -> 1));
        assertTrue(refused.getMessage().contains("cover traffic was closed"), refused.getMessage());
    }

    @Test
    void oneThatCannotBeOpenedLeavesMessagesToTheirDelay() throws Exception {
        bench.delivery.unsetCoverFactory(foreign);
        ForeignCover broken = new ForeignCover(bench.clock);
        broken.failsToOpen = new IllegalStateException("broken");
        bench.delivery.setCoverFactory(broken);
        long id = write("hello");
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(id));
    }
}
