package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.messaging.TestNetwork;

/** Transactions sent to three nodes, one of which is bad, in the order that the mailbox determines. */
class SeveralNodesTest {
    private final DeliveryBench bench = new DeliveryBench();
    private final TestNetwork network = bench.network;
    private final TestNetwork.Node one = bench.node;
    private final TestNetwork.Node two = network.node("two");
    private final TestNetwork.Node three = network.node("three");
    private ChannelMembership lobby;

    @BeforeEach
    void threeNodes() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
        bench.stage.nodes.add(two);
        bench.stage.nodes.add(three);
        // Otherwise a failed message might be tried again because a node became ready.
        bench.settle();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long send(String text) throws PartylineException {
        long id = bench.stage.queue(lobby, text);
        bench.round();
        return id;
    }

    /** The same, through a chosen node. */
    private long send(String text, String via) throws PartylineException {
        bench.stage.sealer.waits = "not before its way is known";
        long id = send(text);
        bench.stage.sendVia(id, via);
        bench.stage.sealer.waits = null;
        again();
        return id;
    }

    private void choose(OutgoingMessage outgoing, PropagationRecords.DeliveryOptions way) throws StoreException {
        bench.stage.guard.<Void, StoreException>transact(tx -> {
            PropagationRecords.put(tx, outgoing, way);
            return null;
        });
    }

    /** Tries all waiting messages again. */
    private void again() throws PartylineException {
        bench.pass(Duration.ofMinutes(2));
    }

    private State state(long id) throws PartylineException {
        return bench.stage.state(id);
    }

    private String reason(long id) throws PartylineException {
        return bench.stage.outgoing(id).reason();
    }

    private OutgoingPart part(long id) throws PartylineException {
        return bench.stage.outgoing(id).parts().get(0);
    }

    /** Every packet was sent in one transaction, however often that was handed over. */
    private void assertNothingWentTwice() {
        Map<ByteBuffer, Set<String>> carriers = new HashMap<>();
        for (TestNetwork.Handed handed : network.handed()) {
            TransactionScanner.scan(
                    handed.raw(),
                    (output, offset, length) -> carriers.computeIfAbsent(
                                    ByteBuffer.wrap(Arrays.copyOfRange(handed.raw(), offset, offset + length)),
                                    none -> new HashSet<>())
                            .add(TransactionScanner.id(handed.raw()).toString()));
        }
        assertFalse(carriers.isEmpty());
        carriers.values().forEach(ids -> assertEquals(1, ids.size(), "a packet in two transactions"));
    }

    // ---- the propagation of a transaction

    @Test
    void eachMessageGoesInByOneNodeTheFirstOfItsOrder() throws Exception {
        List<String> names = List.of("a", "two", "three");
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            List<String> order = new ArrayList<>(names);
            Collections.rotate(order, i);
            bench.stage.propagation.order = order;
            expected.add(order.get(0));
            assertEquals(State.RELAYED, state(send("message " + i)));
        }
        assertEquals(expected, network.entrances(), "each was handed over once");
    }

    @Test
    void aMessageGoesInByTheNodeThatWasChosen() throws Exception {
        for (int i = 0; i < 8; i++) {
            assertEquals(State.RELAYED, state(send("by two, " + i, "two")));
        }
        assertEquals(Set.of("two"), Set.copyOf(network.entrances()));
    }

    @Test
    void whichNodeGetsATransactionIsStoredBeforeItDoes() throws Exception {
        // So that it is known after a crash.
        List<Boolean> stored = new ArrayList<>();
        one.onBroadcast = () -> {
            try {
                OutgoingPart part = bench.stage.allOutgoing().get(0).parts().get(0);
                stored.add(part.attempted()
                        && part.node().equals("a")
                        && bench.stage
                                .propagation
                                .propagationRecord(part)
                                .entered()
                                .equals(List.of("a")));
            } catch (PartylineException e) {
                throw new AssertionError(e);
            }
        };
        send("before the crash");
        assertEquals(List.of(true), stored);
    }

    @Test
    void aNodeThatKeepsATransactionToItselfIsFoundOutAndTheSameOneGoesInByAnother() throws Exception {
        one.keeps = true;
        long id = send("did it arrive?");
        assertEquals(State.SENT, state(id));
        bench.stage.propagation.order = List.of("two", "three", "a");
        Duration time = bench.stage.settings.get().sending().rebroadcastAfter();
        bench.pass(time.minusSeconds(1));
        assertEquals(List.of("a"), network.entrances(), "not before its time");
        assertEquals(List.of(), bench.stage.nodes.suspected);
        bench.pass(Duration.ofSeconds(1));
        assertEquals(State.RELAYED, state(id));
        assertEquals(List.of("a", "two"), network.entrances());
        assertEquals(List.of("a"), bench.stage.nodes.suspected);
        assertNothingWentTwice();
    }

    @Test
    void whatTheOtherNodesHaveIsNotHandedOverAgain() throws Exception {
        // Like -privatebroadcast: the node shows it to nobody until it comes back.
        one.silent = true;
        long id = send("private");
        assertEquals(State.RELAYED, state(id));
        Duration time = bench.stage.settings.get().sending().rebroadcastAfter();
        bench.pass(time.multipliedBy(2));
        assertEquals(List.of("a"), network.entrances());
        assertEquals(List.of(), bench.stage.nodes.suspected);
        assertEquals(bench.clock.millis(), part(id).tried(), "it is asked for again after the same time");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNodeThatDiesInTheMiddleMakesTheTransactionGoInByAnother(boolean took) throws Exception {
        if (took) {
            one.dieAfterTaking = 1;
        } else {
            one.onBroadcast = () -> {
                one.down = true;
                bench.stage.nodes.remove(one);
                throw new IllegalStateException("closed");
            };
        }
        for (int i = 0; i < 12; i++) {
            assertEquals(State.RELAYED, state(send("message " + i)));
        }
        assertEquals(List.of("a", "two"), network.entrances().subList(0, 2));
        assertEquals(13, network.handed().size());
        assertEquals(12, network.waiting().size(), "all arrive");
        assertNothingWentTwice();
    }

    @Test
    void aNodeThatFailsInTheMiddleAndIsStillThereIsTriedAgain() throws Exception {
        one.onBroadcast = () -> {
            throw new IllegalStateException("a mistake of ours");
        };
        long id = send("once");
        assertEquals("internal error, it is tried again: see the log", reason(id));
        one.onBroadcast = () -> {};
        again();
        assertEquals(State.RELAYED, state(id));
        assertEquals(List.of("a", "a"), network.entrances());
        assertNothingWentTwice();
    }

    @Test
    void aMessageWhoseChosenNodeDoesNotAnswerWaitsForItAndGoesByAnyWhenTheMailboxSaysSo() throws Exception {
        two.down = true;
        long id = send("by two", "two");
        assertTrue(reason(id).contains("chosen node 'two'"), reason(id));
        assertTrue(network.handed().isEmpty());
        bench.stage.nodes.remove(two);
        bench.stage.propagation.order = List.of("three", "a");
        again();
        assertEquals(State.RELAYED, state(id));
        assertEquals(List.of("three"), network.entrances());
    }

    @Test
    void withNoNodeItWaitsForOne() throws Exception {
        bench.stage.propagation.order = List.of();
        long id = send("by whom?");
        assertTrue(reason(id).contains("it waits for a ready node on regtest"), reason(id));
        assertEquals(List.of(), one.signed);
    }

    @Test
    void anotherNodesRefusalDoesNotMakeATransactionThatMayBeOutGoOutAgainInAnother() throws Exception {
        one.dieAfterTaking = Integer.MAX_VALUE;
        one.keeps = true;
        two.refuse = true;
        three.refuse = true;
        long id = send("once");
        assertTrue(reason(id).contains("node 'a' may have it"), reason(id));
        one.down = true;
        again();
        assertTrue(reason(id).contains("node 'a' may have it"), reason(id));
        one.keeps = false;
        one.dieAfterTaking = 0;
        one.down = false;
        again();
        assertEquals(State.RELAYED, state(id));
        assertEquals(1, one.signed.size());
        assertEquals(List.of(), one.released);
        assertNothingWentTwice();
    }

    @Test
    void whenEveryNodeRefusesTheFeeItIsPaidForAgain() throws Exception {
        List.of(one, two, three).forEach(node -> node.refuse = true);
        long id = send("dear");
        assertTrue(reason(id).contains("funded again"), reason(id));
        assertEquals(1, one.signed.size());
        assertEquals(one.signed.get(0).id(), one.released.get(0).id(), "its coins are free");
        assertEquals(3, bench.stage.nodes.refused.size());
        List.of(one, two, three).forEach(node -> node.refuse = false);
        again();
        assertEquals(State.RELAYED, state(id));
        assertEquals(2, one.signed.size());
    }

    @Test
    void oneNodesRefusalIsNoRefusalWhereAnotherTakesIt() throws Exception {
        one.refuse = true;
        two.refuse = true;
        for (int i = 0; i < 10; i++) {
            assertEquals(State.RELAYED, state(send("message " + i)));
        }
        assertEquals(Set.of("three"), Set.copyOf(network.entrances()));
        assertEquals(10, network.waiting().size());
        assertEquals(10, one.signed.size());
        assertNothingWentTwice();
    }

    @Test
    void feesAreThoseOfTheNodesThatItGoesInBy() throws Exception {
        bench.stage.fees.rate = new FeeRate(1000);
        long id = send("dear", "two");
        assertEquals(State.RELAYED, state(id));
        assertEquals(List.of(List.of("two")), bench.stage.fees.drawnFor);
        assertEquals(202, bench.stage.outgoing(id).fee());
    }

    // ---- a disconnected block

    /** A message that is in a block. */
    private long mined(String text) throws Exception {
        long id = send(text);
        network.mine();
        assertEquals(State.CONFIRMED, state(id));
        bench.settle();
        return id;
    }

    /**
     * Disconnects the block, as recorded by the reader. @param keep whether its transactions are in the mempools again
     */
    private void gone(long id, boolean keep) throws Exception {
        network.disconnect(1, keep);
        bench.stage.outbox.change(
                id, now -> now.with(0, now.parts().get(0).attempt("a", 0).on(PacketEvent.BLOCK_GONE)));
        bench.round();
    }

    @Test
    void whatTheNewChainAndTheMempoolsLostIsHandedOverAgainTheSameTransaction() throws Exception {
        long id = mined("lost by all");
        gone(id, false);
        assertEquals(2, network.handed().size(), "sent again to nodes");
        assertArrayEquals(network.handed().get(0).raw(), network.handed().get(1).raw());
        network.mine();
        assertEquals(State.CONFIRMED, state(id));
        assertNothingWentTwice();
    }

    @Test
    void whatTheMempoolsHaveAgainIsNotHandedOver() throws Exception {
        long id = mined("it waits again");
        gone(id, true);
        assertEquals(1, network.handed().size());
        assertEquals(State.RELAYED, state(id));
    }

    @Test
    void whatNodesRefuseInTheMiddleOfAReorganisationIsHandedOverAgainAtTheNextBlock() throws Exception {
        long id = mined("not final yet");
        List.of(one, two, three).forEach(node -> node.refuse = true);
        gone(id, false);
        assertTrue(reason(id).contains("now rejects it"), reason(id));
        assertEquals(1, one.signed.size());
        List.of(one, two, three).forEach(node -> node.refuse = false);
        bench.stage.bus.publish(new Bus.Retry());
        bench.round();
        assertEquals(2, network.handed().size(), "sent again to nodes");
        network.mine();
        assertEquals(State.CONFIRMED, state(id));
        assertNothingWentTwice();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMessageWhoseTimeHasEndedIsLookedAfterOnlyWhereItsBlockIsGone(boolean unsettled) throws Exception {
        long id = mined("short-lived");
        bench.clock.pass(Duration.ofHours(2));
        assertTrue(bench.clock.millis() > bench.stage.outgoing(id).ends());
        long until = unsettled ? bench.clock.instant().plus(Duration.ofDays(1)).toEpochMilli() : 0;
        choose(bench.stage.outgoing(id), new PropagationRecords.DeliveryOptions(until, false));
        gone(id, false);
        assertEquals(unsettled ? 2 : 1, network.handed().size());
        assertEquals(unsettled ? State.RELAYED : State.EXPIRED, state(id));
    }
}
