package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Personas;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.IdentityRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.testkit.HandSetClock;

/** Personas are added and removed, and change their keys; contacts are informed. */
class RotationTest {
    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench alice = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void talk() throws Exception {
        ContactsBench.talk(alice, bob);
    }

    private static String senderId(ContactsBench server) throws Exception {
        return server.personas.current().senderId();
    }

    /** Alice's keys, as known to bob. */
    private String known() throws Exception {
        return bob.contacts.get(Optional.empty(), "alice").senderId();
    }

    @Test
    void rotationTellsOpenSessionsAndTheOldCardStillWorksForADay() throws Exception {
        ContactsBench.meet(alice, bob);
        bob.verify("alice", true);
        alice.write("bob", "one");
        talk();
        String before = senderId(alice);
        Personas.Rotated rotated = alice.personas.rotate(Optional.empty(), false);
        assertEquals(List.of("bob"), rotated.told());
        assertNotEquals(before, senderId(alice));
        assertEquals(
                before, HexFormat.of().formatHex(alice.keys().old.identity().senderId()));
        talk();
        assertEquals(senderId(alice), known());
        assertEquals(Trust.VERIFIED, bob.contacts.get(Optional.empty(), "alice").trust());
        assertEquals(List.of("alice has new keys, signed with the old ones"), bob.notices());
        assertEquals(
                alice.contacts.safetyNumber(Optional.empty(), "bob"),
                bob.contacts.safetyNumber(Optional.empty(), "alice"));
        alice.write("bob", "two");
        bob.write("alice", "three");
        talk();
        assertEquals(List.of("one", "two"), bob.received());
        assertEquals(List.of("three"), alice.received());
        bob.sessions.close(Optional.empty(), "alice");
        talk();
        assertFalse(alice.isOpen("bob") || bob.isOpen("alice"));
        clock.pass(Duration.ofSeconds(5));
        bob.write("alice", "under the new keys");
        talk();
        assertEquals(List.of("three", "under the new keys"), alice.received());
    }

    @Test
    void keysThatArriveWhileTheSafetyNumberIsComparedAreNotVerified() throws Exception {
        ContactsBench.meet(alice, bob);
        alice.write("bob", "one");
        talk();
        String compared = bob.contacts.safetyNumber(Optional.empty(), "alice");
        alice.personas.rotate(Optional.empty(), false);
        talk();
        assertEquals(
                "the safety number of 'alice' has changed meanwhile: compare the new one (partyline:contact-verify)",
                assertThrows(
                                NoSuchThingException.class,
                                () -> bob.contacts.verify(Optional.empty(), "alice", compared, true))
                        .getMessage());
        assertEquals(
                Trust.UNVERIFIED, bob.contacts.get(Optional.empty(), "alice").trust());
        bob.verify("alice", true);
        bob.contacts.verify(Optional.empty(), "alice", compared, false);
        assertEquals(
                Trust.UNVERIFIED, bob.contacts.get(Optional.empty(), "alice").trust());
    }

    /**
     * Both open at once. Which of the two sessions prevails depends on the order of three random ids, so this is
     * repeated.
     */
    @RepeatedTest(30)
    void whoStillHasTheOldCardReachesARotatedPersonaAndIsToldTheNewKeys() throws Exception {
        ContactsBench.meet(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        bob.write("alice", "with your old card");
        List<Packet> ofAlice = alice.say();
        List<Packet> ofBob = bob.say();
        assertEquals(2, ofAlice.size() + ofBob.size());
        alice.hear(ofBob);
        bob.hear(ofAlice);
        talk();
        assertEquals(List.of("with your old card"), alice.received());
        assertEquals(senderId(alice), known());
    }

    /**
     * As above: our handshake with the old keys is a stranger's for someone who never had that card, and does not
     * prevail.
     */
    @RepeatedTest(12)
    void whoHasOnlyTheNewCardReachesAPersonaThatOpenedWithItsOldKeys() throws Exception {
        alice.know(bob, "bob");
        alice.personas.rotate(Optional.empty(), false);
        bob.know(alice, "alice");
        bob.write("alice", "with your new card");
        List<Packet> ofAlice = alice.say();
        List<Packet> ofBob = bob.say();
        assertEquals(2, ofAlice.size() + ofBob.size());
        alice.hear(ofBob);
        bob.hear(ofAlice);
        talk();
        assertEquals(List.of("with your new card"), alice.received());
    }

    @Test
    void theOldKeysStayWhileAPacketWaitsToBeTriedAgain() throws Exception {
        ContactsBench.meet(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        alice.stage.recognition.unmatched.again.add(
                new Candidate(Network.REGTEST.code(), new byte[64], new byte[32], null, clock.millis(), ""));
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertNotNull(alice.keys().old);
        alice.stage.recognition.unmatched.again.clear();
        alice.keep();
        assertNull(alice.keys().old);
    }

    @Test
    void theOldKeysAreErasedAfterADay() throws Exception {
        ContactsBench.meet(alice, bob);
        // Her handshake, which would inform him, does not leave.
        alice.personas.rotate(Optional.empty(), false);
        assertNotNull(alice.keys().old);
        clock.pass(Duration.ofHours(23));
        alice.keep();
        assertNotNull(alice.keys().old);
        clock.pass(Duration.ofHours(2));
        alice.keep();
        assertNull(alice.keys().old);
        bob.write("alice", "too late");
        alice.hear(bob.say());
        assertEquals(0, alice.count(PacketType.HANDSHAKE_RESP));
        assertEquals(List.of(), alice.received());
    }

    @Test
    void afterACompromiseTheOldKeysAreGoneAtOnceAndContactsMustVerifyAgain() throws Exception {
        ContactsBench.meet(alice, bob);
        bob.verify("alice", true);
        alice.write("bob", "one");
        talk();
        alice.personas.rotate(Optional.empty(), true);
        assertNull(alice.keys().old);
        talk();
        assertEquals(Trust.ROTATED, bob.contacts.get(Optional.empty(), "alice").trust());
        assertEquals(1, alice.state("bob").rekeys, "session keys are renewed");
        alice.write("bob", "two");
        talk();
        assertEquals(List.of("one", "two"), bob.received());
        assertEquals(Trust.VERIFIED, bob.verify("alice", true).trust());
    }

    @Test
    void keysRotateByAgeAndByUse() throws Exception {
        ContactsBench.meet(alice, bob);
        String first = senderId(alice);
        clock.pass(Duration.ofDays(28));
        alice.keep();
        assertEquals(first, senderId(alice), "they are not that old");
        clock.pass(Duration.ofDays(3));
        alice.keep();
        String second = senderId(alice);
        assertNotEquals(first, second);
        alice.keyMessages(100);
        for (int i = 0; i < 99; i++) {
            alice.write("bob", "message " + i);
        }
        talk();
        assertEquals(99, alice.personas.current().messages());
        alice.keep();
        assertEquals(second, senderId(alice));
        alice.write("bob", "the last one");
        talk();
        alice.keep();
        assertNotEquals(second, senderId(alice));
        assertEquals(0, alice.personas.current().messages());
    }

    @Test
    void newKeysThatTheSessionDidNotTellOfAreToldOverTheNextOne() throws Exception {
        ContactsBench.meet(alice, bob);
        ContactsBench.open(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        bob.sessions.close(Optional.empty(), "alice");
        alice.hear(bob.say());
        assertEquals(
                State.RECALLED, alice.queued(PacketType.CONTROL).get(0).state(), "there is no session to tell of them");
        assertEquals(
                List.of(State.QUEUED, State.RECALLED),
                alice.shown(alice.queued(PacketType.CONTROL).get(0).id()));
        assertKnows(false);
        assertEquals(List.of(), alice.say());
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "again");
        talk();
        assertEquals(senderId(alice), known());
        assertKnows(true);
        assertEquals(
                2,
                alice.queued(PacketType.CONTROL).stream()
                        .filter(outgoing -> outgoing.control() == ControlCodes.ROTATE)
                        .count());
    }

    /** Whether bob counts as told of alice's keys, also after a restart. */
    private void assertKnows(boolean told) throws Exception {
        assertEquals(told, alice.contact("bob").entry.told());
        try (ContactsBench next = alice.reborn()) {
            assertEquals(told, next.contact("bob").entry.told());
        }
    }

    /** Nothing is left that could sign the news. */
    @Test
    void whoGotTheNewCardOnlyAfterTheOldKeysWereErasedIsOfferedASessionWithTheNewOnes() throws Exception {
        alice.know(bob, "bob");
        alice.personas.rotate(Optional.empty(), false);
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertNull(alice.keys().old);
        bob.know(alice, "alice");
        alice.sessions.openAgain(Optional.empty(), "bob");
        alice.write("bob", "with the new keys");
        talk();
        assertEquals(List.of("with the new keys"), bob.received());
        assertEquals(List.of(), bob.notices());
        assertKnows(true);
        assertEquals(
                List.of("bob"), alice.personas.rotate(Optional.empty(), false).told());
        talk();
        assertEquals(senderId(alice), known());
    }

    private static final String UNKNOWN = "bob may not know your present keys, and the previous ones are erased: send"
            + " your new card (partyline:persona-card) to bob by another way";

    /** Keys also rotate by age: no command names the contact then. */
    @Test
    void aContactThatWasNotInformedBeforeTheOldKeysWereErasedIsNamed() throws Exception {
        ContactsBench.meet(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        clock.pass(Duration.ofHours(24));
        alice.keep();
        assertEquals(List.of(), alice.notices());
        clock.pass(Duration.ofHours(1));
        alice.keep();
        alice.keep();
        assertEquals(List.of(UNKNOWN), alice.notices());
    }

    /** For example, when no node was ready for a week. */
    @Test
    void aContactIsNamedOnceIfTheNewKeysAreGivenUpAfterTheOldOnesWereErased() throws Exception {
        ContactsBench.meet(alice, bob);
        ContactsBench.open(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        alice.personas.rotate(Optional.empty(), false);
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(List.of(), alice.notices());
        for (OutgoingMessage given : alice.queued(PacketType.CONTROL)) {
            alice.change((tx, after) -> alice.rotations.unsaid(tx, after, alice.contact("bob"), given));
        }
        assertEquals(List.of(UNKNOWN), alice.notices());
        assertKnows(false);
    }

    @Test
    void aContactIsNamedOnceIfTheSessionEndsAfterTheOldKeysWereErased() throws Exception {
        ContactsBench.meet(alice, bob);
        ContactsBench.open(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        alice.personas.rotate(Optional.empty(), false);
        bob.sessions.close(Optional.empty(), "alice");
        List<Packet> close = bob.say();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        alice.hear(close);
        assertEquals(List.of(UNKNOWN, "bob has closed the session"), alice.notices());
    }

    @Test
    void aContactThatWasInformedIsNotNamed() throws Exception {
        ContactsBench.meet(alice, bob);
        ContactsBench.open(alice, bob);
        alice.personas.rotate(Optional.empty(), false);
        talk();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertNull(alice.keys().old);
        assertEquals(List.of(), alice.notices());
    }

    /** As in a restored backup, which contains no previous keys. */
    @Test
    void aContactThatDoesNotKnowThePresentKeysIsNamedWhenASessionIsOffered() throws Exception {
        alice.know(bob, "bob");
        alice.personas.rotate(Optional.empty(), true);
        assertEquals(List.of(), alice.notices());
        alice.write("bob", "who are you?");
        alice.say();
        assertEquals(List.of(UNKNOWN), alice.notices());
        clock.pass(Duration.ofHours(7));
        alice.keep();
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
        assertEquals(List.of(UNKNOWN), alice.notices(), "once");
    }

    @Test
    void whoOpensASessionWithTheNewCardKnowsTheNewKeys() throws Exception {
        alice.know(bob, "bob");
        alice.personas.rotate(Optional.empty(), true);
        assertKnows(false);
        bob.know(alice, "alice");
        bob.write("alice", "hello");
        talk();
        assertEquals(List.of("hello"), alice.received());
        assertKnows(true);
    }

    /** Alice has asked for another session, and learns bob's new keys before his answer with the old ones. */
    @Test
    void anAnswerWithTheKeysOfBeforeOpensTheSessionAlthoughNewerOnesAreKnown() throws Exception {
        ContactsBench.meet(alice, bob);
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofHours(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        List<Packet> init = alice.say();
        bob.personas.rotate(Optional.empty(), false);
        alice.hear(bob.say());
        assertEquals(senderId(bob), alice.contacts.get(Optional.empty(), "bob").senderId());
        bob.hear(init);
        talk();
        assertTrue(alice.isOpen("bob") && bob.isOpen("alice"));
        bob.write("alice", "over the new session");
        talk();
        assertTrue(alice.received().contains("over the new session"), alice.received()::toString);
    }

    /** Her handshake with the first keys is unanswered, and those are erased: it cannot inform him any more. */
    @Test
    void aContactThatKnowsOnlyKeysFromBeforeTheLastOnesIsNotCalledInformed() throws Exception {
        ContactsBench.meet(alice, bob);
        assertEquals(
                List.of("bob"), alice.personas.rotate(Optional.empty(), false).told());
        alice.say();
        Personas.Rotated again = alice.personas.rotate(Optional.empty(), false);
        assertEquals(List.of(), again.told());
        assertEquals(List.of("bob"), again.untold());
    }

    /** Nothing is opened until the user decides (PROTOCOL 6.1), and keys also rotate by age. */
    @Test
    void newKeysOpenNoSessionThatAnotherServerHas() throws Exception {
        ContactsBench.meet(alice, bob);
        ContactsBench.open(alice, bob);
        byte[] replaced = {ControlCodes.CLOSE, ControlCodes.CLOSE_REPLACED};
        long now = clock.instant().getEpochSecond();
        alice.hear(new Packet(PacketType.CONTROL, null, bob.state("alice").name, 1, now, replaced, new byte[80]));
        assertTrue(alice.state("bob").isElsewhere());
        long before = alice.count(PacketType.HANDSHAKE_INIT);
        Personas.Rotated rotated = alice.personas.rotate(Optional.empty(), false);
        assertEquals(List.of("bob"), rotated.untold());
        assertEquals(before, alice.count(PacketType.HANDSHAKE_INIT));
        assertTrue(alice.state("bob").isElsewhere(), "the user still has to decide");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u3164", "bob\u3164", "\u2800", "bo\u200Bb", "bob\uFE0F", "\u202Ebob", " bob", "a\u2003b"})
    void aNameThatCannotBeSeenIsGivenToNobody(String name) {
        assertThrows(NoSuchThingException.class, () -> alice.personas.create(name));
        assertThrows(NoSuchThingException.class, () -> alice.personas.rename("alice", name));
        assertThrows(
                NoSuchThingException.class, () -> alice.contacts.add(Optional.empty(), bob.card(), Optional.of(name)));
    }

    @Test
    void personasOfOneServerAreStrangersToEachOther() throws Exception {
        alice.personas.create("mallory");
        assertNotEquals(
                alice.personas.get("alice").senderId(),
                alice.personas.get("mallory").senderId());
        alice.contacts.add(
                Optional.of("mallory"),
                alice.personas.card(Optional.of("alice"), Optional.of(Network.REGTEST)),
                Optional.empty());
        alice.contacts.add(
                Optional.of("alice"),
                alice.personas.card(Optional.of("mallory"), Optional.of(Network.REGTEST)),
                Optional.empty());
        alice.write("alice", "between us");
        ContactsBench.talk(alice);
        assertEquals(List.of("mallory: between us"), alice.written());
        assertEquals(1, alice.contact("mallory").persona(), "it came to alice");
    }

    @Test
    void aDeletedPersonaLeavesNothing() throws Exception {
        alice.personas.create("burner");
        alice.contacts.add(Optional.of("burner"), bob.card(), Optional.of("bob"));
        bob.contacts.add(
                Optional.empty(),
                alice.personas.card(Optional.of("burner"), Optional.of(Network.REGTEST)),
                Optional.empty());
        long id = alice.write("bob", "short life");
        talk();
        assertEquals(List.of("short life"), bob.received());
        alice.personas.delete("burner");
        assertEquals(1, alice.personas.list().size());
        assertTrue(alice.contacts.listAll().isEmpty());
        assertEquals(0, alice.stage.store.count(MessageRecord.TABLE));
        assertEquals(0, alice.stage.store.count(SessionState.TABLE));
        assertEquals(1, alice.stage.store.count(IdentityRecord.TABLE), "the other one's");
        assertTrue(alice.stage.allOutgoing().isEmpty());
        assertTrue(alice.stage.sendQueue.released.contains(id), "its coins are free");
        assertTrue(alice.stage.recognition.chains.all().isEmpty());
        assertThrows(NoSuchThingException.class, () -> alice.personas.delete("alice"));
    }
}
