package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Reaction;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Reactions, replies, edits and requests to forget, from one server to another (PROTOCOL 6.1). */
class RemarksTest {
    private static final String THUMB = "\uD83D\uDC4D";
    private static final String HEART = "\u2764\uFE0F";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void start() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void session() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.write("bob", "one");
        TestServer.await("one", () -> bob.received().contains("one"));
        alice.write("bob", "two");
        TestServer.await("two", () -> bob.received().equals(List.of("one", "two")));
    }

    private void channel(Mode mode) throws Exception {
        alice.join("lobby", mode);
        bob.join("lobby", mode);
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

    private static long say(TestServer from, boolean direct, String to, String text, boolean sign, OptionalLong answers)
            throws Exception {
        return from.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        direct,
                        to,
                        text,
                        Optional.empty(),
                        false,
                        sign,
                        Optional.empty(),
                        Optional.empty(),
                        answers))
                .id();
    }

    private void reactReplyEditForget(boolean direct, String toBob, String toAlice, boolean sign) throws Exception {
        long id = say(alice, direct, toBob, "I'll be their at nine", sign, OptionalLong.empty());
        TestServer.await("the message", () -> bob.received().contains("I'll be their at nine"));
        long bobs = with(bob, "I'll be their at nine").id();

        bob.conversations().react(bobs, THUMB);
        TestServer.await(
                "a thumb", () -> reactions(alice, "I'll be their at nine").equals(List.of(THUMB)));
        TestServer.await(
                "his own", () -> reactions(bob, "I'll be their at nine").equals(List.of(THUMB)));
        bob.conversations().react(bobs, HEART);
        if (direct || !sign) {
            TestServer.await(
                    "a heart in its place",
                    () -> reactions(alice, "I'll be their at nine").equals(List.of(HEART)));
            bob.conversations().react(bobs, "");
            TestServer.await(
                    "taken back",
                    () -> reactions(alice, "I'll be their at nine").isEmpty());
        }

        say(bob, direct, toAlice, "so will I", false, OptionalLong.of(bobs));
        TestServer.await("the answer", () -> alice.received().contains("so will I"));
        Message answer = with(alice, "so will I");
        assertTrue(answer.remarks().reply());
        assertEquals(
                "I'll be their at nine", answer.remarks().quote().orElseThrow().text());
        assertEquals(id, answer.remarks().quote().orElseThrow().id());
        assertTrue(answer.remarks().quote().orElseThrow().outgoing());

        alice.conversations().edit(id, "I'll be there at nine");
        TestServer.await("other words", () -> bob.received().contains("I'll be there at nine"));
        assertTrue(with(bob, "I'll be there at nine").remarks().edited().isPresent());
        assertEquals(
                "I'll be there at nine",
                with(bob, "so will I").remarks().quote().orElseThrow().text());
        TestServer.await(
                "hers, too",
                () -> with(alice, "I'll be there at nine").remarks().edited().isPresent());
        alice.conversations().edit(id, "I'll be there at ten");
        TestServer.await("words once more", () -> bob.received().contains("I'll be there at ten"));

        long words = bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> !message.notice())
                .count();
        Conversations.Forgotten forgotten = alice.conversations().forget(id);
        assertEquals("", forgotten.why());
        TestServer.await("it is gone", () -> !bob.received().contains("I'll be there at ten"));
        assertEquals(
                words - 1,
                bob.messages().messages(Messages.Query.ALL).stream()
                        .filter(message -> !message.notice())
                        .count());
        assertTrue(bob.notices().stream().anyMatch(news -> news.endsWith(" recalled a message")), "" + bob.notices());
        Message orphan = with(bob, "so will I");
        assertTrue(orphan.remarks().reply());
        assertEquals(Optional.empty(), orphan.remarks().quote());
    }

    @Test
    void overASession() throws Exception {
        session();
        bob.write("alice", "hello");
        TestServer.await("hello", () -> alice.received().contains("hello"));
        reactReplyEditForget(true, "bob", "alice", false);
    }

    @Test
    void overAChannelOnChains() throws Exception {
        channel(Mode.RATCHET);
        reactReplyEditForget(false, "lobby", "lobby", false);
    }

    @Test
    void overAnOpenChannelSigned() throws Exception {
        nodeA.maxPayload = 256;
        nodeB.maxPayload = 256;
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        channel(Mode.OPEN);
        reactReplyEditForget(false, "lobby", "lobby", true);
    }

    /** A block has its transactions in any order, and a reader that was absent meets them in that. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSaidAboutAMessageCountsAlsoIfItArrivesBefore(boolean direct) throws Exception {
        if (direct) {
            session();
        } else {
            channel(Mode.RATCHET);
            say(alice, false, "lobby", "the first", false, OptionalLong.empty());
            TestServer.await("the first", () -> bob.received().contains("the first"));
        }
        String to = direct ? "bob" : "lobby";
        network.hold();
        long edited = say(alice, direct, to, "at nine", false, OptionalLong.empty());
        long erased = say(alice, direct, to, "nobody shall read this", false, OptionalLong.empty());
        alice.round();
        alice.conversations().edit(edited, "at ten");
        alice.conversations().react(edited, THUMB);
        alice.conversations().forget(erased);
        alice.round();
        network.release(all -> {
            Collections.reverse(all);
            return all;
        });
        TestServer.await("all of it", () -> bob.received().contains("at ten"));
        bob.read();
        assertEquals(List.of(THUMB), reactions(bob, "at ten"));
        assertFalse(bob.received().contains("nobody shall read this"), bob.received()::toString);
        assertTrue(bob.notices().stream().anyMatch(news -> news.endsWith(" recalled a message")), "" + bob.notices());
    }
}
