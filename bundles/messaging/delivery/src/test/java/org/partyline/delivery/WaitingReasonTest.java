package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.Views;
import org.partyline.testkit.messaging.PlainCarrier;

/** The reason why a message waits is shown only as long as it applies, and its state is what nodes have reported. */
class WaitingReasonTest {
    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
        bench.settle();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private OutgoingMessage now(long id) throws PartylineException {
        return bench.stage.outgoing(id);
    }

    private void assertWaitsForNothing(long id, State state) throws PartylineException {
        assertEquals(state, now(id).state());
        assertEquals("", now(id).reason());
    }

    private void because(long id, String reason) throws StoreException {
        bench.stage.outbox.change(id, now -> now.because(reason));
    }

    /** A slow failure of a node made a message wait that another one had shown meanwhile. */
    @Test
    void aMessageThatMovedOnWhileItWasTriedWaitsForNothing() throws Exception {
        bench.stage.nodes.unwatch();
        // The sender may be faster than the caller.
        CompletableFuture<Long> queued = new CompletableFuture<>();
        bench.node.dieAfterTaking = 1;
        bench.node.onBroadcast = () -> {
            try {
                bench.stage.outbox.change(
                        queued.join(), now -> now.on(0, PacketEvent.TAKEN).on(0, PacketEvent.SHOWN));
            } catch (StoreException e) {
                throw new IllegalStateException(e);
            }
        };
        long id = bench.stage.queue(lobby, "out after all");
        queued.complete(id);
        bench.round();
        assertWaitsForNothing(id, State.RELAYED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasMissingIsNotSaidOnceItIsThere(boolean restart) throws Exception {
        bench.node.down = true;
        long id = bench.stage.queue(lobby, "by whom?");
        bench.round();
        assertNotEquals("", now(id).reason());
        if (restart) {
            bench.restart(() -> bench.node.down = false);
        } else {
            bench.node.down = false;
        }
        bench.pass();
        assertWaitsForNothing(id, State.RELAYED);
    }

    /** As it was stored by a server that stopped then. */
    @Test
    void whatAMessageThatIsOutOnceWaitedForIsForgotten() throws Exception {
        long id = bench.stage.queue(lobby, "it is out");
        bench.settle();
        because(id, "it waits for wallet 'core': node core does not answer");
        bench.pass();
        assertWaitsForNothing(id, State.RELAYED);
    }

    @Test
    void whatIsNoReasonToWaitStays() throws Exception {
        long id = bench.stage.queue(lobby, "it is out");
        bench.settle();
        because(id, OutgoingMessage.BLOCK_GONE);
        bench.pass();
        assertEquals(OutgoingMessage.BLOCK_GONE, now(id).reason());
    }

    /** Its own node shows it to nobody here, but reports that a peer has requested it. */
    @Test
    void aMessageIsRelayedOnceItsNodeSaysThatAPeerHasIt() throws Exception {
        bench.stage.nodes.unwatch();
        long id = bench.stage.queue(lobby, "to a peer");
        bench.settle();
        assertEquals(State.SENT, now(id).state());
        bench.node.relays = true;
        bench.pass();
        assertWaitsForNothing(id, State.RELAYED);
    }

    /** The other transaction with its coin may be its own, in a block that was not read yet. */
    @Test
    void aMessageWhoseCoinIsGoneIsNotPaidForAgainBeforeTheLatestBlocksAreRead() throws Exception {
        bench.stage.reception.behind.add(Network.REGTEST);
        bench.node.onSigned =
                () -> bench.network.spendElsewhere(bench.node.signed.get(0).raw());
        long id = bench.stage.queue(lobby, "once");
        bench.round();
        bench.pass();
        assertEquals("it waits until the latest blocks are read", now(id).reason());
        assertEquals(1, bench.node.signed.size());
        bench.stage.reception.behind.clear();
        bench.pass();
        bench.pass();
        assertWaitsForNothing(id, State.RELAYED);
        assertEquals(2, bench.node.signed.size());
    }

    private void assertEnds(long id, byte[] raw) throws Exception {
        bench.stage.reception.behind.add(Network.REGTEST);
        for (int i = 0; i < 10; i++) {
            bench.pass(Duration.ofMinutes(10));
        }
        assertEquals(State.RELAYED, now(id).state(), "its own may be in a block that was not read yet");
        bench.stage.reception.behind.clear();
        bench.node.refuse = true;
        bench.pass(Duration.ofMinutes(10));
        assertEquals(State.RELAYED, now(id).state(), "a higher fee says nothing of its coin");
        bench.node.refuse = false;
        bench.pass(Duration.ofMinutes(10));
        assertEquals(State.FAILED, now(id).state());
        assertTrue(now(id).reason().startsWith("a transaction that these files do not have spent its coin"));
        assertEquals(1, bench.node.signed.size(), "it is not paid for again");
        assertArrayEquals(raw, bench.node.released.get(0).raw());
    }

    /** Puts a transaction that these files do not have into a block, and looks for a while. */
    private byte[] spendElsewhere(long id) throws Exception {
        byte[] raw = now(id).parts().get(0).requireRaw();
        bench.network.spendElsewhere(raw);
        for (int i = 0; i < 10; i++) {
            bench.pass(Duration.ofMinutes(10));
        }
        return raw;
    }

    /** The files lack its recall: it carries nothing, so no block shows it. */
    @Test
    void aMessageWhoseCoinAnUnknownTransactionSpentFailsOnceNoBlockWouldBeReadAnyMore() throws Exception {
        long id = bench.stage.queue(lobby, "out", "confirm", Duration.ofDays(9));
        bench.settle();
        byte[] raw = spendElsewhere(id);
        assertEquals(State.RELAYED, now(id).state());
        assertTrue(now(id).reason().startsWith("nodes had it and lost it again"), now(id).reason());
        bench.clock.pass(Duration.ofDays(1));
        assertEnds(id, raw);
    }

    @Test
    void whereTheFilesMayBeARestoredCopyItFailsAtOnce() throws Exception {
        long id = bench.stage.queue(lobby, "out", "confirm", Duration.ofDays(9));
        bench.settle();
        bench.stage.keys().restored = bench.clock.millis();
        bench.stage.reception.behind.add(Network.REGTEST);
        assertEnds(id, spendElsewhere(id));
    }

    /** Its coin is missing until nodes have the transaction again whose change it is. */
    @Test
    void aMessageThatSpendsTheChangeOfOneThatNodesLostIsNotFailed() throws Exception {
        long before = bench.stage.queue(lobby, "before", "confirm", Duration.ofDays(9));
        long id = bench.stage.queue(lobby, "out", "confirm", Duration.ofDays(9));
        bench.settle();
        byte[] raw = now(id).parts().get(0).requireRaw();
        byte[] parent =
                TxId.ofInternal(Arrays.copyOfRange(raw, 5, 5 + TxId.LENGTH)).bytes();
        bench.stage.outbox.changePart(before, 0, part -> part.withTransaction(parent));
        bench.clock.pass(Duration.ofDays(1));
        spendElsewhere(id);
        assertEquals(State.RELAYED, now(id).state());
        assertTrue(now(id).reason().startsWith("nodes had it and lost it again"), now(id).reason());
    }

    /** A carrier with one transaction for many messages, none of which is in a mempool any more. */
    private static final class Lost extends PlainCarrier {
        private volatile Optional<String> why = Optional.empty();

        Lost() {
            super("lost");
        }

        @Override
        public Carrier open(CarrierContext with) {
            return new Each(with) {
                @Override
                public boolean looksAfter(CarriedMessage message, int index) {
                    return true;
                }

                @Override
                public Optional<String> waitsFor(CarriedMessage message, int index) {
                    return why;
                }
            };
        }
    }

    @Test
    void aMessageThatNoNodeHasAnyMoreSaysWhyUntilOneHas() throws Exception {
        Lost lost = new Lost();
        bench.add(lost);
        long id = bench.stage.queue(lobby, "lost on its way", lost.id(), Duration.ofDays(1));
        bench.settle();
        assertWaitsForNothing(id, State.RELAYED);
        lost.why = Optional.of("no node has it any more: they want more");
        bench.pass();
        assertEquals(State.RELAYED, now(id).state());
        assertEquals("no node has it any more: they want more", now(id).reason());
        bench.pass();
        assertEquals("no node has it any more: they want more", now(id).reason());
        lost.why = Optional.empty();
        bench.pass();
        assertWaitsForNothing(id, State.RELAYED);
    }

    private State shown(long id) throws PartylineException {
        return new Views(bench.stage.people).outgoing(now(id)).state();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageIsOnHoldWhileAPersonHasToDecideSomethingAndQueuedForAnyOtherReason(boolean restart) throws Exception {
        bench.stage.fees.refusal = "it would pass a cap: raise it";
        long id = bench.stage.queue(lobby, "may it?");
        bench.round();
        if (restart) {
            bench.restart(() -> {});
        }
        assertEquals(State.ON_HOLD, shown(id));
        assertEquals("it would pass a cap: raise it", now(id).reason());
        bench.stage.fees.refusal = null;
        bench.node.poor = true;
        bench.pass();
        assertEquals(State.SEALED, shown(id), "a coin is missing, which no person decides");
        assertNotEquals("", now(id).reason());
        bench.node.poor = false;
        bench.pass();
        assertEquals(State.RELAYED, shown(id));
        assertEquals("", now(id).reason());
    }

    /** Missing consent is requested before anything is sealed or signed. */
    @Test
    void aMessageOnMainnetIsOnHoldUntilTheOperatorAccepts() throws Exception {
        bench.stage.fees.unaccepted = "it costs real money: accept that";
        long id = bench.stage.queue(lobby, "for money");
        bench.round();
        assertEquals(State.ON_HOLD, shown(id));
        bench.stage.fees.unaccepted = null;
        bench.pass();
        assertEquals(State.RELAYED, shown(id));
    }
}
