package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.messages.ConversationBench.LOBBY;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Numbers;
import org.partyline.api.engine.Conversations.Participant;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Packets;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.mailbox.DraftRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SignerId;

/** Reads conversations in parts: their list, pages of one, search results, and one message. */
class ConversationPagesTest {
    /** The time to live of the bench's messages. */
    private static final Duration LIFE = Duration.ofHours(1);

    private ConversationBench bench;

    @BeforeEach
    void lobby() throws Exception {
        bench = new ConversationBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long receive(Conversation place, String text) throws Exception {
        return bench.receive(place, "carol", SignerId.NOBODY, text, false);
    }

    private ContactConversation bob() throws Exception {
        return bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
    }

    private static List<String> texts(List<Message> messages) {
        return messages.stream().map(message -> message.text().orElse("?")).toList();
    }

    private List<String> history(OptionalLong before, int most) throws Exception {
        return texts(bench.conversations.history(LOBBY, before, most));
    }

    private List<String> found(String words, Optional<Place> place, int most) throws Exception {
        return texts(bench.conversations.search(new Conversations.Search(words, place, most)));
    }

    @Test
    void theConversationWithTheLatestMessageIsListedFirst() throws Exception {
        bench.stage.join("cellar", Mode.RATCHET);
        bench.stage.join("attic", Mode.RATCHET);
        bench.receive("carol", "earlier");
        bench.stage.clock.pass(Duration.ofMinutes(1));
        receive(bob(), "later");
        assertEquals(
                List.of("bob", "lobby", "attic", "cellar"),
                bench.conversations.list().stream()
                        .map(Conversations.Conversation::name)
                        .toList());
        Conversations.Conversation latest = bench.conversations.list().get(0);
        assertEquals(Optional.of(bench.stage.clock.instant()), latest.lastMessage());
        assertEquals(OptionalLong.empty(), latest.readTo());
        assertTrue(latest.direct());
        assertFalse(bench.lobby().direct());
        assertEquals(latest, bench.conversations.get(new Place(Optional.empty(), true, "bob")));
    }

    @Test
    void aPageEndsBeforeTheMessageThatTheReaderNames() throws Exception {
        long second = bench.receive("carol", "second");
        bench.stage.clock.pass(Duration.ofSeconds(1));
        long third = bench.receive("carol", "third");
        bench.receive("carol", "fourth");
        bench.stage.clock.pass(Duration.ofMinutes(-1));
        bench.receive("carol", "first");
        assertEquals(List.of("first", "second", "third", "fourth"), history(OptionalLong.empty(), 10));
        assertEquals(List.of("third", "fourth"), history(OptionalLong.empty(), 2));
        assertEquals(List.of("first", "second"), history(OptionalLong.of(third), 10));
        assertEquals(List.of("first"), history(OptionalLong.of(second), 2));
    }

    @Test
    void aReaderAsksForOneToFiveHundredMessages() throws Exception {
        bench.receive("carol", "words");
        for (int most : List.of(0, Conversations.MOST + 1)) {
            String refusal = "ask for 1 to 500 messages, not " + most;
            assertEquals(
                    refusal,
                    assertThrows(NoSuchThingException.class, () -> history(OptionalLong.empty(), most))
                            .getMessage());
            assertEquals(
                    refusal,
                    assertThrows(NoSuchThingException.class, () -> found("words", Optional.empty(), most))
                            .getMessage());
        }
        for (int most : List.of(1, Conversations.MOST)) {
            assertEquals(List.of("words"), history(OptionalLong.empty(), most));
            assertEquals(List.of("words"), found("words", Optional.empty(), most));
        }
    }

    @Test
    void anExpiredMessageIsOnNoPage() throws Exception {
        long id = bench.receive("carol", "words");
        bench.stage.clock.pass(LIFE.minusMillis(1));
        assertEquals(List.of("words"), history(OptionalLong.empty(), 10));
        assertEquals(List.of("words"), found("words", Optional.empty(), 10));
        assertEquals(Optional.of("words"), bench.conversations.message(id).text());
        assertEquals(1, bench.conversations.participants(LOBBY).size());
        bench.stage.clock.pass(Duration.ofMillis(1));
        assertEquals(List.of(), history(OptionalLong.empty(), 10));
        assertEquals(List.of(), found("words", Optional.empty(), 10));
        assertThrows(NoSuchThingException.class, () -> bench.conversations.message(id));
        assertTrue(assertThrows(
                        NoSuchThingException.class, () -> bench.messages.send(ConversationBench.answer("lobby", id)))
                .getMessage()
                .startsWith("there is no message " + id + " in the conversation 'lobby'"));
        assertEquals(List.of(), bench.conversations.participants(LOBBY));
    }

    @Test
    void aMessageOfOursHasTheStateOfItsDelivery() throws Exception {
        long id = bench.stage.queue(bench.lobby, "ours");
        assertEquals(Optional.of(State.QUEUED), bench.conversations.message(id).state());
        assertEquals(Optional.of(State.QUEUED), bench.with("ours").state());
    }

    @Test
    void aSearchReturnsTheNewestMatchesOfThePlaceThatItNames() throws Exception {
        for (String text : List.of("word one", "word two", "word three")) {
            bench.receive("carol", text);
            bench.stage.clock.pass(Duration.ofSeconds(1));
        }
        receive(bob(), "word to bob");
        assertEquals(List.of("word three", "word two"), found("word", Optional.of(LOBBY), 2));
        assertEquals(List.of("word to bob", "word three", "word two", "word one"), found("word", Optional.empty(), 10));
        Selection seen = new Selection(Optional.empty(), Set.of("alice/contact:bob"));
        assertEquals(
                List.of("word to bob"),
                texts(bench.conversations.search(new Conversations.Search("word", Optional.empty(), seen, 10))));
    }

    @Test
    void aSelectionIsKnownByItsNumbersUntilItIsRemoved() throws Exception {
        int contact = bob().id();
        Selection named = new Selection(Optional.of("alice"), Set.of("alice/channel:lobby", "alice/contact:bob"));
        Numbers numbers = bench.conversations.numbers(named);
        assertEquals(Set.of(bench.lobby.id(), contact), numbers.conversations());
        assertEquals(named, bench.conversations.named(numbers));
        Selection every = new Selection(Optional.empty(), Set.of());
        assertEquals(every, bench.conversations.named(bench.conversations.numbers(every)));
        assertEquals(
                new Selection(Optional.of(Selection.REMOVED), Set.of(Selection.REMOVED)),
                bench.conversations.named(new Numbers(OptionalInt.of(99), Set.of(99))));
        assertEquals(
                "there is no conversation 'alice/channel:attic': see partyline:conversation-list",
                assertThrows(
                                NoSuchThingException.class,
                                () -> bench.conversations.numbers(
                                        new Selection(Optional.empty(), Set.of("alice/channel:attic"))))
                        .getMessage());
    }

    @Test
    void theLatestSenderIsListedFirstByTheLatestNickname() throws Exception {
        int signer = bob().id();
        int other = bench.stage
                .know("erin", bench.stage.identities.generate(bench.stage.random))
                .id();
        bench.receive("carol", "not signed");
        bench.receive(bench.lobby, "e", other, "at the same time", false);
        bench.receive(bench.lobby, "erin", other, "at the same time", false);
        bench.receive(bench.lobby, "robert", signer, "signed", false);
        bench.stage.clock.pass(Duration.ofSeconds(1));
        bench.receive(bench.lobby, "bob", signer, "signed again", false);
        Instant latest = bench.stage.clock.instant();
        bench.stage.clock.pass(Duration.ofMinutes(-1));
        bench.receive(bench.lobby, "bobby", signer, "signed a minute before", false);
        bench.stage.queue(bench.lobby, "ours is not counted");
        bench.chain("dave");
        long joined = bench.receive("frank", "joined");
        bench.stage.guard.<Exception>update(tx -> MessageRecords.put(
                tx,
                MessageRecords.find(tx, joined)
                        .orElseThrow()
                        .with()
                        .notice(true)
                        .build()));
        List<Participant> heard = bench.conversations.participants(LOBBY);
        assertEquals(
                List.of("bob", "carol", "erin", "dave"),
                heard.stream().map(Participant::nickname).toList());
        assertEquals(3, heard.get(0).messages());
        assertEquals(3, heard.get(0).signed());
        assertEquals(Optional.of(latest), heard.get(0).lastHeard());
        assertEquals(Optional.empty(), heard.get(3).lastHeard());
        assertThrows(
                NoSuchThingException.class,
                () -> bench.conversations.participants(new Place(Optional.empty(), true, "bob")));
    }

    @Test
    void aDraftHasRoomForSixteenMessagesAndIsDeletedWithItsTime() throws Exception {
        int most = 16 * Packets.MAX_MESSAGE;
        assertEquals(
                "a draft can have " + most + " bytes, but this one has " + (most + 2) + ": send part of it",
                assertThrows(
                                NoSuchThingException.class,
                                () -> bench.conversations.keepDraft(LOBBY, "\u00e9".repeat(most / 2 + 1)))
                        .getMessage());
        String longest = "\u00e9".repeat(most / 2);
        bench.conversations.keepDraft(LOBBY, longest);
        assertEquals(Optional.of(longest), bench.conversations.draft(LOBBY));
        Instant end = bench.stage
                .clock
                .instant()
                .plus(bench.stage.settings.get().sending().defaultTtl());
        bench.stage.store.update(tx -> tx.deleteExpired(end.minusMillis(1)));
        assertEquals(1, bench.stage.store.count(DraftRecord.TABLE));
        bench.stage.store.update(tx -> tx.deleteExpired(end));
        assertEquals(0, bench.stage.store.count(DraftRecord.TABLE));
    }
}
