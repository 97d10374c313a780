package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.messaging.sessions.AcceptedHandshake;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;

/** Someone shows another person's X25519 key on a card. A card does not prove that its author has the key. */
class ImpostorTest {
    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench alice = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);

    @BeforeEach
    void aliceKnowsBob() throws Exception {
        alice.know(bob, "bob");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void talk() throws Exception {
        ContactsBench.talk(alice, bob);
    }

    @Test
    void theTrueCardIsAcceptedThoughAFalseOneCameFirstAndWordsAreNeverTheThiefs() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        bob.verify("mallory", true);
        alice.write("bob", "hello");
        talk();
        assertTrue(alice.isOpen("bob"));
        assertEquals(List.of(), bob.written());
        assertEquals(1, bob.early.size(), "her words are there");

        bob.know(alice, "alice");
        talk();
        bob.hear(bob.early.remove(0));

        assertEquals(List.of("alice: hello"), bob.written());
        assertEquals(Sessions.State.OPEN, bob.session("alice"));
        assertNotEquals(Sessions.State.OPEN, bob.session("mallory"));
        bob.write("alice", "hello yourself");
        talk();
        assertEquals(List.of("bob: hello yourself"), alice.written());
        alice.write("bob", "and on");
        talk();
        assertEquals(List.of("alice: hello", "alice: and on"), bob.written());
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
        assertTrue(bob.notices()
                .contains("the session is closed: it was opened by 'alice', whose card shows the same X25519 key"));
    }

    @Test
    void messagesToAFalseCardThatNobodyCanReadAreReportedOrGoOverTheNextSession() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        alice.sessions.open(Optional.empty(), "bob");
        talk();
        bob.write("mallory", "for whom?");
        bob.say();
        long waits = bob.write("mallory", "it waits");
        bob.stage.outbox.change(
                waits, now -> now.sealed(List.of(OutgoingPart.of(new byte[80])), clock.millis() / 1000, false));

        bob.know(alice, "alice");
        alice.write("bob", "it is me");
        alice.say().forEach(packet -> assertEquals(PacketType.TEXT, packet.type()));
        bob.hear(alice.said.get(alice.said.size() - 1));

        assertEquals(List.of("alice: it is me"), bob.written());
        assertTrue(
                bob.notices()
                        .contains(
                                "the session is closed: it was opened by 'alice', whose card shows the same X25519 key; "
                                        + "nobody can read your messages on it"),
                bob.notices()::toString);
        assertEquals(State.QUEUED, bob.stage.state(waits));
    }

    @Test
    void contactsWhoShowOneKeyAreReported() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        assertEquals(List.of(), bob.contacts.get(Optional.empty(), "mallory").sharing());
        assertFalse(bob.stage.audited.contains("contact-key-shared"));
        bob.know(alice, "alice");
        assertEquals(
                List.of("mallory"), bob.contacts.get(Optional.empty(), "alice").sharing());
        assertEquals(
                List.of("alice"), bob.contacts.get(Optional.empty(), "mallory").sharing());
        assertTrue(bob.stage.audited.contains("contact-key-shared"));
    }

    /** Three contacts of bob show her key, and she has opened a session without writing on it. */
    private void threeWhoMayHaveOpened() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        bob.know(alice, "alice");
        bob.add(alice.falseCard(), "mallet");
        alice.sessions.open(Optional.empty(), "bob");
        talk();
        assertTrue(alice.isOpen("bob"), "it is answered");
    }

    @Test
    void theFirstPacketThatOpensTellsWhichOfThemItIs() throws Exception {
        threeWhoMayHaveOpened();
        for (String contact : List.of("mallory", "alice", "mallet")) {
            assertEquals(Sessions.State.NONE, bob.session(contact), "nobody has proven to be " + contact);
        }

        alice.write("bob", "it is me");
        talk();

        assertEquals(List.of("alice: it is me"), bob.written());
        assertEquals(Sessions.State.OPEN, bob.session("alice"));
        assertEquals(Sessions.State.NONE, bob.session("mallory"));
        assertEquals(Sessions.State.NONE, bob.session("mallet"));
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
        assertEquals(List.of(), bob.chains("mallory"));
        assertEquals(List.of(), bob.chains("mallet"));
        bob.stage.guard.transact(tx -> {
            assertEquals(0, tx.count(AcceptedHandshake.TABLE), "the seeds are gone");
            assertEquals(
                    List.of(ChainKind.SESSION),
                    Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class).stream()
                            .map(ReceiveChainRecord::kind)
                            .toList());
            return null;
        });
        bob.write("alice", "I see");
        talk();
        assertEquals(List.of("bob: I see"), alice.written());
        alice.write("bob", "good");
        talk();
        assertEquals(List.of("alice: it is me", "alice: good"), bob.written());
    }

    @Test
    void whoIsFoundToHaveOpenedHasASessionLikeAnyOther() throws Exception {
        threeWhoMayHaveOpened();
        int contact = bob.contact("alice").id();
        bob.stage.recognition.own.doubt(contact);
        long waits = bob.write("alice", "it waits");
        bob.stage.outbox.change(
                waits, now -> now.sealed(List.of(OutgoingPart.of(new byte[80])), clock.millis() / 1000, false));
        AtomicInteger retries = new AtomicInteger();
        bob.stage.bus.on(Bus.Retry.class, retry -> retries.incrementAndGet());
        alice.write("bob", "it is me");
        bob.hear(alice.say());
        SessionState session = bob.state("alice");
        assertTrue(session.isOpen());
        assertEquals(session.receiveChain, session.firstChain);
        assertFalse(bob.stage.recognition.own.isDoubtful(contact), "the keys are new");
        assertEquals(State.QUEUED, bob.stage.state(waits));
        assertEquals(1, retries.get());
    }

    @Test
    void whoWritesInTheMomentInWhichTheSeedsExpireHasNoSession() throws Exception {
        threeWhoMayHaveOpened();
        alice.write("bob", "at the last moment");
        List<Packet> late = alice.say();
        clock.pass(Undecided.LIFE);
        bob.stage.guard.transact(tx -> tx.deleteExpired(clock.instant()));
        bob.hear(late);
        assertEquals(Sessions.State.NONE, bob.session("alice"));
    }

    /** Its chain began before his handshake was made, so the number of that one is no place for another chain. */
    @Test
    void anAnswerThatArrivesAfterTheFirstPacketOfAnEarlierSessionChangesNothing() throws Exception {
        threeWhoMayHaveOpened();
        alice.write("bob", "it is me");
        List<Packet> first = alice.say();
        clock.pass(Duration.ofSeconds(5));
        bob.sessions.open(Optional.empty(), "alice");
        alice.hear(bob.say());
        List<Packet> answer = alice.say().stream()
                .filter(packet -> packet.type() == PacketType.HANDSHAKE_RESP)
                .toList();
        bob.hear(first);
        assertTrue(bob.isOpen("alice"));
        bob.hear(answer);
        assertTrue(bob.isOpen("alice"));
        assertEquals(0, bob.count(PacketType.CONTROL));
        assertEquals(List.of(), bob.notices());
    }

    /** A chain for each of them, and the seeds of the handshake, for a card that may still be added. */
    @Test
    void whatIsUndecidedIsStored() throws Exception {
        threeWhoMayHaveOpened();
        bob.stage.guard.transact(tx -> {
            assertEquals(1, tx.count(AcceptedHandshake.TABLE));
            assertEquals(
                    List.of(ChainKind.CANDIDATE, ChainKind.CANDIDATE, ChainKind.CANDIDATE),
                    Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class).stream()
                            .map(ReceiveChainRecord::kind)
                            .toList());
            return null;
        });
    }

    @Test
    void whoIsToAnswerFirstOpensASessionOfItsOwn() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        bob.know(alice, "alice");
        alice.sessions.open(Optional.empty(), "bob");
        talk();
        clock.pass(Duration.ofSeconds(5));
        bob.write("alice", "I speak first");
        talk();
        assertEquals(List.of("bob: I speak first"), alice.written());
        alice.write("bob", "I hear you");
        talk();
        assertEquals(List.of("alice: I hear you"), bob.written());
    }

    @Test
    void theAnswerIsPaidByTheOneWhoHasAnAccountOfItsOwn() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        bob.verify("mallory", true);
        bob.know(alice, "alice");
        bob.contacts.setAccount(Optional.empty(), "alice", "apart");
        alice.write("bob", "it is me");
        talk();
        assertEquals(List.of("alice: it is me"), bob.written());
        assertEquals(
                bob.contact("alice").id(),
                bob.queued(PacketType.HANDSHAKE_RESP).get(0).membership());
        assertEquals("p2", bob.contact("alice").account());
    }

    @Test
    void theAnswerIsPaidByTheOneWhoIsVerifiedWhereNobodyHasAnAccount() throws Exception {
        bob.know(alice, "alice");
        bob.add(alice.falseCard(), "mallory");
        bob.verify("mallory", true);
        alice.write("bob", "it is me");
        talk();
        assertEquals(
                bob.contact("mallory").id(),
                bob.queued(PacketType.HANDSHAKE_RESP).get(0).membership());
        assertEquals(List.of("alice: it is me"), bob.written());
    }

    /** The packet that decides who opened it shows that the other side has the answer. */
    @Test
    void theSessionBeforeIsReadForADayOnceItIsDecidedWhoOpenedTheNext() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        bob.know(alice, "alice");
        alice.write("bob", "on the first");
        talk();
        clock.pass(Duration.ofHours(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        alice.write("bob", "on the second");
        talk();
        assertEquals(List.of("alice: on the first", "alice: on the second"), bob.written());
        assertEquals(
                List.of(clock.instant().plus(StoredSessionChains.OLD).toEpochMilli(), 0L),
                bob.chains("alice").stream()
                        .filter(chain -> chain.kind() == ChainKind.SESSION)
                        .map(ReceiveChainRecord::retires)
                        .toList());
    }

    @Test
    void aLateMessageOfAnEarlierSessionDoesNotBringThatBack() throws Exception {
        bob.add(alice.falseCard(), "mallory");
        bob.know(alice, "alice");
        alice.sessions.open(Optional.empty(), "bob");
        talk();
        alice.write("bob", "late");
        List<Packet> late = alice.say();
        assertEquals(1, late.size());
        alice.sessions.close(Optional.empty(), "bob");
        alice.say();
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "on the second");
        talk();
        assertEquals(List.of("alice: on the second"), bob.written());
        long second = bob.state("alice").respTime;
        byte[] name = bob.state("alice").name;

        clock.pass(Duration.ofMinutes(1));
        bob.hear(late);

        assertTrue(bob.written().contains("alice: late"));
        assertEquals(
                List.of(0L, clock.instant().plus(Duration.ofHours(24)).toEpochMilli()),
                bob.chains("alice").stream()
                        .filter(chain -> chain.kind() == ChainKind.SESSION)
                        .map(ReceiveChainRecord::retires)
                        .sorted()
                        .toList());
        assertEquals(second, bob.state("alice").respTime);
        assertTrue(bob.isOpen("alice"));
        assertArrayEquals(name, bob.state("alice").name, "the second one stays");
        bob.write("alice", "still here");
        talk();
        assertEquals(List.of("bob: still here"), alice.written());
    }

    @Test
    void theSeedsAreGoneOnceTheOnlyOneItCanBeHasWritten() throws Exception {
        bob.know(alice, "alice");
        alice.sessions.open(Optional.empty(), "bob");
        talk();
        assertEquals(1, bob.stage.store.count(AcceptedHandshake.TABLE));
        alice.write("bob", "one");
        talk();
        assertEquals(List.of("alice: one"), bob.written());
        assertEquals(0, bob.stage.store.count(AcceptedHandshake.TABLE));
    }

    @Test
    void aHandshakeThatAThiefHandsOnIsRefused() throws Exception {
        ContactCard card = bob.falseCard();
        bob.know(alice, "alice");
        alice.add(card, "mallory");
        alice.write("mallory", "for mallory only");
        Packet init = alice.say().get(0);

        bob.hear(init.sealedAgain(
                bob.keys().keys.inboxSecret().expose().clone(), clock.instant().getEpochSecond()));

        assertEquals(List.of("the handshake was not made for this card"), bob.refusals);
        assertEquals(0, bob.count(PacketType.HANDSHAKE_RESP));
        assertEquals(Sessions.State.OPENING, alice.session("mallory"));
    }

    @Test
    void aCardWithAKeyOfOurOwnIsRefused() {
        ContactCard card = bob.falseCard();
        NoSuchThingException refusal = assertThrows(NoSuchThingException.class, () -> bob.add(card, "mallory"));
        assertTrue(refusal.getMessage().contains("X25519 key of persona 'alice'"), refusal.getMessage());
    }

    // ---- rotation

    /** Someone who has a session with bob. */
    private ContactsBench thief() throws Exception {
        ContactsBench mallory = new ContactsBench(clock);
        mallory.know(bob, "bob");
        bob.know(mallory, "mallory");
        mallory.write("bob", "trust me");
        ContactsBench.talk(mallory, bob);
        return mallory;
    }

    /** New keys that show a victim's X25519 key, correctly signed. */
    private static byte[] claim(ContactsBench mallory, ContactsBench victim) {
        IdentityKeys fresh = mallory.stage.identities.generate(mallory.stage.random);
        IdentityKeys claimed = new IdentityKeys(
                fresh.signingSeed(),
                fresh.agreementPrivate(),
                fresh.inboxSecret(),
                new PublicIdentity(
                        fresh.identity().signing(),
                        victim.keys().keys.identity().agreement()));
        return mallory.stage.identities.rotation(Network.REGTEST, mallory.keys().keys, claimed, false);
    }

    @Test
    void theTrueCardIsAcceptedAfterARotationThatClaimsItsKey() throws Exception {
        try (ContactsBench mallory = thief()) {
            mallory.sayControl("bob", claim(mallory, alice));
            ContactsBench.talk(mallory, bob);
            assertEquals(List.of("mallory has new keys, signed with the old ones"), bob.notices());

            bob.know(alice, "alice");

            alice.write("bob", "hello");
            talk();
            assertEquals(List.of("mallory: trust me", "alice: hello"), bob.written());
            assertEquals(
                    List.of("mallory"),
                    bob.contacts.get(Optional.empty(), "alice").sharing());
        }
    }

    @Test
    void aRotationThatClaimsAContactsKeyIsReportedAndTakesNothingFromIt() throws Exception {
        try (ContactsBench mallory = thief()) {
            bob.know(alice, "alice");
            mallory.sayControl("bob", claim(mallory, alice));
            ContactsBench.talk(mallory, bob);
            assertTrue(bob.notices().stream().anyMatch(text -> text.contains("is also shown by alice")));
            assertTrue(bob.stage.audited.contains("contact-key-shared"));
            alice.write("bob", "hello");
            talk();
            assertEquals(List.of("mallory: trust me", "alice: hello"), bob.written());
            bob.write("alice", "hello yourself");
            talk();
            assertEquals(List.of("bob: hello yourself"), alice.written());
        }
    }

    @Test
    void aRotationToAKeyOfOurOwnIsRefused() throws Exception {
        try (ContactsBench mallory = thief()) {
            byte[] before = bob.contact("mallory").entry.agreement();
            mallory.sayControl("bob", claim(mallory, bob));
            ContactsBench.talk(mallory, bob);
            assertTrue(bob.stage.audited.contains("rotation-refused"));
            assertEquals(before, bob.contact("mallory").entry.agreement());
        }
    }

    /** A thief of keys that were replaced would get the messages to their card. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCardWithReplacedKeysIsRefused(boolean compromised) throws Exception {
        bob.know(alice, "alice");
        ContactsBench.open(alice, bob);
        String first = alice.card();
        alice.personas.rotate(Optional.empty(), compromised);
        talk();
        String second = alice.card();
        clock.pass(Duration.ofDays(1));
        alice.personas.rotate(Optional.empty(), false);
        talk();
        for (String card : List.of(first, second)) {
            assertEquals(
                    "'alice' has replaced the keys of this card, and someone else may know them: ask for the new card",
                    assertThrows(
                                    NoSuchThingException.class,
                                    () -> bob.contacts.add(Optional.empty(), card, Optional.of("friend")))
                            .getMessage());
            assertEquals(
                    "this is persona 'alice''s own card: ask the other person for theirs",
                    assertThrows(
                                    NoSuchThingException.class,
                                    () -> alice.contacts.add(Optional.empty(), card, Optional.of("friend")))
                            .getMessage());
        }
        assertEquals(1, bob.contacts.list(Optional.empty()).size());
    }

    /** Also once the previous keys are erased, and after a restart. */
    @Test
    void aPersonasReplacedKeysAreRememberedForGood() throws Exception {
        String first = alice.card();
        alice.personas.rotate(Optional.empty(), false);
        clock.pass(Duration.ofDays(2));
        alice.keep();
        assertNull(alice.keys().old);
        try (ContactsBench next = alice.reborn()) {
            for (ContactsBench bench : List.of(alice, next)) {
                String why = assertThrows(
                                NoSuchThingException.class,
                                () -> bench.contacts.add(Optional.empty(), first, Optional.of("friend")))
                        .getMessage();
                assertTrue(why.contains("own card"), why);
            }
        }
    }

    @Test
    void aRotationToReplacedKeysIsRefused() throws Exception {
        try (ContactsBench mallory = thief()) {
            IdentityKeys own = mallory.keys().keys;
            IdentityKeys first =
                    mallory.stage.identities.restore(own.signingSeed(), own.agreementPrivate(), own.inboxSecret());
            mallory.personas.rotate(Optional.empty(), false);
            ContactsBench.talk(mallory, bob);
            byte[] second = bob.contact("mallory").entry.signing();
            assertArrayEquals(mallory.keys().keys.identity().signing(), second);
            mallory.sayControl(
                    "bob", mallory.stage.identities.rotation(Network.REGTEST, mallory.keys().keys, first, false));
            ContactsBench.talk(mallory, bob);
            assertTrue(bob.stage.audited.contains("rotation-refused"));
            assertArrayEquals(second, bob.contact("mallory").entry.signing());
        }
    }
}
