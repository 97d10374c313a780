package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Participant;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Conversations.Search;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Reaction;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.engine.control.ControlBody;
import org.partyline.engine.control.Locator;
import org.partyline.engine.conversation.ContactRecord;
import org.partyline.engine.conversation.MembershipRecord;
import org.partyline.engine.mailbox.MessageRecord;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * What is said about messages counts where it may be said (PROTOCOL 6.1): not from another chain, another sender or another conversation,
 * and not about what was shown once. Servers that lie are made to say what their own code would not.
 */
class RemarkRulesTest {
    private static final String THUMB = "\uD83D\uDC4D";
    private static final String HEART = "\u2764\uFE0F";
    private static final String WORDS = "the true words";
    private static final String OTHERS = "other words";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final TestNetwork.Node nodeC = network.node("c");
    private TestServer alice;
    private TestServer bob;
    private TestServer carol;

    @BeforeEach
    void start() throws Exception {
        nodeA.maxPayload = 256;
        nodeB.maxPayload = 256;
        nodeC.maxPayload = 256;
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        carol = TestServer.fresh(clock, nodeC);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        carol.personas().rename("me", "carol");
        for (TestServer server : List.of(alice, bob, carol)) {
            server.join("lobby", Mode.RATCHET);
        }
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
        carol.close();
    }

    private static Place channel(String name) {
        return new Place(Optional.empty(), false, name);
    }

    private static Message with(TestServer server, String text) throws Exception {
        return server.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.text().equals(Optional.of(text)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no message " + text));
    }

    private static List<String> reactions(TestServer server, String text) throws Exception {
        return with(server, text).remarks().reactions().stream()
                .map(Reaction::reaction)
                .toList();
    }

    private static long say(TestServer from, String channel, String text, boolean burn, boolean sign) throws Exception {
        return from.messages()
                .send(new Messages.Send(Optional.empty(), false, channel, text, Optional.empty(), burn, sign))
                .id();
    }

    /** Said by a server in a channel and heard by both of the others. */
    private long heard(TestServer from, String channel, String text, boolean sign) throws Exception {
        long id = say(from, channel, text, false, sign);
        for (TestServer server : List.of(alice, bob, carol)) {
            if (server != from) {
                TestServer.await(text, () -> server.received().contains(text));
            }
        }
        return id;
    }

    /** Of a message as it is kept, by its words. */
    private static Locator locator(TestServer server, String text) throws Exception {
        return server.store.transact(tx -> {
            for (MessageRecord message : Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)) {
                if (message.text().equals(text)) {
                    return new Locator(message.locator());
                }
            }
            throw new AssertionError("no message " + text);
        });
    }

    private static int membership(TestServer server, String channel) throws Exception {
        return server.store.transact(tx -> Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class).stream()
                .filter(member -> member.name().equals(channel))
                .findFirst()
                .orElseThrow()
                .id());
    }

    private static int contact(TestServer server) throws Exception {
        return server.store.transact(tx ->
                Tables.all(tx, ContactRecord.TABLE, ContactRecord.class).get(0).id());
    }

    /** Lets a server say something that its own code would refuse, and bob look at it. */
    private void lie(TestServer liar, int conversation, ControlBody body, boolean sign, int ttlMinutes)
            throws Exception {
        long id = liar.store.transact(tx -> {
            OutgoingMessage queued = new OutgoingMessage(
                    Tables.next(tx, "message"),
                    conversation,
                    State.QUEUED,
                    "",
                    clock.millis(),
                    clock.instant().plus(Duration.ofDays(1)).toEpochMilli(),
                    ttlMinutes,
                    false,
                    0,
                    List.of(),
                    PacketType.CONTROL.code(),
                    body.encode(),
                    sign,
                    0,
                    "confirm",
                    false);
            OutgoingRecords.put(tx, queued);
            return queued.id();
        });
        liar.kick();
        TestServer.await("it is out", () -> liar.state(id) == State.SEEN);
        bob.read();
    }

    private void nothingHappened() throws Exception {
        assertTrue(bob.received().contains(WORDS), bob.received().toString());
        assertFalse(bob.received().contains(OTHERS), bob.received().toString());
        assertTrue(with(bob, WORDS).remarks().edited().isEmpty());
        assertFalse(bob.notices().stream().anyMatch(news -> news.contains("took a message back")), "" + bob.notices());
    }

    private void editAndForget(TestServer liar, int conversation, boolean sign) throws Exception {
        Locator meant = locator(bob, WORDS);
        lie(liar, conversation, new ControlBody.Edit(meant, OTHERS), sign, 0);
        lie(liar, conversation, new ControlBody.Forget(meant), sign, 0);
        nothingHappened();
    }

    @Test
    void anotherMemberChangesNothing() throws Exception {
        heard(alice, "lobby", WORDS, false);
        heard(carol, "lobby", "I am carol", false);
        editAndForget(carol, membership(carol, "lobby"), false);
        editAndForget(carol, membership(carol, "lobby"), true);
    }

    @Test
    void aChainThatIsNotTheMessagesChangesNothing() throws Exception {
        heard(alice, "lobby", WORDS, false);
        alice.channels().leave(Optional.empty(), "lobby");
        alice.join("lobby", Mode.RATCHET);
        heard(alice, "lobby", "on another chain", false);
        editAndForget(alice, membership(alice, "lobby"), false);
    }

    @Test
    void whatIsSaidElsewhereChangesNothing() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        for (TestServer server : List.of(alice, bob, carol)) {
            server.join("club", Mode.RATCHET);
        }
        heard(alice, "lobby", WORDS, false);
        heard(alice, "club", "in the club", false);
        alice.write("bob", "between us");
        TestServer.await("between us", () -> bob.received().contains("between us"));
        Locator meant = locator(bob, WORDS);
        for (int elsewhere : List.of(membership(alice, "club"), contact(alice))) {
            editAndForget(alice, elsewhere, false);
            lie(alice, elsewhere, new ControlBody.React(meant.shortened(), THUMB), false, 0);
            assertEquals(List.of(), reactions(bob, WORDS));
        }
        // An answer to it is refused before it is sent.
        long id = with(alice, WORDS).id();
        NoSuchThingException refused = assertThrows(
                NoSuchThingException.class,
                () -> alice.messages()
                        .send(new Messages.Send(
                                Optional.empty(),
                                false,
                                "club",
                                "an answer",
                                Optional.empty(),
                                false,
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                OptionalLong.of(id))));
        assertEquals("message " + id + " is not of 'club': answer it where it was said", refused.getMessage());
        // The same is done where it was said.
        lie(alice, membership(alice, "lobby"), new ControlBody.React(meant.shortened(), THUMB), false, 0);
        assertEquals(List.of(THUMB), reactions(bob, WORDS));
    }

    @Test
    void aSignedMessageIsChangedByItsSignatureOnly() throws Exception {
        bob.know(alice, "alice");
        heard(alice, "lobby", WORDS, true);
        assertEquals(Optional.of("alice"), with(bob, WORDS).signedBy());
        editAndForget(alice, membership(alice, "lobby"), false);
        lie(alice, membership(alice, "lobby"), new ControlBody.Edit(locator(bob, WORDS), OTHERS), true, 0);
        assertEquals(Optional.of("alice"), with(bob, OTHERS).signedBy());
        assertTrue(with(bob, OTHERS).remarks().edited().isPresent());
    }

    @Test
    void nobodyChangesOurWords() throws Exception {
        heard(bob, "lobby", WORDS, false);
        heard(alice, "lobby", "I am alice", false);
        Locator meant = locator(bob, WORDS);
        lie(alice, membership(alice, "lobby"), new ControlBody.Edit(meant, OTHERS), false, 0);
        lie(alice, membership(alice, "lobby"), new ControlBody.Forget(meant), false, 0);
        assertEquals(Optional.of(WORDS), with(bob, WORDS).text());
        assertTrue(with(bob, WORDS).remarks().edited().isEmpty());
    }

    @Test
    void anEditMakesNoMessageLiveLonger() throws Exception {
        heard(alice, "lobby", WORDS, false);
        var until = with(bob, WORDS).expires();
        lie(alice, membership(alice, "lobby"), new ControlBody.Edit(locator(bob, WORDS), OTHERS), false, 60 * 24 * 40);
        assertEquals(until, with(bob, OTHERS).expires());
    }

    @Test
    void aBurnMessageTakesNothing() throws Exception {
        say(alice, "lobby", WORDS, true, false);
        TestServer.await("it came", () -> bob.received().contains("(burn)"));
        long id = bob.messages().messages(Messages.Query.ALL).get(0).id();
        Locator meant = locator(bob, WORDS);
        lie(alice, membership(alice, "lobby"), new ControlBody.React(meant.shortened(), THUMB), false, 0);
        lie(alice, membership(alice, "lobby"), new ControlBody.Edit(meant, OTHERS), false, 0);
        lie(alice, membership(alice, "lobby"), new ControlBody.Forget(meant), false, 0);
        assertThrows(NoSuchThingException.class, () -> bob.conversations().react(id, THUMB));
        Message shown = bob.messages().read(id);
        assertEquals(Optional.of(WORDS), shown.text());
        assertEquals(List.of(), shown.remarks().reactions());
    }

    @Test
    void aReactionIsOfWhoSentItAndOneOfEach() throws Exception {
        heard(alice, "lobby", WORDS, false);
        heard(carol, "lobby", "I am carol", false);
        Locator meant = locator(bob, WORDS).shortened();
        lie(carol, membership(carol, "lobby"), new ControlBody.React(meant, THUMB), false, 0);
        lie(carol, membership(carol, "lobby"), new ControlBody.React(meant, HEART), false, 0);
        assertEquals(List.of(HEART), reactions(bob, WORDS));
        lie(alice, membership(alice, "lobby"), new ControlBody.React(meant, ""), false, 0);
        // Alice takes back nothing of Carol's.
        assertEquals(List.of(HEART), reactions(bob, WORDS));
        Reaction one = with(bob, WORDS).remarks().reactions().get(0);
        assertEquals("carol", one.sender());
        assertFalse(one.own());
    }

    @Test
    void whatIsKeptOfAConversationSurvivesARestart() throws Exception {
        heard(alice, "lobby", WORDS, false);
        long id = with(bob, WORDS).id();
        bob.conversations().react(id, THUMB);
        TestServer.await("hers", () -> reactions(alice, WORDS).equals(List.of(THUMB)));
        TestServer.await("his", () -> reactions(bob, WORDS).equals(List.of(THUMB)));
        bob.conversations().keepDraft(channel("lobby"), "half a sentence");
        bob.conversations().mute(channel("lobby"), true);
        bob.conversations().read(channel("lobby"), id);

        bob = bob.restart(nodeB);
        alice = alice.restart(nodeA);
        Conversation lobby = bob.conversations().get(channel("lobby"));
        assertTrue(lobby.muted());
        assertTrue(lobby.draft());
        assertEquals(OptionalLong.of(id), lobby.readTo());
        assertEquals(0, lobby.unread());
        assertEquals(Optional.of("half a sentence"), bob.conversations().draft(channel("lobby")));
        assertEquals(List.of(THUMB), reactions(bob, WORDS));
        assertTrue(with(bob, WORDS).remarks().reactions().get(0).own());
        assertEquals(List.of(THUMB), reactions(alice, WORDS));

        bob.conversations().read(channel("lobby"), id - 1);
        assertEquals(
                OptionalLong.of(id), bob.conversations().get(channel("lobby")).readTo());
        bob.conversations().keepDraft(channel("lobby"), "");
        bob.conversations().mute(channel("lobby"), false);
        bob = bob.restart(nodeB);
        assertEquals(Optional.empty(), bob.conversations().draft(channel("lobby")));
        assertFalse(bob.conversations().get(channel("lobby")).muted());
    }

    @Test
    void aDraftIsGoneWhenItIsAsOldAsMessagesGetOrItsChannelIsLeft() throws Exception {
        bob.conversations().keepDraft(channel("lobby"), "half a sentence");
        clock.pass(Duration.ofDays(46));
        assertEquals(Optional.empty(), bob.conversations().draft(channel("lobby")));
        bob.conversations().keepDraft(channel("lobby"), "half a sentence");
        bob.channels().leave(Optional.empty(), "lobby");
        bob.join("lobby", Mode.RATCHET);
        assertEquals(Optional.empty(), bob.conversations().draft(channel("lobby")));
    }

    @Test
    void wordsAreFoundAndMentionsCountedAndNothingIsMarked() throws Exception {
        heard(alice, "lobby", "@Bob: shall we meet at the CAF\u00C9?", false);
        say(alice, "lobby", "the caf\u00E9 in secret", true, false);
        TestServer.await("it came", () -> bob.received().contains("(burn)"));
        heard(carol, "lobby", "bobsleigh@bobby", false);
        assertEquals(
                List.of("@Bob: shall we meet at the CAF\u00C9?"),
                bob.conversations().search(new Search("cafe\u0301 MEET", Optional.of(channel("lobby")), 10)).stream()
                        .map(message -> message.text().orElse("?"))
                        .toList());
        assertEquals(List.of(), bob.conversations().search(new Search("nothing", Optional.empty(), 10)));
        assertThrows(
                NoSuchThingException.class, () -> bob.conversations().search(new Search(" ", Optional.empty(), 10)));
        say(alice, "lobby", "once more, @BOB", false, false);
        TestServer.await(
                "a mention", () -> bob.conversations().get(channel("lobby")).mentions() == 1);
        // Nothing is marked by looking.
        bob.conversations().search(new Search("more", Optional.empty(), 10));
        bob.conversations().history(channel("lobby"), OptionalLong.empty(), 10);
        assertEquals(1, bob.conversations().get(channel("lobby")).unread());
        // What is not there yet is not read.
        bob.conversations().read(channel("lobby"), Long.MAX_VALUE);
        assertEquals(0, bob.conversations().get(channel("lobby")).unread());
        say(alice, "lobby", "and again, @bob", false, false);
        TestServer.await(
                "another", () -> bob.conversations().get(channel("lobby")).mentions() == 1);
        assertTrue(with(bob, "@Bob: shall we meet at the CAF\u00C9?").remarks().mentioned());
        assertFalse(with(bob, "bobsleigh@bobby").remarks().mentioned());
    }

    @Test
    void whoWasHeardIsToldFromWhoCallsItselfSo() throws Exception {
        bob.know(alice, "alice from work");
        heard(alice, "lobby", "signed", true);
        heard(alice, "lobby", "not signed", false);
        carol.personas().rename("carol", "alice");
        carol.channels().leave(Optional.empty(), "lobby");
        carol.join("lobby", Mode.RATCHET);
        heard(carol, "lobby", "I am alice, believe me", false);
        List<Participant> heard = bob.conversations().participants(channel("lobby"));
        Participant signs = heard.stream()
                .filter(one -> one.contact().isPresent())
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.of("alice from work"), signs.contact());
        assertEquals(Optional.of(Trust.UNVERIFIED), signs.trust());
        assertEquals(1, signs.signed());
        Participant calls = heard.stream()
                .filter(one -> one.contact().isEmpty())
                .findFirst()
                .orElseThrow();
        assertEquals("alice", calls.nickname());
        assertEquals(2, calls.messages());
        assertEquals(0, calls.signed());
        assertEquals(2, heard.size());
    }
}
