package org.partyline.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.packet.Content;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.scan.Candidate;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.TestNetwork;

/** What a member may say, and what is made of it: times to live, pieces and burn. */
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
        // Its position has come anyway: nothing waits for it.
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
        // The oldest had to go, and its other piece, the last to come, completes nothing.
        List<String> whole = new ArrayList<>();
        for (int i = messages - 1; i >= 0; i--) {
            Optional<MessageRecord> made =
                    bench.say(-1, -1, bench.piece(i, 1, 2, " is whole")).message();
            made.ifPresent(message -> whole.add(message.text()));
        }
        assertEquals(Inbox.MOST_INCOMPLETE, whole.size());
        assertEquals("number 1 is whole", whole.get(whole.size() - 1));
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
