package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.control.ControlBody;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.control.Locator;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.scan.Candidate;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests which messages a member may send, and their effects: times to live, fragments and burn. */
class ReceiveRulesTest {
    private static final int MESSAGE = 5;
    private static final int CHAIN = 1;

    private InboxBench bench;

    @BeforeEach
    void aChainOfMallorys() throws Exception {
        bench = new InboxBench();
        bench.say(-1, -1, bench.text("hello"));
        bench.stage.context.notices().events().startLine(CHAIN, 0);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Inbox.Arrival say(int position, Content content) throws Exception {
        return bench.say(CHAIN, position, content);
    }

    private static Content with(Content content, long timestamp, int ttlMinutes, boolean burn) {
        return new Content(
                content.type(),
                burn,
                timestamp,
                ttlMinutes == 0 ? OptionalInt.empty() : OptionalInt.of(ttlMinutes),
                content.senderId(),
                content.newChain(),
                content.fragment(),
                content.signature(),
                content.body());
    }

    private long ago(Duration time) {
        return bench.clock.instant().minus(time).getEpochSecond();
    }

    private MessageRecord message(String text) throws Exception {
        return bench.kept().stream()
                .filter(message -> message.text().equals(text))
                .findFirst()
                .orElseThrow();
    }

    private void awaitTold(String... texts) throws Exception {
        Eventually.that("told", () -> bench.told().equals(List.of(texts)));
    }

    @Test
    void aTimeToLiveIsCountedFromThePacketsTime() throws Exception {
        say(0, with(bench.text("five minutes"), ago(Duration.ofMinutes(3)), 5, false));
        Instant end = Instant.ofEpochSecond(ago(Duration.ofMinutes(3))).plus(Duration.ofMinutes(5));
        assertEquals(end.toEpochMilli(), message("five minutes").expires());
    }

    @Test
    void aBlockIsBelievedOfANodeThatTellsBlocksOnly() throws Exception {
        TestNetwork network = new TestNetwork(bench.clock);
        TestNetwork.Node node = network.node("b");
        bench.stage.nodes.add(node);
        bench.stage.nodes.setAside(node, NodeFault.OTHER_CHAIN, "it is on another chain");
        Candidate packet = bench.packet();
        long id = bench.come(packet, bench.lobby, -1, -1, bench.text("mined?"))
                .message()
                .orElseThrow()
                .id();
        BlockRef block = network.mine();

        bench.sighted(packet, block);
        assertEquals(-1, message("mined?").block());

        bench.stage.nodes.useAgain(node);
        bench.sighted(packet, block);
        assertEquals(block.height(), message("mined?").block());
        assertEquals(id, message("mined?").id());
    }

    /** Anyone can have a packet mined again. */
    @Test
    void ofTheTransactionsThatBroughtAPacketSoManyAreKept() throws Exception {
        TestNetwork network = new TestNetwork(bench.clock);
        bench.stage.nodes.add(network.node("b"));
        Candidate packet = bench.packet();
        bench.come(packet, bench.lobby, -1, -1, bench.text("mined often"));
        for (int count = 2; count <= 66; count++) {
            Candidate again = Candidate.of(
                    Network.REGTEST,
                    packet.payload(),
                    TxId.ofStripped(new byte[] {(byte) count, 1, 1}),
                    Optional.empty(),
                    bench.clock.instant(),
                    "b");
            bench.sighted(again, network.mine());
            assertEquals(
                    Math.min(count, 64), message("mined often").transactions().size());
        }
    }

    @Test
    void withoutATimeToLiveTheSettingsIsCountedFromNow() throws Exception {
        say(0, with(bench.text("as usual"), ago(Duration.ofMinutes(3)), 0, false));
        assertEquals(
                bench.clock.instant().plus(Duration.ofHours(1)).toEpochMilli(),
                message("as usual").expires());
    }

    @Test
    void aMessageWhoseTimeEndedOnTheWayIsNotShown() throws Exception {
        say(0, with(bench.text("too late"), ago(Duration.ofMinutes(5)), 5, false));
        say(1, bench.text("in time"));
        assertEquals(List.of("hello", "in time"), bench.texts());
        // Its position has arrived anyway: nothing waits for it.
        awaitTold("hello", "in time");
    }

    @Test
    void aPieceWhoseTimeEndedIsNotKept() throws Exception {
        say(0, with(bench.piece(MESSAGE, 0, 2, "too "), ago(Duration.ofMinutes(5)), 5, false));
        assertEquals(0, bench.pieces());
    }

    @Test
    void aMessageToBeBurntIsToldOfWithoutItsWords() throws Exception {
        say(0, with(bench.text("burn me"), ago(Duration.ZERO), 0, true));
        assertTrue(message("burn me").burn());
        awaitTold("hello", "(burn)");
    }

    @Test
    void onePieceThatAsksForItBurnsTheMessage() throws Exception {
        say(0, bench.piece(MESSAGE, 0, 2, "burn "));
        say(1, with(bench.piece(MESSAGE, 1, 2, "me"), ago(Duration.ZERO), 0, true));
        assertTrue(message("burn me").burn());
        awaitTold("hello", "(burn)");
        assertEquals(0, bench.pieces());
    }

    @Test
    void aPieceThatDisagreesOnTheCountIsIgnored() throws Exception {
        say(0, bench.piece(MESSAGE, 0, 2, "one "));
        say(1, bench.piece(MESSAGE, 1, 3, "false"));
        say(2, bench.piece(MESSAGE, 1, 2, "two"));
        assertEquals(List.of("hello", "one two"), bench.texts());
    }

    @Test
    void ofTwoPiecesInOnePlaceTheFirstCounts() throws Exception {
        say(0, bench.piece(MESSAGE, 0, 3, "one "));
        say(1, bench.piece(MESSAGE, 0, 3, "false "));
        say(2, bench.piece(MESSAGE, 1, 3, "two "));
        say(3, bench.piece(MESSAGE, 2, 3, "three"));
        assertEquals(List.of("hello", "one two three"), bench.texts());
    }

    @Test
    void piecesAreInTheirOrderWhateverComesFirst() throws Exception {
        say(1, bench.piece(MESSAGE, 1, 2, "two"));
        Candidate first = bench.packet();
        bench.come(first, bench.lobby, CHAIN, 0, bench.piece(MESSAGE, 0, 2, "one "));
        MessageRecord whole = message("one two");
        assertEquals(0, whole.sequence());
        assertEquals(HexFormat.of().formatHex(first.payload(), 1, 9), whole.locator());
    }

    @Test
    void piecesThatCannotBeJoinedAreNoMessage() throws Exception {
        say(0, with(bench.piece(MESSAGE, 0, 2, "one "), ago(Duration.ZERO), 5, false));
        assertEquals(Inbox.Arrival.NOTHING, bench.say(CHAIN, 1, bench.piece(MESSAGE, 1, 2, "two")));
        assertEquals(0, bench.pieces());
    }

    @Test
    void aMessageIsSignedByWhoHasSignedEachPiece() throws Exception {
        bench.come(bench.packet(), bench.lobby, CHAIN, 0, bench.piece(1, 0, 2, "all "), 7);
        bench.come(bench.packet(), bench.lobby, CHAIN, 1, bench.piece(1, 1, 2, "signed"), 7);
        assertEquals(7, message("all signed").signer());
        bench.come(bench.packet(), bench.lobby, CHAIN, 2, bench.piece(2, 0, 2, "half "), 7);
        bench.come(bench.packet(), bench.lobby, CHAIN, 3, bench.piece(2, 1, 2, "signed"));
        assertEquals(SignerId.WRONG, message("half signed").signer());
    }

    private static byte[] inner(PacketType type, byte[] body, int from, int to) {
        byte[] stream = new byte[1 + body.length];
        stream[0] = (byte) type.code();
        System.arraycopy(body, 0, stream, 1, body.length);
        return Arrays.copyOfRange(stream, from, Math.min(to, stream.length));
    }

    private Inbox.Arrival pieces(PacketType type, byte[] body) throws Exception {
        bench.say(CHAIN, 0, bench.piece(9, 0, 2, inner(type, body, 0, 6)));
        return bench.say(CHAIN, 1, bench.piece(9, 1, 2, inner(type, body, 6, 1000)));
    }

    @Test
    void aReplyInPiecesIsAMessage() throws Exception {
        MessageRecord hello = message("hello");
        byte[] body = new ControlBody.Reply(new Locator(hello.locator()).shortened(), "a long answer").encode();
        assertEquals(
                "a long answer",
                pieces(PacketType.CONTROL, body).message().orElseThrow().text());
        assertFalse(message("a long answer").annotations().reply().isEmpty());
    }

    @Test
    void whatElseIsInPiecesIsTheSessions() throws Exception {
        Inbox.Other other = pieces(PacketType.CONTROL, new byte[] {ControlCodes.RECEIPT, 1, 2, 3, 4, 5, 6, 7, 8})
                .other()
                .orElseThrow();
        assertEquals(PacketType.CONTROL, other.type());
        assertFalse(other.whole());
        Inbox.Arrival one = bench.say(
                CHAIN, 2, bench.piece(8, 0, 1, inner(PacketType.CONTROL, new byte[] {ControlCodes.RECEIPT, 1}, 0, 9)));
        assertTrue(one.other().orElseThrow().whole());
    }

    @Test
    void aPieceIsToldOfAndNothingElse() throws Exception {
        awaitTold("hello");
        int before = bench.stage.events.size();
        say(0, bench.piece(MESSAGE, 0, 2, "one "));
        say(1, with(bench.text("a text"), ago(Duration.ZERO), 0, false));
        awaitTold("hello", "a text");
        List<Messages.Event> told = bench.stage.events.subList(before, bench.stage.events.size());
        assertEquals(2, told.size());
        Messages.Change piece = told.get(0).change().orElseThrow();
        assertEquals(Messages.Change.Kind.PIECE, piece.kind());
        assertEquals("lobby", piece.channel());
    }

    @Test
    void messagesAreToldOfInTheOrderInWhichTheyWereSent() throws Exception {
        bench.say(CHAIN + 5, 1, bench.text("two"));
        bench.say(CHAIN + 5, 0, bench.text("one"));
        awaitTold("hello", "one", "two");
    }

    @Test
    void aChainHasTheTimeWhenItBeganAndAMessageOfNoneItsOwn() throws Exception {
        long sent = ago(Duration.ofMinutes(3));
        long now = ago(Duration.ZERO);
        bench.say(CHAIN, 0, with(bench.text("on a chain"), sent, 0, false));
        bench.say(0, 0, with(bench.text("on the first"), sent, 0, false));
        bench.say(-1, -1, with(bench.text("on none"), sent, 0, false));
        assertEquals(now, message("on a chain").chainOpened());
        assertEquals(now, message("on the first").chainOpened());
        assertEquals(sent, message("on none").chainOpened());
    }

    @Test
    void aMessageThatIsReadFromABlockIsInIt() throws Exception {
        Candidate met = bench.packet();
        BlockRef block = new BlockRef(7, TxId.ofStripped(new byte[] {7}), bench.clock.instant());
        bench.come(mined(met, met.transaction(), block), bench.lobby, CHAIN, 0, bench.text("mined"));
        assertEquals(7, message("mined").block());
        for (int i = 1; i <= 70; i++) {
            byte[] transaction = met.transaction().clone();
            transaction[0] += (byte) i;
            BlockRef next = new BlockRef(7 + i / 2, TxId.ofStripped(new byte[] {(byte) i}), bench.clock.instant());
            sighting(mined(met, transaction, next));
            sighting(mined(met, transaction, next));
            assertEquals(
                    1 + Math.min(i / 2, 63),
                    message("mined").transactions().size(),
                    "one of each block, and no more than 64");
        }
        sighting(mined(met, met.transaction(), new BlockRef(99, block.hash(), bench.clock.instant())));
        assertEquals(99, message("mined").block());
    }

    private static Candidate mined(Candidate met, byte[] transaction, BlockRef block) {
        return new Candidate(met.network(), met.payload(), transaction, block.encode(), met.arrived(), met.node());
    }

    private void sighting(Candidate candidate) throws Exception {
        bench.stage.guard.open(() -> {
            bench.inbox.sighting(candidate.id(), candidate);
            return null;
        });
    }

    @Test
    void aTransactionThatIsKnownIsNotAddedOnceMore() throws Exception {
        Candidate met = bench.packet();
        bench.come(met, bench.lobby, CHAIN, 0, bench.text("met"));
        sighting(
                mined(met, met.transaction(), new BlockRef(7, TxId.ofStripped(new byte[] {7}), bench.clock.instant())));
        assertEquals(7, message("met").block());
        assertEquals(1, message("met").transactions().size());
    }

    @Test
    void piecesOfTwoSendersAreNotPutTogether() throws Exception {
        int other = CHAIN + 1;
        say(0, bench.piece(MESSAGE, 0, 2, "one "));
        bench.say(other, 0, bench.piece(MESSAGE, 1, 2, "false"));
        assertEquals(List.of("hello"), bench.texts());
        say(1, bench.piece(MESSAGE, 1, 2, "two"));
        assertEquals(List.of("hello", "one two"), bench.texts());
    }

    @Test
    void incompleteMessagesOfAChannelAreBounded() throws Exception {
        int messages = Inbox.MOST_INCOMPLETE + 1;
        for (int i = 0; i < messages; i++) {
            assertEquals(Inbox.Arrival.PIECE, bench.say(-1, -1, bench.piece(i, 0, 2, "number " + i)));
        }
        assertEquals(Inbox.MOST_INCOMPLETE, bench.pieces());
        // The oldest was dropped, and its other fragment, the last to arrive, completes nothing.
        List<String> whole = new ArrayList<>();
        for (int i = messages - 1; i >= 0; i--) {
            Optional<MessageRecord> made =
                    bench.say(-1, -1, bench.piece(i, 1, 2, " is whole")).message();
            made.ifPresent(message -> whole.add(message.text()));
        }
        assertEquals(Inbox.MOST_INCOMPLETE, whole.size());
        assertEquals("number 1 is whole", whole.get(whole.size() - 1));
    }

    @Test
    void incompleteMessagesOfOneMemberDisplaceNoneOfAnother() throws Exception {
        bench.say(CHAIN, 1, bench.piece(MESSAGE, 0, 2, "one "));
        int mallory = CHAIN + 1;
        for (int i = 0; i < 2 * Inbox.MOST_INCOMPLETE; i++) {
            bench.say(mallory, i, bench.piece(i, 0, 2, "never"));
        }
        assertEquals(Inbox.MOST_INCOMPLETE, bench.pieces());
        bench.say(CHAIN, 2, bench.piece(MESSAGE, 1, 2, "two"));
        assertTrue(bench.texts().contains("one two"), bench.texts()::toString);
    }

    private MessageRecord legacy(Candidate candidate) throws Exception {
        Instant sent = bench.clock.instant();
        Inbox.Source source = new Inbox.Source(
                bench.lobby, candidate, candidate.id(), "eve", -1, sent.getEpochSecond(), -1, "", SignerId.NOBODY);
        return bench.stage.guard.open(() -> {
            Optional<MessageRecord> kept =
                    bench.stage.guard.transact(tx -> bench.inbox.legacy(tx, source, "words", sent.getEpochSecond()));
            bench.inbox.arrived(source, kept);
            return kept.orElseThrow();
        });
    }

    @Test
    void aMessageTellsWhichBlockItsPacketIsIn() throws Exception {
        Candidate met = bench.packet();
        MessageRecord kept = legacy(met);
        assertEquals(-1, kept.block());
        BlockRef block = new BlockRef(7, TxId.ofStripped(new byte[] {7}), bench.clock.instant());
        Candidate mined = new Candidate(
                met.network(), met.payload(), met.transaction(), block.encode(), met.arrived(), met.node());
        bench.stage.guard.open(() -> {
            bench.inbox.sighting(mined.id(), mined);
            return null;
        });
        assertEquals(7, message("words").block());
        assertEquals(1, message("words").transactions().size());
    }
}
