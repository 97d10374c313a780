package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Pieces;
import org.partyline.api.engine.Messages.Query;
import org.partyline.api.engine.Messages.QueueEntry;
import org.partyline.api.engine.Messages.Shown;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.settings.SessionSettings;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.mailbox.FragmentRecordBuilder;
import org.partyline.messaging.mailbox.MessageEvent;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.mailbox.ReceiptsDue;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** What a screen shows: the order of messages, some of them, their delivery, and pieces of incomplete ones. */
class ScreenTest {
    private ConversationBench bench;
    private ContactConversation bob;
    private final List<ReceiptsDue> due = new ArrayList<>();

    @BeforeEach
    void contact() throws Exception {
        bench = new ConversationBench();
        bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        bench.stage.bus.on(ReceiptsDue.class, due::add);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static Query of(String persona, String channel, String contact) {
        return new Query(
                Optional.ofNullable(persona),
                Optional.ofNullable(channel),
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(contact));
    }

    /** Simulates a message of bob on a chain of his session. */
    private long fromBob(boolean burn) throws Exception {
        long id = bench.receive(bob, "", SignerId.NOBODY, "hello", burn);
        bench.stage.guard.<Exception>update(tx -> {
            MessageRecord message = Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class)
                    .orElseThrow()
                    .with()
                    .chain(7)
                    .sequence((int) id)
                    .build();
            MessageRecords.put(tx, message);
            ReceiptRecord.find(tx, 7)
                    .orElse(ReceiptRecord.none(bob.id(), 7))
                    .with(message)
                    .put(tx, bench.stage.clock.instant());
        });
        return id;
    }

    private boolean isReadAloud(long id) throws Exception {
        return bench.stage.guard.transact(tx -> ReceiptRecord.find(tx, 7)).orElseThrow().arrived().stream()
                .anyMatch(message -> message.sequence() == id && message.shown());
    }

    @Test
    void theOrderIsThatOfTheConversationsThatAreAskedFor() throws Exception {
        long second = bench.receive("carol", "second");
        bench.stage.clock.pass(Duration.ofMinutes(-1));
        long first = bench.receive("carol", "first");
        long direct = fromBob(false);
        assertEquals(List.of(first, second), bench.messages.order(of("alice", "lobby", null)));
        assertEquals(List.of(direct), bench.messages.order(of("alice", null, "bob")));
        assertEquals(List.of(first, second), bench.messages.order(of(null, "lobby", null)));
        assertEquals(List.of(direct), bench.messages.order(of(null, null, "bob")));
        assertEquals(List.of(first, direct, second), bench.messages.order(Query.ALL));
        assertEquals(List.of(first, direct, second), bench.messages.order(of("alice", null, null)));
        assertThrows(NoSuchThingException.class, () -> bench.messages.order(of("alice", "bob", null)));
        assertThrows(NoSuchThingException.class, () -> bench.messages.order(of("alice", null, "lobby")));
        assertEquals(
                List.of(first, direct, second),
                bench.messages.messages(Query.ALL).stream()
                        .map(Messages.Message::id)
                        .toList());
        bench.stage.clock.pass(Duration.ofHours(1));
        assertEquals(List.of(second), bench.messages.order(Query.ALL));
        assertEquals(
                List.of("second"),
                bench.messages.shown(List.of(first, second)).stream()
                        .map(shown -> shown.message().text().orElseThrow())
                        .toList());
    }

    @Test
    void theMessagesOfOnePersonaAreNotInTheOrderOfAnother() throws Exception {
        Conversation cellar = bench.stage.join(bench.stage.persona("work"), Network.REGTEST, "cellar", Mode.RATCHET);
        long work = bench.receive(cellar, "trent", SignerId.NOBODY, "down here", false);
        long ours = bench.receive("carol", "up here");
        assertEquals(List.of(work), bench.messages.order(of("work", null, null)));
        assertEquals(List.of(ours), bench.messages.order(of("alice", null, null)));
    }

    /** Its text is shown once, and only to someone who asks for it. */
    @Test
    void aBurnMessageThatIsOnlyListedWasNotShown() throws Exception {
        long id = fromBob(true);
        bench.messages.messages(Query.ALL);
        bench.messages.shown(List.of(id));
        assertFalse(isReadAloud(id));
        assertEquals(List.of(), due);
        bench.messages.read(id);
        assertTrue(isReadAloud(id));
    }

    @Test
    void aReceiptIsDueForEachMessageThatIsShown() throws Exception {
        long id = fromBob(false);
        bench.messages.order(Query.ALL);
        assertEquals(List.of(), due);
        bench.messages.shown(List.of(id));
        bench.messages.shown(List.of(id));
        assertEquals(List.of(new ReceiptsDue(bob.id())), due, "it is due once");
        long listed = fromBob(false);
        bench.messages.messages(Query.ALL);
        long read = fromBob(false);
        bench.messages.read(read);
        long burnt = fromBob(true);
        bench.messages.read(burnt);
        assertEquals(4, due.size());
        for (long each : List.of(id, listed, read, burnt)) {
            assertEquals(true, isReadAloud(each));
        }
    }

    /** A program that shows messages itself, as the page does, reports it so. */
    @Test
    void aReceiptIsDueForWhatIsMarkedAsRead() throws Exception {
        Place place = new Place(Optional.empty(), true, "bob");
        long first = fromBob(false);
        long secret = fromBob(true);
        long second = fromBob(false);
        long later = fromBob(false);
        bench.conversations.read(place, second);
        bench.conversations.read(place, second);
        assertEquals(List.of(new ReceiptsDue(bob.id())), due, "it is due once");
        assertTrue(isReadAloud(first) && isReadAloud(second));
        assertFalse(isReadAloud(secret), "its text was not shown");
        assertFalse(isReadAloud(later), "it was not marked");
    }

    @Test
    void whetherReadingCostsSomethingIsKnownBeforeIt() throws Exception {
        Place place = new Place(Optional.empty(), true, "bob");
        assertFalse(bench.conversations.paysForReading(place));
        receipts(ReceiptMode.PAY, false);
        assertFalse(bench.conversations.paysForReading(place), "receipts do not report it");
        receipts(ReceiptMode.COVER, true);
        assertFalse(bench.conversations.paysForReading(place), "they take the place of decoys");
        receipts(ReceiptMode.PAY, true);
        assertTrue(bench.conversations.paysForReading(place));
        assertFalse(bench.conversations.paysForReading(new Place(Optional.empty(), false, "lobby")));
    }

    private void receipts(ReceiptMode mode, boolean read) {
        SessionSettings now = bench.stage.settings.get().sessions();
        bench.stage.settings.sessions(new SessionSettings(
                now.strangers(),
                mode,
                read,
                now.postQuantum(),
                now.rekeyMessages(),
                now.rekeyAfter(),
                now.handshakeRetry(),
                now.keyAge(),
                now.keyMessages()));
    }

    /** Creates a message of ours in two packets. @param nodes how many nodes report each packet's transaction */
    private long ours(Integer... nodes) throws Exception {
        long id = bench.stage.queue(bench.lobby, "ours");
        List<OutgoingPart> parts = new ArrayList<>();
        for (Integer reported : nodes) {
            OutgoingPart part = OutgoingPart.of(new byte[80]);
            byte[] transaction = new byte[32];
            bench.stage.random.nextBytes(transaction);
            parts.add(reported == null ? part : part.signed(new byte[] {1}, transaction, 202, 21, "a", ""));
        }
        OutgoingMessage sealed = bench.stage.outbox.change(id, now -> now.sealed(parts, 1, false));
        for (int i = 0; i < nodes.length; i++) {
            for (int node = 0; nodes[i] != null && node < nodes[i]; node++) {
                String name = "node " + node;
                byte[] transaction = parts.get(i).requireTransaction();
                bench.stage.guard.<Exception>update(
                        tx -> PropagationRecords.change(tx, sealed, transaction, record -> record.reportedBy(name)));
            }
        }
        return id;
    }

    private Shown shown(long id) throws Exception {
        return bench.messages.shown(List.of(id)).get(0);
    }

    @Test
    void aMessageIsWithAsManyNodesAsItsLeastKnownTransaction() throws Exception {
        assertEquals(2, shown(ours(3, 2)).nodes());
        assertEquals(0, shown(ours(3, null)).nodes());
        assertEquals(0, shown(bench.stage.queue(bench.lobby, "not sealed")).nodes());
        Shown theirs = shown(bench.receive("carol", "theirs"));
        assertEquals(0, theirs.nodes());
        assertEquals(Optional.empty(), theirs.outgoing());
        Shown unsigned = shown(ours(1, null));
        assertEquals(1, unsigned.message().transactions().size());
        assertEquals(Optional.of(State.SEALED), unsigned.message().state());
    }

    @Test
    void theQueueShowsEachMessageOfOursAndTheOutboxThoseThatAreNotSettled() throws Exception {
        long waits = bench.stage.queue(bench.lobby, "waits");
        long failed = bench.stage.queue(bench.lobby, "failed");
        bench.stage.outbox.change(failed, now -> now.ended(MessageEvent.FAILED, "refused"));
        assertEquals(
                List.of(
                        new QueueEntry(waits, State.QUEUED, "", bench.stage.clock.instant()),
                        new QueueEntry(failed, State.FAILED, "refused", bench.stage.clock.instant())),
                bench.messages.queue());
        assertEquals(
                List.of(waits),
                bench.messages.outbox(false).stream().map(Messages.Outgoing::id).toList());
        assertEquals(2, bench.messages.outbox(true).size());
        assertEquals("refused", bench.messages.outgoing(failed).reason());
        assertEquals(
                "there is no message 99: it was burned, has expired, or never existed (partyline:messages)",
                assertThrows(NoSuchThingException.class, () -> bench.messages.outgoing(99))
                        .getMessage());
    }

    /** Stores a piece of a message. */
    private void piece(Conversation place, int message, int index, int of, String sender) throws Exception {
        byte[] group = Keys.of(place.id(), Keys.of((long) message));
        byte[] key = Arrays.copyOf(group, group.length + 1);
        key[group.length] = (byte) index;
        FragmentRecord piece = FragmentRecordBuilder.builder()
                .index(index)
                .count(of)
                .messageId(message)
                .body(new byte[1])
                .sender(sender)
                .packet(new byte[32])
                .transaction(new byte[32])
                .view("")
                .locator("")
                .build();
        bench.stage.guard.<Exception>update(tx -> tx.put(FragmentRecord.TABLE, key, group, Cbor.write(piece), null));
    }

    @Test
    void thePiecesOfAnIncompleteMessageAreCounted() throws Exception {
        assertEquals(List.of(), bench.messages.incomplete());
        piece(bench.lobby, 1, 0, 4, "carol");
        piece(bench.lobby, 1, 2, 4, "carol");
        piece(bench.lobby, 1, 3, 4, "carol");
        piece(bench.lobby, 2, 0, 2, "dave");
        piece(bob, 1, 1, 3, "");
        assertEquals(
                List.of(
                        new Pieces("alice", false, "lobby", "carol", 3, 4),
                        new Pieces("alice", false, "lobby", "dave", 1, 2),
                        new Pieces("alice", true, "bob", "bob", 1, 3)),
                bench.messages.incomplete());
    }
}
