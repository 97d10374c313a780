package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.CoverConversation;
import org.partyline.messaging.delivery.CarrierViews;
import org.partyline.messaging.mailbox.ChainOpener;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRenumbered;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingMessageBuilder;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PacketEvent;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.PropagationTracker;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.mailbox.SizeRange;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * Packets that left under cover traffic are looked after like decoys, and become decoys when their message is deleted.
 */
class CoveredMessagesTest {
    private static final int ALICE = StageBench.ALICE.id();
    private static final Duration QUARTER = Duration.ofMinutes(15);

    private final StageBench bench = new StageBench();
    private final MailboxStage stage = bench.add(MailboxStage::new);
    private final Outbox outbox = StageBench.offered(stage, Outbox.class);
    private final List<MessageRenumbered> renumbered = new ArrayList<>();
    private Bus.Listening listening;
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.join("lobby", Mode.OPEN);
        listening = bench.bus.within(MessageRenumbered.class, renumbered::add);
    }

    @AfterEach
    void close() {
        listening.close();
        bench.close();
    }

    private void cover() {
        bench.cover.orders.put(ALICE, new CoverOrder(Duration.ofMinutes(1), 100_000, 80));
    }

    private static byte[] packet(int seed) {
        byte[] packet = new byte[80];
        new Random(seed).nextBytes(packet);
        packet[0] = 2;
        return packet;
    }

    /** Queues a text that is sealed in this many packets. */
    private long sealed(Conversation conversation, Duration life, int packets) throws PartylineException {
        long id = bench.queue(conversation, "words", "confirm", life);
        List<OutgoingPart> parts = new ArrayList<>();
        for (int i = 0; i < packets; i++) {
            parts.add(OutgoingPart.of(packet(i)));
        }
        outbox.change(id, now -> now.sealed(parts, bench.clock.instant().getEpochSecond(), false));
        return id;
    }

    private OutgoingPart attempted(OutgoingPart part) {
        byte[] raw = new byte[] {1};
        return part.signed(raw, new byte[32], 200, 21, "a", "")
                .attempt("a", bench.clock.instant().toEpochMilli());
    }

    /** Simulates that a node accepted a packet. */
    private void leave(long id, int index) throws PartylineException {
        outbox.changePart(id, index, part -> attempted(part).on(PacketEvent.TAKEN));
    }

    private PropagationRecords.DeliveryOptions way(long id) throws StoreException {
        return StageBench.offered(stage, PropagationTracker.class).way(bench.outgoing(id));
    }

    private Instant wordsExpire(long id) throws StoreException {
        return Instant.ofEpochMilli(bench.guard
                .<Optional<MessageRecord>, StoreException>transact(
                        tx -> Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class))
                .orElseThrow()
                .expires());
    }

    private List<OutgoingMessage> decoys() throws StoreException {
        return bench.allOutgoing().stream()
                .filter(out -> out.type() == PacketType.DECOY.code())
                .toList();
    }

    /** As when the conversation is left. */
    private List<OutgoingMessage> erase(Conversation conversation) throws StoreException {
        return bench.guard.open(() -> {
            List<OutgoingMessage> made = bench.guard.transact(tx -> outbox.asDecoys(tx, conversation));
            outbox.remember(made);
            return made;
        });
    }

    /** As when no block has it at the end of its time to live. */
    @Test
    void whatIsExpiredAfterItLeftIsStillCarriedAsADecoyIs() throws Exception {
        cover();
        long id = sealed(lobby, QUARTER, 1);
        leave(id, 0);
        outbox.change(id, now -> now.ended(MessageEvent.EXPIRED, "its time is over"));
        assertFalse(
                CarrierViews.of(bench.people, bench.outgoing(id)).orElseThrow().isEnded());
        assertEquals(1, erase(lobby).size());
    }

    // ---- how long

    @ParameterizedTest
    @ValueSource(ints = {10, 15, 7 * 24 * 60})
    void whatLeftIsLookedAfterForADayWhateverItsTimeToLive(int minutes) throws Exception {
        cover();
        long id = sealed(lobby, Duration.ofMinutes(minutes), 1);
        bench.clock.pass(Duration.ofMinutes(5));
        leave(id, 0);
        OutgoingMessage left = bench.outgoing(id);
        assertEquals(bench.clock.instant().plus(Duration.ofHours(24)).toEpochMilli(), left.expires(), "as decoys are");
        assertTrue(way(id).covered());
    }

    @Test
    void withoutCoverItIsLookedAfterForItsTimeToLive() throws Exception {
        long id = sealed(lobby, QUARTER, 1);
        Instant sealed = bench.clock.instant();
        bench.clock.pass(Duration.ofMinutes(5));
        leave(id, 0);
        assertEquals(sealed.plus(QUARTER).toEpochMilli(), bench.outgoing(id).expires());
        assertFalse(way(id).covered());
    }

    /** Nothing repeats them: without them, the contact reads us no more. */
    @Test
    void withoutCoverNewKeysAreLookedAfterForADayFromWhenTheyLeft() throws Exception {
        Conversation bob = bench.know("bob", bench.identities.generate(bench.random));
        long id = bench.queue(bob, PacketType.CONTROL, new byte[] {ControlCodes.ROTATE});
        long other = bench.queue(bob, PacketType.CONTROL, new byte[] {ControlCodes.FORGET});
        bench.clock.pass(Duration.ofHours(5));
        for (long each : new long[] {id, other}) {
            outbox.change(
                    each,
                    now -> now.sealed(
                            List.of(OutgoingPart.of(packet((int) each))),
                            bench.clock.instant().getEpochSecond(),
                            false));
            leave(each, 0);
        }
        assertEquals(
                bench.clock.instant().plus(Duration.ofHours(24)).toEpochMilli(),
                bench.outgoing(id).expires());
        assertEquals(
                bench.clock.instant().plus(Duration.ofHours(19)).toEpochMilli(),
                bench.outgoing(other).expires());
    }

    @Test
    void ourOwnWordsLiveAsLongAsTheirReadersKeepThem() throws Exception {
        cover();
        long id = bench.queue(lobby, "soon gone", "confirm", QUARTER);
        bench.clock.pass(Duration.ofMinutes(40));
        outbox.change(
                id,
                now -> now.sealed(
                        List.of(OutgoingPart.of(packet(1))),
                        bench.clock.instant().getEpochSecond(),
                        false));
        leave(id, 0);
        assertEquals(bench.clock.instant().plus(QUARTER), wordsExpire(id));
    }

    @Test
    void aReaderKeepsATextForTheTimeThatItWasTold() throws Exception {
        Instant left = bench.clock.instant();
        bench.clock.pass(Duration.ofMinutes(1));
        MessageRecord read = accept(new Content(
                        PacketType.TEXT,
                        false,
                        left.getEpochSecond(),
                        OptionalInt.of(15),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "soon gone".getBytes(StandardCharsets.UTF_8)))
                .message()
                .orElseThrow();
        assertEquals(left.getEpochSecond(), read.sent());
        assertEquals(left.plus(QUARTER).toEpochMilli(), read.expires());
    }

    private int arrivals;

    private Inbox.Arrival accept(Content content) throws StoreException {
        Inbox inbox = StageBench.offered(stage, Inbox.class);
        Candidate candidate = Candidate.of(
                Network.REGTEST,
                packet(1000 + arrivals++),
                TxId.ofStripped(Keys.of(arrivals)),
                Optional.empty(),
                bench.clock.instant(),
                "b");
        Inbox.Source source = new Inbox.Source(
                lobby, candidate, candidate.id(), "", 1, content.timestamp(), arrivals, "", SignerId.NOBODY);
        return bench.guard.transact(tx -> inbox.accept(tx, source, content));
    }

    @Test
    void piecesThatLeaveOverHoursAreOneMessageToAReaderWhoKeepsNothing() throws Exception {
        // A reader keeps a complete message for an hour here; the fragments take six.
        assertEquals(Duration.ofHours(1), bench.settings.get().sending().defaultTtl());
        byte[] text = "a long message in pieces ".repeat(10).getBytes(StandardCharsets.UTF_8);
        byte[] stream = new byte[text.length + 1];
        stream[0] = (byte) PacketType.TEXT.code();
        System.arraycopy(text, 0, stream, 1, text.length);
        int count = 7;
        int each = (stream.length + count - 1) / count;
        Optional<MessageRecord> whole = Optional.empty();
        for (int i = 0; i < count; i++) {
            Inbox.Arrival arrival = accept(new Content(
                    PacketType.FRAGMENT,
                    false,
                    bench.clock.instant().getEpochSecond(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new FragmentHeader(5, i, count)),
                    Optional.empty(),
                    Arrays.copyOfRange(stream, i * each, Math.min(stream.length, (i + 1) * each))));
            whole = arrival.message();
            assertEquals(i < count - 1, arrival.piece());
            bench.clock.pass(Duration.ofMinutes(50));
            bench.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        }
        assertArrayEquals(text, whole.orElseThrow().text().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void noPacketOfWhoIsCoveredIsSmallerThanThePiecesOfALongMessage() throws Exception {
        TestNetwork.Node node = new TestNetwork(bench.clock).node("a");
        bench.nodes.add(node);
        PacketSizes sizes = StageBench.offered(stage, PacketSizes.class);
        assertEquals(new SizeRange(0, 80), sizes.room(ALICE, Network.REGTEST, false, ""));
        cover();
        assertEquals(new SizeRange(80, 80), sizes.room(ALICE, Network.REGTEST, false, ""));
        node.maxPayload = 64;
        assertEquals(new SizeRange(64, 64), sizes.room(ALICE, Network.REGTEST, false, ""), "where nodes carry as much");
    }

    // ---- erased conversations

    @Test
    void aPacketOfAConversationThatWasErasedIsADecoyFromThenOn() throws Exception {
        cover();
        long id = sealed(lobby, Duration.ofDays(2), 1);
        leave(id, 0);
        OutgoingMessage left = bench.outgoing(id);
        bench.clock.pass(Duration.ofHours(1));
        OutgoingMessage decoy = erase(lobby).get(0);
        assertEquals(
                List.of(decoy.id()), decoys().stream().map(OutgoingMessage::id).toList());
        assertEquals(PacketType.DECOY.code(), decoy.type(), "nothing tells what it was");
        assertEquals(CoverConversation.id(ALICE, Network.REGTEST), decoy.membership());
        assertArrayEquals(packet(0), decoy.parts().get(0).packet());
        assertArrayEquals(
                left.parts().get(0).transaction(), decoy.parts().get(0).transaction());
        assertEquals(State.SENT, decoy.state());
        assertEquals(left.expires(), decoy.expires(), "it comes back for as long as others do");
        assertEquals(0, decoy.ttlMinutes());
        assertEquals("confirm", decoy.carrier());
        assertFalse(decoy.opens());
        assertTrue(way(decoy.id()).covered());
        assertEquals(
                new PacketIndex.Sent(decoy.id(), 0),
                bench.recognition.packets.sent(PacketId.of(Network.REGTEST.code(), packet(0))),
                "nodes that show it are heard");
        assertEquals(1, renumbered.size(), "its carrier is told");
        assertEquals(
                List.of(id, decoy.id()),
                List.of(renumbered.get(0).message(), renumbered.get(0).other()));
        assertEquals("confirm", renumbered.get(0).carrier());
    }

    @Test
    void theHandshakeWithAContactWhoWasForgottenIsOneToo() throws Exception {
        cover();
        Conversation bob = bench.know("bob", bench.identities.generate(bench.random));
        bench.guard.transact(tx -> {
            OutgoingRecords.put(
                    tx,
                    new OutgoingMessage(
                            70,
                            bob.id(),
                            State.QUEUED,
                            "",
                            bench.clock.millis(),
                            bench.clock.millis() + Duration.ofDays(1).toMillis(),
                            0,
                            false,
                            0,
                            List.of(),
                            PacketType.HANDSHAKE_INIT.code(),
                            new byte[] {1},
                            false,
                            0,
                            "rolling",
                            true));
            return null;
        });
        outbox.change(
                70,
                now -> now.sealed(
                        List.of(OutgoingPart.of(packet(7))),
                        bench.clock.instant().getEpochSecond(),
                        true));
        leave(70, 0);
        OutgoingMessage decoy = erase(bob).get(0);
        assertEquals(PacketType.DECOY.code(), decoy.type());
        assertEquals(CoverConversation.id(ALICE, Network.REGTEST), decoy.membership());
        assertArrayEquals(packet(7), decoy.parts().get(0).packet());
        assertEquals("rolling", decoy.carrier());
        assertEquals(70, renumbered.get(0).message());
    }

    @Test
    void whatANodeTookWithoutAnAnswerIsOneToo() throws Exception {
        cover();
        long id = sealed(lobby, Duration.ofDays(2), 1);
        outbox.changePart(id, 0, this::attempted);
        OutgoingMessage decoy = erase(lobby).get(0);
        assertEquals(State.SEALED, decoy.state());
        assertTrue(decoy.parts().get(0).attempted());
        assertTrue(decoy.isPaid(), "it is handed over again");
        assertEquals(bench.clock.instant().plus(Outbox.COVERED_LIFE).toEpochMilli(), decoy.expires());
    }

    @Test
    void whatIsInABlockIsOneAndWhatWasTakenBackIsNot() throws Exception {
        cover();
        long mined = sealed(lobby, Duration.ofDays(2), 1);
        leave(mined, 0);
        outbox.changePart(mined, 0, part -> part.minedIn(part.transaction()));
        long replaced = sealed(lobby, Duration.ofDays(2), 1);
        leave(replaced, 0);
        bench.guard.<StoreException>update(tx -> OutgoingRecords.put(
                tx,
                OutgoingMessageBuilder.builder(
                                OutgoingRecords.find(tx, replaced).orElseThrow())
                        .state(State.REPLACED)
                        .build()));
        long recalled = sealed(lobby, Duration.ofDays(2), 1);
        leave(recalled, 0);
        bench.guard.open(() -> outbox.change(recalled, now -> now.ended(MessageEvent.RECALLED, "recalled")));
        assertEquals(State.CONFIRMED, bench.state(mined));
        assertEquals(2, erase(lobby).size());
        assertEquals(
                List.of(mined, replaced),
                renumbered.stream().map(MessageRenumbered::message).toList());
    }

    @Test
    void whatIsLeftOfADecoyThatIsGivenUpIsNoneAgain() throws Exception {
        cover();
        leave(sealed(lobby, Duration.ofDays(2), 1), 0);
        OutgoingMessage decoy = erase(lobby).get(0);
        bench.guard.open(() -> outbox.giveUp(decoy.id(), MessageEvent.EXPIRED, "its time is over"));
        assertEquals(
                List.of(decoy.id()), decoys().stream().map(OutgoingMessage::id).toList());
    }

    /** While nobody knows which conversations leave in slots. */
    @Test
    void withoutTheSenderItIsAsItIsOrdered() throws Exception {
        long uncovered = sealed(lobby, QUARTER, 1);
        bench.context.coverSlots().end();
        leave(uncovered, 0);
        assertFalse(way(uncovered).covered());
        cover();
        long covered = sealed(lobby, QUARTER, 1);
        leave(covered, 0);
        assertTrue(way(covered).covered());
    }

    @Test
    void whatWasErasedMeanwhileIsNotRemembered() throws Exception {
        cover();
        long id = sealed(lobby, Duration.ofDays(2), 1);
        OutgoingMessage of = OutgoingMessageBuilder.builder(bench.outgoing(id))
                .membership(99)
                .build();
        bench.recognition.packets.removeSent(id);
        outbox.remember(List.of(of));
        assertNull(bench.recognition.packets.sent(PacketId.of(Network.REGTEST.code(), packet(0))));
    }

    // ---- how long, once some or all of it has left

    @Test
    void oncePartOfAMessageHasLeftTheRestHasADay() throws Exception {
        long id = sealed(lobby, QUARTER, 3);
        bench.clock.pass(Duration.ofMinutes(5));
        leave(id, 0);
        long end = bench.clock.instant().plus(Duration.ofHours(24)).toEpochMilli();
        assertEquals(end, bench.outgoing(id).expires());
        bench.clock.pass(Duration.ofMinutes(5));
        leave(id, 1);
        assertEquals(end, bench.outgoing(id).expires());
        long longer = sealed(lobby, Duration.ofDays(3), 2);
        long before = bench.outgoing(longer).expires();
        leave(longer, 0);
        assertEquals(before, bench.outgoing(longer).expires());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOpenerOfAChainIsLookedAfterForAsLongAsItsChainMayRun(boolean recallsExpired) throws Exception {
        SendingSettings now = bench.settings.get().sending();
        bench.settings.sending(new SendingSettings(
                now.defaultTtl(),
                now.maxBucket(),
                now.chainMessages(),
                now.within(),
                recallsExpired,
                now.carrier(),
                now.jitter(),
                now.perMinute(),
                now.burst(),
                now.rebroadcastAfter()));
        long id = bench.queue(lobby, "opens", "confirm", QUARTER);
        outbox.change(
                id,
                message -> message.sealed(
                        List.of(OutgoingPart.of(packet(1))),
                        bench.clock.instant().getEpochSecond(),
                        true));
        leave(id, 0);
        Duration kept = recallsExpired ? QUARTER : ChainOpener.CHAIN_LIFE;
        assertEquals(
                bench.clock.instant().plus(kept).toEpochMilli(),
                bench.outgoing(id).expires());
        assertEquals(bench.clock.instant().plus(QUARTER), wordsExpire(id));
    }

    @Test
    void theWordsOfAnEditAreKeptUntilItIsOut() throws Exception {
        byte[] body = new byte[20];
        body[0] = ControlCodes.EDIT;
        long id = bench.queue(lobby, PacketType.CONTROL, body);
        outbox.change(
                id,
                now -> now.sealed(
                        List.of(OutgoingPart.of(packet(1)), OutgoingPart.of(packet(2))),
                        bench.clock.instant().getEpochSecond(),
                        false));
        leave(id, 0);
        assertArrayEquals(body, bench.outgoing(id).body());
        leave(id, 1);
        assertArrayEquals(
                Arrays.copyOf(body, 1 + Locator.WHOLE), bench.outgoing(id).body());
    }

    @Test
    void whatHasNotLeftAndWhatWasNoPartOfCoverTrafficIsGone() throws Exception {
        sealed(lobby, Duration.ofDays(2), 1);
        bench.queue(lobby, "queued");
        long out = sealed(lobby, Duration.ofDays(2), 1);
        leave(out, 0);
        cover();
        assertEquals(List.of(), erase(lobby));
        assertEquals(List.of(), decoys());
        assertEquals(List.of(), renumbered);
    }

    @Test
    void whatLeftOfAMessageThatExpiredBeforeTheRestIsADecoy() throws Exception {
        cover();
        long id = sealed(lobby, Duration.ofMinutes(20), 3);
        leave(id, 0);
        bench.clock.pass(Duration.ofMinutes(25));
        bench.guard.open(() -> outbox.giveUp(id, MessageEvent.EXPIRED, "its time is over"));
        assertEquals(State.EXPIRED, bench.state(id));
        assertEquals(1, decoys().size());
        OutgoingMessage decoy = decoys().get(0);
        assertEquals(1, decoy.parts().size(), "what had left of it");
        assertArrayEquals(packet(0), decoy.parts().get(0).packet());
        assertEquals(
                new PacketIndex.Sent(decoy.id(), 0),
                bench.recognition.packets.sent(PacketId.of(Network.REGTEST.code(), packet(0))),
                "nodes that show it are heard");
        assertEquals(bench.clock.instant().plus(Outbox.COVERED_LIFE).toEpochMilli(), decoy.expires());
        assertEquals(
                List.of(id, decoy.id()),
                List.of(renumbered.get(0).message(), renumbered.get(0).other()));
    }

    @Test
    void withoutCoverNothingBecomesOfIt() throws Exception {
        long id = sealed(lobby, Duration.ofMinutes(20), 3);
        leave(id, 0);
        bench.clock.pass(Duration.ofMinutes(25));
        bench.guard.open(() -> outbox.giveUp(id, MessageEvent.EXPIRED, "its time is over"));
        assertEquals(List.of(), decoys());
    }
}
