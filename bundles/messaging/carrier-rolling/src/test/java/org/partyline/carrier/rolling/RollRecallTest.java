package org.partyline.carrier.rolling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.WaitsException;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.testkit.CarrierBench;

/** Messages that are removed from rolling transactions while nodes fail, servers are killed and blocks are faster. */
class RollRecallTest {
    /** Longer than a version waits for the previous one to be shown. */
    private static final Duration LONG = Duration.ofHours(1);

    private final CarrierBench bench = new CarrierBench();
    private Carrier carrier;

    @BeforeEach
    void open() throws Exception {
        carrier = opened();
    }

    /** A carrier after a start, which has read the stored state. */
    private Carrier opened() throws PartylineException {
        Carrier next = new RollingCarriers().open(bench);
        next.takeUp();
        return next;
    }

    private static byte[] packet(int number) {
        return packet(number, 64);
    }

    private static byte[] packet(int number, int size) {
        byte[] packet = new byte[size];
        Arrays.fill(packet, (byte) number);
        return packet;
    }

    private void say(int id) throws PartylineException {
        say(id, packet(id), bench.nodes);
    }

    private void say(int id, byte[] packet, List<CarrierNode> nodes) throws PartylineException {
        CarriedMessage message = bench.message(id, packet);
        carrier.awaitTurn(message, 0);
        bench.inSlot(message.ref(0), () -> carrier.dispatch(message, 0, nodes));
        bench.clock.pass(LONG);
    }

    private RecallTally recall(int id) throws PartylineException {
        RecallTally tally = new RecallTally();
        bench.recall(id);
        carrier.recall(bench.now(id), bench.nodes, tally);
        return tally;
    }

    private PacketState state(int id) {
        return bench.now(id).packets().get(0).state();
    }

    private byte[] last() {
        return bench.handed.get(bench.handed.size() - 1);
    }

    private void assertMined(RecallTally tally, int id) throws Exception {
        assertEquals(PacketState.CONFIRMED, state(id));
        assertEquals(0, tally.replaced());
        assertEquals(0, tally.fee());
        assertFalse(carrier.isOnTheAir(bench.now(id)));
    }

    @Test
    void aMessageThatWasTakenOutRidesNoMore() throws Exception {
        say(1);
        say(2);
        RecallTally tally = recall(2);
        assertEquals(1, tally.replaced());
        assertTrue(tally.fee() > 0);
        assertTrue(CarrierBench.carries(last(), packet(1)), "the other rides on");
        assertFalse(CarrierBench.carries(last(), packet(2)));
        bench.clock.pass(LONG);
        say(3);
        assertFalse(CarrierBench.carries(last(), packet(2)));
    }

    @Test
    void aMessageDoesNotRideAgainWhenANodeBreaksOff() throws Exception {
        say(1);
        say(2);
        bench.recall(2);
        bench.setDown(true);
        RecallTally tally = new RecallTally();
        assertThrows(NodeUnavailableException.class, () -> carrier.recall(bench.now(2), bench.nodes, tally));
        assertTrue(tally.isStored());
        bench.setDown(false);
        carrier.tick();
        assertEquals(3, bench.handed.size());
        assertFalse(CarrierBench.carries(last(), packet(2)));
        bench.clock.pass(LONG);
        say(3);
        assertFalse(CarrierBench.carries(last(), packet(2)));
    }

    @Test
    void whoeverIsKilledInTheMiddleGoesOnTakingBack() throws Exception {
        say(1);
        bench.recall(1);
        bench.setDown(true);
        assertThrows(
                NodeUnavailableException.class, () -> carrier.recall(bench.now(1), bench.nodes, new RecallTally()));
        bench.setDown(false);
        carrier = opened();
        carrier.tick();
        assertEquals(2, bench.handed.size());
        assertFalse(CarrierBench.carries(last(), packet(1)));
        assertFalse(carrier.isOnTheAir(bench.now(1)));
    }

    @Test
    void aCapThatRefusesLeavesTheMessageAsItIs() throws Exception {
        say(1);
        bench.setCap(1);
        RecallTally tally = new RecallTally();
        bench.recall(1);
        assertThrows(WaitsException.class, () -> carrier.recall(bench.now(1), bench.nodes, tally));
        assertFalse(tally.isStored());
        assertTrue(carrier.isOnTheAir(bench.now(1)));
        bench.setCap(Long.MAX_VALUE);
        assertEquals(1, recall(1).replaced());
    }

    @Test
    void aMessageThatWasJustMinedIsSaidToBeOnTheChainForEver() throws Exception {
        say(1);
        say(2);
        // The node knows a block that was not reported to the carrier yet.
        bench.mine();
        assertMined(recall(2), 2);
        assertEquals(2, bench.handed.size());
        assertEquals(List.of(), bench.uncounted);
    }

    @Test
    void aMessageWhoseCoinIsGoneIsOnNoChainAndRidesNoMore() throws Exception {
        say(1);
        say(2);
        bench.coinsGone = true;
        RecallTally tally = recall(2);
        assertTrue(tally.isStored());
        assertFalse(carrier.isOnTheAir(bench.now(2)));
        bench.coinsGone = false;
        for (int i = 0; i < 10; i++) {
            bench.clock.pass(LONG);
            carrier.tick();
        }
        assertEquals(2, bench.handed.size());
        assertFalse(carrier.isOnTheAir(bench.now(2)));
    }

    @Test
    void aMessageOfARollThatEndedIsTakenBackToo() throws Exception {
        say(1);
        bench.clock.pass(Duration.ofHours(6));
        carrier.tick();
        say(2);
        assertEquals(2, bench.handed.size());
        assertFalse(CarrierBench.carries(last(), packet(1)), "it began with another coin");
        assertEquals(1, recall(1).replaced());
        assertEquals(3, bench.handed.size());
        assertFalse(CarrierBench.carries(last(), packet(1)));
        assertFalse(CarrierBench.carries(last(), packet(2)));
        assertTrue(carrier.isOnTheAir(bench.now(2)));
    }

    @Test
    void whatIsMinedBeforeTheWalletSignsIsSaidToBeOnTheChainForEver() throws Exception {
        say(1);
        bench.onReplace = bench::mine;
        assertMined(recall(1), 1);
        assertEquals(List.of(), bench.uncounted);
    }

    @Test
    void whatIsMinedBeforeTheNodeHasTheReplacementCostsNothingMore() throws Exception {
        say(1);
        bench.onHand = () -> {
            bench.mine();
            bench.coinsGone = true;
        };
        assertMined(recall(1), 1);
        assertEquals(1, bench.uncounted.size());
        assertTrue(bench.uncounted.get(0) > 0, "what it added was counted before anybody has it");
    }

    @Test
    void whatIsMinedWhileTheServerIsDownCostsNothingMore() throws Exception {
        say(1);
        bench.recall(1);
        bench.setDown(true);
        RecallTally tally = new RecallTally();
        assertThrows(NodeUnavailableException.class, () -> carrier.recall(bench.now(1), bench.nodes, tally));
        bench.read(last());
        bench.setDown(false);
        carrier = opened();
        assertMined(tally, 1);
        assertEquals(1, bench.uncounted.size());
        assertTrue(bench.uncounted.get(0) > 0);
    }

    // ---- which node it uses

    private static CarrierNode node(String name, int largest) {
        return new CarrierNode(
                name, new RelayPolicy(largest, 10, 10 * (largest + 3), new FeeRate(100), new FeeRate(100)));
    }

    @Test
    void aTransactionGoesInByANodeThatCarriesAllThatRides() throws Exception {
        List<CarrierNode> nodes = List.of(node("one", 80), node("two", 256), node("three", 80));
        say(1, packet(1, 256), nodes);
        for (int id = 2; id < 5; id++) {
            say(id, packet(id), nodes);
        }
        List<List<String>> expected = new ArrayList<>();
        for (byte[] raw : bench.handed) {
            expected.add(CarrierBench.carries(raw, packet(1, 256)) ? List.of("two") : List.of("one", "two", "three"));
        }
        assertEquals(expected, bench.entrances);
        assertEquals(List.of("two"), expected.get(0));
        assertEquals(List.of("one", "two", "three"), expected.get(3), "it rides no more");
    }
}
