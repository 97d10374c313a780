package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.engine.conversation.ChainKind;
import org.partyline.engine.conversation.ReceiveChainRecord;
import org.partyline.engine.sessions.AcceptedHandshake;
import org.partyline.engine.sessions.SessionState;
import org.partyline.engine.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Somebody shows another's X25519 key on a card of his own. A card is no proof that its maker has the key. */
class ImpostorTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServers() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.know(bob, "bob");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private static void add(TestServer server, ContactCard card, String name) throws PartylineException {
        server.contacts().add(Optional.empty(), TestServer.identities().encode(card), Optional.of(name));
    }

    private static Sessions.State session(TestServer server, String contact) throws PartylineException {
        return server.contacts().get(Optional.empty(), contact).session();
    }

    /** Who is shown to have written what, in order. */
    private static List<String> written(TestServer server) throws PartylineException {
        return server.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> !message.outgoing() && !message.notice())
                .map(message -> message.channel() + ": " + message.text().orElseThrow())
                .toList();
    }

    private static void awaitWritten(TestServer server, String... lines) throws Exception {
        TestServer.await(lines.length + " messages", () -> written(server).size() >= lines.length);
        assertEquals(List.of(lines), written(server));
    }

    private static long answers(TestServer server) throws PartylineException {
        return server.messages().outbox(true).stream()
                .filter(out -> out.kind().equals("answer"))
                .count();
    }

    @Test
    void theTrueCardIsAcceptedThoughAFalseOneCameFirstAndWordsAreNeverTheThiefs() throws Exception {
        add(bob, Intruder.falseCard(alice), "mallory");
        bob.contacts().verify(Optional.empty(), "mallory", true);
        alice.write("bob", "hello");
        TestServer.await("the handshake is answered", () -> session(alice, "bob") == Sessions.State.OPEN);
        TestServer.await("it left", () -> network.broadcasts().size() >= 5);
        bob.read();
        assertEquals(List.of(), written(bob));

        bob.know(alice, "alice");

        awaitWritten(bob, "alice: hello");
        assertEquals(Sessions.State.OPEN, session(bob, "alice"));
        assertNotEquals(Sessions.State.OPEN, session(bob, "mallory"));
        bob.write("alice", "hello yourself");
        awaitWritten(alice, "bob: hello yourself");
        alice.write("bob", "and on");
        awaitWritten(bob, "alice: hello", "alice: and on");
        assertEquals(1, answers(bob));
    }

    @Test
    void contactsWhoShowOneKeyAreReported() throws Exception {
        add(bob, Intruder.falseCard(alice), "mallory");
        assertEquals(List.of(), bob.contacts().get(Optional.empty(), "mallory").sharing());
        assertTrue(bob.audited.stream().noneMatch("contact-key-shared"::equals));
        bob.know(alice, "alice");
        assertEquals(
                List.of("mallory"),
                bob.contacts().get(Optional.empty(), "alice").sharing());
        assertEquals(
                List.of("alice"),
                bob.contacts().get(Optional.empty(), "mallory").sharing());
        assertTrue(bob.audited.contains("contact-key-shared"));
    }

    @Test
    void theFirstPacketThatOpensTellsWhichOfThemItIs() throws Exception {
        add(bob, Intruder.falseCard(alice), "mallory");
        bob.know(alice, "alice");
        add(bob, Intruder.falseCard(alice), "mallet");
        alice.sessions().open(Optional.empty(), "bob");
        TestServer.await("answered", () -> session(alice, "bob") == Sessions.State.OPEN);
        for (String contact : List.of("mallory", "alice", "mallet")) {
            assertEquals(Sessions.State.NONE, session(bob, contact), "nobody has proven to be " + contact);
        }

        alice.write("bob", "it is me");

        awaitWritten(bob, "alice: it is me");
        assertEquals(Sessions.State.OPEN, session(bob, "alice"));
        assertEquals(Sessions.State.NONE, session(bob, "mallory"));
        assertEquals(Sessions.State.NONE, session(bob, "mallet"));
        assertEquals(1, answers(bob));
        bob.store.transact(tx -> {
            assertEquals(0, tx.count(AcceptedHandshake.TABLE), "the seeds are gone");
            assertEquals(
                    List.of(ChainKind.SESSION),
                    Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class).stream()
                            .map(ReceiveChainRecord::kind)
                            .toList());
            return null;
        });
        bob = bob.restart(nodeB);
        bob.write("alice", "I see");
        awaitWritten(alice, "bob: I see");
        alice.write("bob", "good");
        awaitWritten(bob, "alice: it is me", "alice: good");
    }

    @Test
    void whatIsUndecidedOutlivesARestart() throws Exception {
        add(bob, Intruder.falseCard(alice), "mallory");
        bob.know(alice, "alice");
        alice.sessions().open(Optional.empty(), "bob");
        TestServer.await("answered", () -> session(alice, "bob") == Sessions.State.OPEN);
        bob = bob.restart(nodeB);
        alice.write("bob", "it is me");
        awaitWritten(bob, "alice: it is me");
        bob.write("alice", "I see");
        awaitWritten(alice, "bob: I see");
    }

    @Test
    void whoIsToAnswerFirstOpensASessionOfItsOwn() throws Exception {
        add(bob, Intruder.falseCard(alice), "mallory");
        bob.know(alice, "alice");
        alice.sessions().open(Optional.empty(), "bob");
        TestServer.await("answered", () -> session(alice, "bob") == Sessions.State.OPEN);
        clock.pass(java.time.Duration.ofSeconds(5));
        bob.write("alice", "I speak first");
        awaitWritten(alice, "bob: I speak first");
        alice.write("bob", "I hear you");
        awaitWritten(bob, "alice: I hear you");
    }

    @Test
    void theAnswerIsPaidByTheOneWhoHasAnAccountOfItsOwn() throws Exception {
        add(bob, Intruder.falseCard(alice), "mallory");
        bob.contacts().verify(Optional.empty(), "mallory", true);
        bob.know(alice, "alice");
        bob.contacts().setAccount(Optional.empty(), "alice", "apart");
        alice.write("bob", "it is me");
        awaitWritten(bob, "alice: it is me");
        assertEquals(List.of("p2"), nodeB.accounts);
    }

    @Test
    void aLateMessageOfAnEarlierSessionDoesNotBringThatBack() throws Exception {
        add(bob, Intruder.falseCard(alice), "mallory");
        bob.know(alice, "alice");
        alice.sessions().open(Optional.empty(), "bob");
        TestServer.await("answered", () -> session(alice, "bob") == Sessions.State.OPEN);
        network.hold();
        int before = network.broadcasts().size();
        alice.write("bob", "late");
        TestServer.await("it is out", () -> network.broadcasts().size() == before + 1);
        byte[] late = network.broadcasts().get(before);
        alice.sessions().close(Optional.empty(), "bob");
        TestServer.await("closed", () -> session(alice, "bob") == Sessions.State.CLOSED);
        network.release(all -> List.of());
        clock.pass(java.time.Duration.ofSeconds(5));
        alice.write("bob", "on the second");
        awaitWritten(bob, "alice: on the second");
        long second = initTime();

        clock.pass(java.time.Duration.ofMinutes(1));
        network.evictAll();
        network.takes(late);

        TestServer.await("it is read", () -> written(bob).contains("alice: late"));
        assertEquals(second, initTime());
        bob.write("alice", "still here");
        awaitWritten(alice, "bob: still here");
    }

    /** When the handshake was made that bob's session with alice came of. */
    private long initTime() throws PartylineException {
        return bob.store.<Long, PartylineException>transact(
                tx -> Tables.all(tx, SessionState.TABLE, SessionState.class).stream()
                        .filter(SessionState::isOpen)
                        .findFirst()
                        .orElseThrow()
                        .initTime);
    }

    @Test
    void theSeedsAreGoneOnceTheOnlyOneItCanBeHasWritten() throws Exception {
        bob.know(alice, "alice");
        alice.write("bob", "one");
        awaitWritten(bob, "alice: one");
        long kept = bob.store.transact(tx -> tx.count(AcceptedHandshake.TABLE));
        assertEquals(0, kept);
    }

    @Test
    void aHandshakeThatAThiefHandsOnIsRefused() throws Exception {
        ContactCard card = Intruder.falseCard(bob);
        Intruder thief = new Intruder(network, clock, card);
        Intruder atBobs = new Intruder(network, clock, bob);
        bob.know(alice, "alice");
        add(alice, card, "mallory");
        alice.write("mallory", "for mallory only");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);

        atBobs.sendInit(thief.initsSeen().get(0));

        TestServer.await("bob refuses it", () -> bob.audited.contains("handshake-refused"));
        assertEquals(0, answers(bob));
        assertEquals(Sessions.State.OPENING, session(alice, "mallory"));
    }

    @Test
    void aCardWithAKeyOfOurOwnIsRefused() throws Exception {
        String card = TestServer.identities().encode(Intruder.falseCard(bob));
        NoSuchThingException refusal = assertThrows(
                NoSuchThingException.class, () -> bob.contacts().add(Optional.empty(), card, Optional.of("mallory")));
        assertTrue(refusal.getMessage().contains("X25519 key of persona 'me'"), refusal.getMessage());
    }

    // ---- rotation

    /** A server of somebody who has a session with bob. */
    private TestServer thief() throws Exception {
        TestServer mallory = TestServer.fresh(clock, network.node("m"));
        mallory.know(bob, "bob");
        bob.know(mallory, "mallory");
        mallory.write("bob", "trust me");
        awaitWritten(bob, "mallory: trust me");
        return mallory;
    }

    /** New keys that show a victim's X25519 key, signed as they must be. */
    private static byte[] claim(TestServer mallory, TestServer victim) throws Exception {
        IdentityKeys fresh = TestServer.identities().generate(new java.security.SecureRandom());
        IdentityKeys claimed = new IdentityKeys(
                fresh.signingSeed(),
                fresh.agreementPrivate(),
                fresh.inboxSecret(),
                new org.partyline.api.identity.PublicIdentity(
                        fresh.identity().signing(), victim.keys().identity().agreement()));
        return TestServer.identities().rotation(Network.REGTEST, mallory.keys(), claimed, false);
    }

    private static Stream<String> notices(TestServer server) throws PartylineException {
        return server.notices().stream();
    }

    @Test
    void theTrueCardIsAcceptedAfterARotationThatClaimsItsKey() throws Exception {
        try (TestServer mallory = thief()) {
            mallory.say("bob", claim(mallory, alice));
            TestServer.await(
                    "bob has the new keys", () -> notices(bob).anyMatch(text -> text.contains("mallory has new keys")));

            bob.know(alice, "alice");

            alice.write("bob", "hello");
            awaitWritten(bob, "mallory: trust me", "alice: hello");
            assertEquals(
                    List.of("mallory"),
                    bob.contacts().get(Optional.empty(), "alice").sharing());
        }
    }

    @Test
    void aRotationThatClaimsAContactsKeyIsReportedAndTakesNothingFromIt() throws Exception {
        try (TestServer mallory = thief()) {
            bob.know(alice, "alice");
            mallory.say("bob", claim(mallory, alice));
            TestServer.await(
                    "it is reported",
                    () -> notices(bob).anyMatch(text -> text.contains("is also shown by alice"))
                            && bob.audited.contains("contact-key-shared"));
            alice.write("bob", "hello");
            awaitWritten(bob, "mallory: trust me", "alice: hello");
            bob.write("alice", "hello yourself");
            awaitWritten(alice, "bob: hello yourself");
        }
    }

    @Test
    void aRotationToAKeyOfOurOwnIsRefused() throws Exception {
        try (TestServer mallory = thief()) {
            mallory.say("bob", claim(mallory, bob));
            TestServer.await("it is refused", () -> bob.audited.contains("rotation-refused"));
        }
    }
}
