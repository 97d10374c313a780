package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.Recaller;
import org.partyline.messaging.mailbox.EventLog;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.AbsentException;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests which messages are rejected before they are queued, and which can be cancelled. */
class SendRulesTest {
    private static final String HOW = "partyline:fee-limit --accept-mainnet";

    private final StageBench stage = new StageBench();
    private final TestNetwork network = new TestNetwork(stage.clock);
    private final TestNetwork.Node node = network.node("a");
    private final Messages messages = StageBench.offered(stage.add(MessagesStage::new), Messages.class);
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        stage.nodes.add(node);
        lobby = stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    // ---- messages that cannot be sent

    private static Messages.Send with(String text, Optional<Duration> ttl, Optional<String> via) {
        return new Messages.Send(Optional.empty(), false, "lobby", text, ttl, false, false, via);
    }

    private String refused(Messages.Send request) throws Exception {
        PartylineException refused = assertThrows(PartylineException.class, () -> messages.send(request));
        assertEquals(List.of(), messages.outbox(true), "nothing was stored");
        return refused.getMessage();
    }

    @Test
    void anOpenStoreWhoseContentsAreNotLoadedIsNotCalledLocked() {
        stage.forget();
        PartylineException refused = assertThrows(
                PartylineException.class, () -> messages.send(with("words", Optional.empty(), Optional.empty())));
        assertEquals(
                "the store is open, but its contents are not loaded: start bundle org.partyline.vault, or try again in a few "
                        + "seconds",
                refused.getMessage());
    }

    @Test
    void whatCannotBeSentIsRefusedBeforeItIsQueued() throws Exception {
        refused(with("", Optional.empty(), Optional.empty()));
        for (String invisible : List.of(" \t\n", "\u00a0", "\u00a0\u200b", "\u2003\u200d\ufeff")) {
            assertEquals(
                    "the message is empty: write a text", refused(with(invisible, Optional.empty(), Optional.empty())));
        }
        refused(with("words", Optional.of(Duration.ZERO), Optional.empty()));
        refused(with("words", Optional.of(Duration.ofMinutes(-5)), Optional.empty()));
        refused(with("words", Optional.of(Duration.ofMinutes(65_536)), Optional.empty()));
        refused(with("words", Optional.empty(), Optional.of("nobody")));
        TestNetwork.Node elsewhere = network.node("s", Network.SIGNET);
        stage.nodes.add(elsewhere);
        refused(with("words", Optional.empty(), Optional.of("s")));
        assertEquals(
                1,
                messages.send(with("words", Optional.of(Duration.ofMinutes(65_535)), Optional.of("a")))
                        .packets());
        assertEquals(1, messages.outbox(true).size());
    }

    @Test
    void whatIsTooLongIsRefusedThoughNobodyIsHereWhoSeals() throws Exception {
        stage.take(QueueSealer.class, stage.sealer);
        String refusal = refused(with("words ".repeat(700), Optional.empty(), Optional.empty()));
        assertTrue(refusal.contains("4200 bytes"), refusal);
        messages.send(with("x".repeat(Packets.MAX_MESSAGE), Optional.empty(), Optional.empty()));
    }

    @Test
    void aNodeThatIsNotUsedCannotBeChosen() throws Exception {
        assertTrue(refused(with("x", Optional.empty(), Optional.of("four"))).contains("there is no node 'four'"));
        TestNetwork.Node two = network.node("two");
        stage.nodes.add(two);
        stage.nodes.pause("two");
        assertEquals("node 'two' is not used", refused(with("x", Optional.empty(), Optional.of("two"))));
        stage.nodes.resume("two");
        long id = messages.send(with("x", Optional.empty(), Optional.of("two"))).id();
        assertEquals("two", stage.outgoing(id).via());
    }

    @Test
    void aSignedMessageNeedsANodeThatCarriesIt() throws Exception {
        stage.sizes.signed = 0;
        NoSuchThingException refusal = assertThrows(NoSuchThingException.class, () -> sign(Optional.of("a")));
        assertEquals(
                "a signed message needs packets of 128 bytes, but node 'a' carries less: send it without --via, or "
                        + "without --sign",
                refusal.getMessage());
        refusal = assertThrows(NoSuchThingException.class, () -> sign(Optional.empty()));
        assertTrue(refusal.getMessage().contains("the nodes of regtest carry less"), refusal.getMessage());
        assertEquals(List.of(), messages.outbox(true));
        stage.sizes.signed = 128;
        sign(Optional.of("a"));
        sign(Optional.empty());
        assertEquals(2, messages.outbox(true).size());
    }

    @Test
    void withoutKnownLimitsPacketsHaveTheirUsualSize() throws Exception {
        stage.sizes.most = 0;
        stage.sizes.least = 60;
        send("words");
        assertEquals(new SizeRange(60, 80), stage.sealer.room);
        stage.sizes.most = 100;
        send("words");
        assertEquals(new SizeRange(60, 100), stage.sealer.room);
    }

    @Test
    void aMessageIsPlannedAsItIsSealed() throws Exception {
        send("words");
        assertEquals(PacketType.TEXT, stage.sealer.planned.type());
        assertEquals(Optional.empty(), stage.sealer.planned.senderId());
        assertEquals(OptionalInt.empty(), stage.sealer.planned.ttlMinutes());
        assertEquals(1, stage.sealer.opened.get());
        messages.send(with("words", Optional.of(Duration.ofMinutes(5)), Optional.empty()));
        assertEquals(OptionalInt.of(5), stage.sealer.planned.ttlMinutes());
        sign(Optional.empty());
        assertArrayEquals(
                stage.keys().keys.identity().senderId(),
                stage.sealer.planned.senderId().orElseThrow());
        assertEquals(
                List.of(Optional.empty(), Optional.empty(), Optional.of("alice")),
                messages.messages(Messages.Query.ALL).stream()
                        .map(Messages.Message::signedBy)
                        .toList());
        for (Class<?> part : List.of(HandshakeManager.class, PacketSizes.class)) {
            stage.stop(part);
            assertEquals(
                    0,
                    messages.send(with("words", Optional.empty(), Optional.empty()))
                            .packets());
            stage.start(part);
        }
    }

    @Test
    void programsAreToldOfAQueuedMessage() throws Exception {
        List<Messages.Event> followed = new CopyOnWriteArrayList<>();
        try (AutoCloseable following = messages.follow(Messages.Query.ALL, followed::add)) {
            assertNotNull(following);
            long id = send("words");
            Eventually.that(
                    "programs are told",
                    () -> followed.stream()
                            .flatMap(event -> event.outgoing().stream())
                            .anyMatch(outgoing -> outgoing.id() == id && outgoing.state() == State.QUEUED));
        }
    }

    @Test
    void aReadOnlyPersonaWritesNothing() throws Exception {
        stage.keys().copy = true;
        assertTrue(refused(with("words", Optional.empty(), Optional.empty())).startsWith("persona 'alice' only reads"));
        stage.keys().copy = false;
        send("words");
    }

    @Test
    void theServicesAreRegisteredUntilTheBundleStops() throws Exception {
        MessagesStage other = new MessagesStage(stage.context);
        Set<Class<?>> registered = StageBench.publish(other::publish);
        assertEquals(Set.of(Messages.class, Events.class, Conversations.class), registered);
        Events events = StageBench.offered(other, Events.class);
        other.stop();
        assertEquals(Set.of(), registered);
        stage.bus.publish(new EventLog.Added(1));
        assertFalse(events.await(0, Duration.ZERO));
        stage.bus.publish(new EventLog.Opened(1));
        assertFalse(events.await(0, Duration.ZERO));
    }

    @Test
    void aRecallNeedsTheBundleThatRecalls() throws Exception {
        long id = send("words");
        Messages.Recalled recalled = new Messages.Recalled(messages.outgoing(id), 1, 0, 21);
        stage.put(Recaller.class, asked -> asked == id ? recalled : null);
        assertEquals(recalled, messages.recall(id));
        stage.stop(Recaller.class);
        assertThrows(AbsentException.class, () -> messages.recall(id));
    }

    private void sign(Optional<String> via) throws PartylineException {
        messages.send(
                new Messages.Send(Optional.empty(), false, "lobby", "signed", Optional.empty(), false, true, via));
    }

    @Test
    void nothingIsWrittenOnMainnetUntilItIsAccepted() throws Exception {
        stage.nodes.add(network.node("real", Network.MAINNET));
        stage.join("market", Mode.RATCHET, Network.MAINNET);
        Messages.Send request = new Messages.Send(Optional.empty(), "market", "for money", Optional.empty(), false);
        assertTrue(refused(request).contains(HOW));
        FeeSettings now = stage.settings.get().fees();
        stage.settings.fees(new FeeSettings(
                now.minimum(),
                now.maximum(),
                now.target(),
                now.band(),
                now.capMessage(),
                now.capHour(),
                now.capDay(),
                true));
        messages.send(request);
        assertEquals(1, messages.outbox(true).size());
    }

    // ---- messages that can be cancelled

    private long send(String text) throws PartylineException {
        return messages.send(with(text, Optional.empty(), Optional.empty())).id();
    }

    /** As the sender does it. */
    private long paid(String text) throws PartylineException {
        long id = send(text);
        OutgoingMessage sealed = stage.sealer.seal(id);
        SignedTransaction paid = node.pay("", List.of(sealed.parts().get(0).packet()), new FeeRate(100));
        stage.outbox.changePart(
                id, 0, part -> part.signed(paid.raw(), paid.id().bytes(), paid.vsize(), paid.fee(), "a", ""));
        return id;
    }

    private void attempt(long id) throws PartylineException {
        stage.outbox.changePart(id, 0, part -> part.attempt("a", stage.clock.millis()));
    }

    @Test
    void aMessageThatWasCancelledIsErasedAndItsCoinsAreFree() throws Exception {
        long id = paid("never mind");
        assertEquals(State.RECALLED, messages.cancel(id).state());
        assertEquals(List.of(id), stage.outbox.givenUp);
        assertEquals(List.of(id), stage.sendQueue.released);
        assertThrows(NoSuchThingException.class, () -> messages.read(id), "its words are erased");
        assertThrows(NoSuchThingException.class, () -> messages.cancel(id));
        assertThrows(NoSuchThingException.class, () -> messages.cancel(99));
        assertEquals(List.of(id), stage.sendQueue.released);
    }

    @Test
    void whatHasLeftCannotBeCancelled() throws Exception {
        long id = paid("on its way");
        attempt(id);
        stage.outbox.change(id, now -> now.on(0, PacketEvent.TAKEN).on(0, PacketEvent.SHOWN));
        assertEquals(State.RELAYED, stage.state(id));
        assertThrows(NoSuchThingException.class, () -> messages.cancel(id));
        assertEquals(State.RELAYED, stage.state(id));
        assertEquals(Optional.of("on its way"), messages.read(id).text());
        assertEquals(List.of(), stage.sendQueue.released);
    }

    @Test
    void aNodeThatTookItWithoutAnAnswerMayHaveIt() throws Exception {
        long id = paid("on its way, perhaps");
        attempt(id);
        OutgoingPart part = stage.outgoing(id).parts().get(0);
        assertEquals(State.SEALED, part.state());
        NoSuchThingException refusal = assertThrows(NoSuchThingException.class, () -> messages.cancel(id));
        assertEquals(
                "message " + id + " can no longer be cancelled, because a node may have it: recall it with"
                        + " partyline:recall " + id,
                refusal.getMessage());
        assertEquals(List.of(), stage.outbox.givenUp);
        assertEquals(Optional.of("on its way, perhaps"), messages.read(id).text());
    }
}
