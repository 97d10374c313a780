package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.testkit.HandSetClock;

/** Sessions of two servers are opened, end and are opened again. */
class SessionTest {
    private final HandSetClock clock = new HandSetClock();
    private ContactsBench alice;
    private ContactsBench bob;

    @BeforeEach
    void meet() throws Exception {
        alice = new ContactsBench(clock);
        bob = new ContactsBench(clock);
        ContactsBench.meet(alice, bob);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Two others, of whom alice or bob has the lower sender id. */
    private void others(boolean aliceIsLower) throws Exception {
        do {
            close();
            alice = new ContactsBench(clock);
            bob = new ContactsBench(clock);
        } while (alice.isLowerThan(bob) != aliceIsLower);
        ContactsBench.meet(alice, bob);
    }

    private static Sessions.Session session(ContactsBench server, String contact) throws Exception {
        return server.sessions.list(Optional.empty()).stream()
                .filter(s -> s.contact().equals(contact))
                .findFirst()
                .orElseThrow();
    }

    private void talk() throws Exception {
        ContactsBench.talk(alice, bob);
    }

    @Test
    void aMessageToAContactOpensASessionAndArrives() throws Exception {
        alice.write("bob", "hello");
        talk();
        assertEquals(List.of("hello"), bob.received());
        bob.write("alice", "hello yourself");
        talk();
        assertEquals(List.of("hello yourself"), alice.received());
        assertTrue(session(alice, "bob").initiator());
        assertFalse(session(bob, "alice").initiator());
        assertEquals(1, session(alice, "bob").sent());
        assertEquals(1, session(alice, "bob").received());
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
        assertEquals(0, bob.count(PacketType.HANDSHAKE_INIT));
    }

    @Test
    void bothShowTheSameSafetyNumberAndCanVerify() throws Exception {
        String number = alice.contacts.safetyNumber(Optional.empty(), "bob");
        assertEquals(number, bob.contacts.safetyNumber(Optional.empty(), "alice"));
        assertEquals(12, number.split(" ").length);
        assertEquals(
                Trust.UNVERIFIED, alice.contacts.get(Optional.empty(), "bob").trust());
        assertEquals(Trust.VERIFIED, alice.verify("bob", true).trust());
        assertEquals(Trust.VERIFIED, alice.contacts.get(Optional.empty(), "bob").trust());
        assertEquals(Trust.UNVERIFIED, alice.verify("bob", false).trust());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoWhoOpenAtTheSameMomentKeepOneSessionAndLoseNothing(boolean aliceIsLower) throws Exception {
        others(aliceIsLower);
        alice.write("bob", "from alice");
        bob.write("alice", "from bob");
        List<Packet> ofAlice = alice.say();
        List<Packet> ofBob = bob.say();
        assertEquals(2, ofAlice.size() + ofBob.size(), "both handshakes are out");
        alice.hear(ofBob);
        bob.hear(ofAlice);
        talk();
        assertEquals(List.of("from alice"), bob.received());
        assertEquals(List.of("from bob"), alice.received());
        assertEquals(aliceIsLower, session(alice, "bob").initiator());
        assertEquals(!aliceIsLower, session(bob, "alice").initiator());
        assertEquals(1, alice.count(PacketType.HANDSHAKE_RESP) + bob.count(PacketType.HANDSHAKE_RESP));
        alice.write("bob", "and on");
        talk();
        assertEquals(List.of("from alice", "and on"), bob.received());
    }

    @Test
    void aHandshakeThatComesTwiceIsAnsweredOnce() throws Exception {
        alice.write("bob", "hello");
        List<Packet> out = alice.say();
        Packet init = out.get(0);
        bob.hear(out);
        clock.pass(Duration.ofMinutes(1));
        bob.hear(init.sealedAgain(init.inbox(), init.timestamp() + 60));
        assertEquals(List.of("handshake-replayed"), bob.stage.audited);
        talk();
        assertEquals(List.of("hello"), bob.received());
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
    }

    @Test
    void aHandshakeThatOffersOnlyDeniedSuitesIsRefused() throws Exception {
        alice.stage.suites.deny("XCHACHA20_POLY1305");
        bob.stage.suites.deny("AES_256_GCM");
        alice.write("bob", "with the one suite you do not like");
        talk();
        assertEquals(List.of("the handshake offers no suite that is allowed here"), bob.refusals);
        assertTrue(bob.sessions.list(Optional.empty()).isEmpty());
        bob.stage.suites.allow("AES_256_GCM");
        clock.pass(Duration.ofHours(7));
        alice.keep();
        talk();
        assertTrue(alice.isOpen("bob") && bob.isOpen("alice"));
        assertEquals(List.of("with the one suite you do not like"), bob.received());
    }

    @Test
    void withEverySuiteDeniedNoHandshakeIsMade() throws Exception {
        alice.stage.suites.deny("XCHACHA20_POLY1305");
        alice.stage.suites.deny("AES_256_GCM");
        assertEquals(
                "every cipher suite is denied: allow one with partyline:suite-allow",
                assertThrows(NoSuchThingException.class, () -> alice.sessions.open(Optional.empty(), "bob"))
                        .getMessage());
        assertEquals(Sessions.State.NONE, alice.session("bob"));
    }

    @Test
    void theSuiteIsAgreedInsideTheHandshake() throws Exception {
        bob.stage.suites.deny("XCHACHA20_POLY1305");
        alice.write("bob", "hello");
        talk();
        assertEquals(List.of("hello"), bob.received());
        assertEquals("AES_256_GCM", session(alice, "bob").suite().orElseThrow());
        assertEquals("AES_256_GCM", session(bob, "alice").suite().orElseThrow());
    }

    @Test
    void ofTheSuitesThatAreAllowedOneIsTakenThatIsHere() throws Exception {
        bob.stage.suites.remove("XCHACHA20_POLY1305");
        alice.write("bob", "hello");
        talk();
        assertEquals("AES_256_GCM", session(alice, "bob").suite().orElseThrow());
    }

    @Test
    void aSessionClosesOnBothSidesAndOpensAgain() throws Exception {
        alice.write("bob", "one");
        talk();
        assertEquals(
                Sessions.State.CLOSED,
                bob.sessions.close(Optional.empty(), "alice").state());
        assertEquals(Sessions.State.CLOSED, session(bob, "alice").state(), "though nobody was told yet");
        assertTrue(bob.isOpen("alice"), "what tells her rides on it");
        talk();
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        assertEquals(Sessions.State.CLOSED, bob.session("alice"));
        assertEquals(List.of("bob has closed the session"), alice.notices());
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "two");
        talk();
        assertEquals(List.of("one", "two"), bob.received());
        assertTrue(alice.isOpen("bob"));
    }

    @Test
    void anOfferThatIsClosedIsNotSent() throws Exception {
        alice.sessions.open(Optional.empty(), "bob");
        alice.sessions.close(Optional.empty(), "bob");
        assertEquals(List.of(), alice.say());
        assertEquals(
                State.RECALLED, alice.queued(PacketType.HANDSHAKE_INIT).get(0).state());
        assertEquals(List.of(), alice.chains("bob"), "no answer is waited for");
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
    }

    /** Otherwise, the other side would write to nobody. */
    @Test
    void aHandshakeThatIsAnsweredAfterItWasClosedLosesNoMessageOfTheOtherSide() throws Exception {
        alice.sessions.open(Optional.empty(), "bob");
        List<Packet> init = alice.say();
        alice.sessions.close(Optional.empty(), "bob");
        bob.hear(init);
        bob.write("alice", "hello");
        talk();
        assertEquals(List.of("hello"), alice.received());
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        assertEquals(Sessions.State.CLOSED, bob.session("alice"));
        assertEquals(List.of("alice has closed the session"), bob.notices());
        clock.pass(Duration.ofSeconds(5));
        bob.write("alice", "open again");
        talk();
        assertEquals(List.of("hello", "open again"), alice.received());
    }

    /** Bob has answered hers since, so he does not wait for an answer to his own. */
    @Test
    void aHandshakeFromBeforeASessionThatWasClosedOpensNoOther() throws Exception {
        others(true);
        bob.sessions.open(Optional.empty(), "alice");
        List<Packet> late = bob.say();
        clock.pass(Duration.ofMinutes(5));
        alice.write("bob", "hello");
        talk();
        bob.write("alice", "hello yourself");
        talk();
        alice.sessions.close(Optional.empty(), "bob");
        talk();
        alice.hear(late);
        talk();
        assertEquals(0, alice.count(PacketType.HANDSHAKE_RESP));
        clock.pass(Duration.ofSeconds(5));
        bob.write("alice", "open again");
        talk();
        assertEquals(List.of("hello yourself", "open again"), alice.received());
    }

    @Test
    void aCardNeverAnsweredIsTriedAgainAfterHoursWithFreshKeys() throws Exception {
        alice.write("bob", "patient");
        Packet first = alice.say().get(0);
        alice.keep();
        assertEquals(List.of(), alice.say());
        clock.pass(Duration.ofHours(7));
        alice.keep();
        Packet second = alice.say().get(0);
        assertFalse(Arrays.equals(first.body(), second.body()));
        assertEquals(2, alice.chains("bob").size(), "the first can still be answered");
        bob.hear(second);
        talk();
        assertEquals(List.of("patient"), bob.received());
        assertEquals(
                List.of(ChainKind.REPLY, ChainKind.REPLY, ChainKind.SESSION),
                alice.chains("bob").stream().map(ReceiveChainRecord::kind).toList(),
                "a second answer is noticed");
    }

    @Test
    void theFirstHandshakeOfSeveralCanStillBeAnswered() throws Exception {
        alice.write("bob", "patient");
        Packet first = alice.say().get(0);
        clock.pass(Duration.ofHours(7));
        alice.keep();
        alice.say();
        bob.hear(first);
        talk();
        assertEquals(List.of("patient"), bob.received());
    }

    @Test
    void nothingIsTriedAgainForWhichNobodyWaits() throws Exception {
        alice.sessions.open(Optional.empty(), "bob");
        alice.say();
        clock.pass(Duration.ofHours(7));
        alice.keep();
        assertEquals(List.of(), alice.say());
    }

    /** Bob's handshake, which her first server answered, appears again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRestoredMemberAnswersNoHandshakeThatItMayHaveAnsweredBefore(boolean aliceIsLower) throws Exception {
        others(aliceIsLower);
        bob.write("alice", "one");
        List<Packet> init = bob.say();
        alice.hear(init);
        talk();
        assertEquals(List.of("one"), alice.received());
        clock.pass(Duration.ofSeconds(5));
        ContactsBench first = alice;
        alice = first.restored();
        first.close();
        alice.know(bob, "bob");
        alice.hear(init);
        assertEquals(0, alice.count(PacketType.HANDSHAKE_RESP));
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        clock.pass(Duration.ofSeconds(5));
        talk();
        assertTrue(alice.isOpen("bob"));
        assertTrue(session(alice, "bob").initiator());
        assertEquals(0, alice.count(PacketType.HANDSHAKE_RESP));
        alice.write("bob", "two");
        bob.write("alice", "three");
        talk();
        assertEquals(List.of("two"), bob.received());
        assertEquals(List.of("three"), alice.received());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoWaitsForAnAnswerIsOfferedASessionByARestoredMember(boolean aliceIsLower) throws Exception {
        others(aliceIsLower);
        bob.write("alice", "are you there?");
        List<Packet> init = bob.say();
        clock.pass(Duration.ofSeconds(5));
        ContactsBench first = alice;
        alice = first.restored();
        first.close();
        alice.know(bob, "bob");
        alice.hear(init);
        assertEquals(0, alice.count(PacketType.HANDSHAKE_RESP));
        talk();
        if (!aliceIsLower) {
            assertEquals(List.of(), alice.received(), "his own offer stands until he makes another one");
            clock.pass(Duration.ofMinutes(61));
            bob.keep();
            talk();
        }
        assertEquals(List.of("are you there?"), alice.received());
    }

    @Test
    void whatFailsToBeStoredIsNotHalfDone() throws Exception {
        alice.write("bob", "hello");
        List<Packet> init = alice.say();
        bob.stage.store.failCommits(1);
        assertThrows(StoreException.class, () -> bob.hear(init));
        assertEquals(Sessions.State.NONE, bob.session("alice"));
        assertEquals(List.of(), bob.chains("alice"));
        assertEquals(List.of(), bob.say());
        bob.hear(init);
        List<Packet> answer = bob.say();
        assertEquals(1, answer.size());
        alice.stage.store.failCommits(1);
        assertThrows(StoreException.class, () -> alice.hear(answer));
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        assertEquals(1, alice.chains("bob").size(), "the answer is waited for");
        alice.hear(answer);
        talk();
        bob.write("alice", "hello too");
        talk();
        assertEquals(List.of("hello"), bob.received());
        assertEquals(List.of("hello too"), alice.received());
        assertArrayEquals(alice.state("bob").name, bob.chains("alice").get(0).session(), "both mean the same chain");
    }

    /** Alice has sealed a message that is not due yet. */
    private long sealed(String text) throws Exception {
        long id = alice.write("bob", text);
        alice.stage.outbox.change(
                id, now -> now.sealed(List.of(OutgoingPart.of(new byte[80])), clock.millis() / 1000, false));
        return id;
    }

    /**
     * Its packet is sent with that transaction, on the previous session: sealed on the next one as well, it would be
     * shown twice.
     */
    @Test
    void aMessageInATransactionThatIsKeptStaysOnItsSession() throws Exception {
        ContactsBench.open(alice, bob);
        long waits = sealed("it waits");
        long goes = sealed("it is in a transaction");
        alice.stage.keepTransaction(goes);
        alice.sessions.openAgain(Optional.empty(), "bob");
        assertEquals(State.QUEUED, alice.stage.state(waits));
        assertEquals(State.SEALED, alice.stage.state(goes));
        assertTrue(
                alice.notices().get(0).startsWith("1 message to bob"),
                alice.notices().get(0));
    }

    /** Otherwise it would leave on a chain that nobody reads for longer than a day. */
    @Test
    void aSealedMessageThatHasNotLeftGoesOverTheNextSessionWhenTheOtherSideClosesThisOne() throws Exception {
        ContactsBench.open(alice, bob);
        long waits = sealed("it waits");
        long goes = sealed("it is in a transaction");
        alice.stage.keepTransaction(goes);
        bob.sessions.close(Optional.empty(), "alice");
        alice.hear(bob.say());
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        assertEquals(State.QUEUED, alice.stage.state(waits));
        assertEquals(State.SEALED, alice.stage.state(goes));
    }

    /** What is sealed before the keys of an exchange could be read by someone who breaks X25519 later. */
    @Test
    void sealedMessagesThatHaveNotLeftWaitOnceTheirContactRequiresProtection() throws Exception {
        ContactsBench.open(alice, bob);
        long waits = sealed("it waits");
        long goes = sealed("it is in a transaction");
        alice.stage.keepTransaction(goes);
        long update = alice.write("bob", "stands for a key update");
        alice.stage.outbox.change(
                update,
                now -> new OutgoingMessage(
                                now.id(),
                                now.membership(),
                                State.QUEUED,
                                "",
                                clock.millis(),
                                clock.millis() + 60_000,
                                0,
                                false,
                                0,
                                List.of(),
                                PacketType.KEY_UPDATE.code(),
                                new byte[0],
                                false,
                                0,
                                "confirm",
                                false)
                        .sealed(List.of(OutgoingPart.of(new byte[80])), clock.millis() / 1000, false));
        alice.contacts.requirePostQuantum(Optional.empty(), "bob", false);
        assertEquals(State.SEALED, alice.stage.state(waits));
        alice.contacts.requirePostQuantum(Optional.empty(), "bob", true);
        assertEquals(State.QUEUED, alice.stage.state(waits));
        assertEquals(State.SEALED, alice.stage.state(goes));
        assertEquals(State.SEALED, alice.stage.state(update));
    }

    @Test
    void messagesThatWereSealedSinceTheSessionIsProtectedLeaveAlthoughTheirContactRequiresProtection()
            throws Exception {
        ContactsBench.open(alice, bob);
        long before = sealed("it is not protected");
        clock.pass(Duration.ofMinutes(1));
        alice.change((tx, after) -> {
            SessionState session = SessionState.get(tx, alice.contact("bob").id());
            session.protectedSince = clock.millis();
            session.put(tx);
        });
        clock.pass(Duration.ofMinutes(1));
        long goes = sealed("it is protected");
        alice.contacts.requirePostQuantum(Optional.empty(), "bob", true);
        assertEquals(State.QUEUED, alice.stage.state(before));
        assertEquals(State.SEALED, alice.stage.state(goes));
    }

    /** The other server may have sealed another message with the same key. */
    @Test
    void aSealedMessageThatHasNotLeftIsSealedAgainWhenAnotherServerUsesTheSession() throws Exception {
        ContactsBench.open(alice, bob);
        long waits = sealed("it waits");
        alice.stage.guard.<Void, PartylineException>open(() -> {
            alice.handshakes.doubled(alice.contact("bob"));
            return null;
        });
        assertEquals(State.QUEUED, alice.stage.state(waits));
    }

    /** A packet that is sent with a transaction is not reported as recalled. */
    @Test
    void whatASessionSaysInATransactionThatIsKeptIsNotWithdrawn() throws Exception {
        ContactsBench.open(alice, bob);
        long waits = alice.write("bob", "it waits");
        long goes = alice.write("bob", "it is in a transaction");
        alice.stage.keepTransaction(goes);
        alice.change((tx, after) -> new SessionControlSender(
                        alice.stage.people,
                        alice.stage.recognition,
                        clock,
                        alice.stage.settings,
                        alice.stage.notices,
                        alice.stage.inbox,
                        alice.stage.outbox)
                .withdraw(tx, after, alice.contact("bob").id(), outgoing -> true, "not needed any more"));
        assertEquals(State.RECALLED, alice.stage.state(waits));
        assertEquals(State.QUEUED, alice.stage.state(goes));
    }
}
