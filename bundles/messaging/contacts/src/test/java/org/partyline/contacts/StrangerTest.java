package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Sessions;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.PacketType;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.SessionSettings;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests what someone who has a card, and is not a contact, can get from its owner. */
class StrangerTest {
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

    /** Alice requests a session; bob, who does not know her, has received the request. */
    private void ask() throws Exception {
        alice.write("bob", "you do not know me");
        List<Packet> init = alice.say();
        assertEquals(1, init.size(), "the handshake is out");
        bob.hear(init);
    }

    private List<Contacts.Waiting> waiting() throws Exception {
        return bob.contacts.waiting(Optional.empty());
    }

    private List<Contacts.Contact> contacts() throws Exception {
        return bob.contacts.list(Optional.empty());
    }

    /** Someone with these keys and bob's card requests a session. */
    private void askWith(IdentityKeys keys) throws PartylineException {
        IdentityKeys his = bob.keys().keys;
        try (Handshakes.Initiation made = bob.stage.handshakes.initiate(
                Network.REGTEST, keys, his.identity(), Set.of(AeadId.XCHACHA20_POLY1305), bob.stage.random)) {
            bob.hear(new Packet(
                    PacketType.HANDSHAKE_INIT,
                    his.inboxSecret().expose().clone(),
                    null,
                    0,
                    clock.instant().getEpochSecond(),
                    made.body(),
                    new byte[80]));
        }
    }

    private void askAsAnybody() throws PartylineException {
        askWith(bob.stage.identities.generate(bob.stage.random));
    }

    private void answerAnybody() {
        bob.settings(now -> new SessionSettings(
                true,
                now.receipts(),
                now.readReceipts(),
                now.postQuantum(),
                now.rekeyMessages(),
                now.rekeyAfter(),
                now.handshakeRetry(),
                now.keyAge(),
                now.keyMessages()));
    }

    @Test
    void aStrangersHandshakeCausesNoTransaction() throws Exception {
        ask();
        assertEquals(1, waiting().size());
        assertEquals(List.of(), bob.say());
        assertEquals(List.of(), bob.stage.allOutgoing());
        assertTrue(contacts().isEmpty());
    }

    @Test
    void theOperatorIsToldOnceWhoWaitsAndHowToAnswer() throws Exception {
        ask();
        Contacts.Waiting waits = waiting().get(0);
        assertEquals("alice", waits.persona());
        assertEquals(HexFormat.of().formatHex(alice.keys().keys.identity().agreement()), waits.key());
        assertEquals(List.of("stranger-waits"), bob.stage.audited);
        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofMinutes(2));
            askWith(alice.keys().keys);
        }
        assertEquals(clock.instant(), waiting().get(0).since(), "the newest is kept");
        assertEquals(1, waiting().size());
        assertEquals(List.of("stranger-waits"), bob.stage.audited);
    }

    @Test
    void whoseCardIsAddedIsAnsweredAndReadThen() throws Exception {
        ask();
        bob.know(alice, "alice");
        assertTrue(waiting().isEmpty());
        talk();
        assertEquals(List.of("you do not know me"), bob.received());
        bob.write("alice", "now I do");
        talk();
        assertEquals(List.of("now I do"), alice.received());
    }

    @Test
    void aCardThatComesTooLateIsAnsweredAtTheNextRequest() throws Exception {
        ask();
        clock.pass(InboundPeers.WAITING.plusMinutes(1));
        bob.stage.guard.transact(tx -> tx.deleteExpired(clock.instant()));
        bob.know(alice, "alice");
        assertEquals(List.of(), bob.say());
        alice.write("bob", "once more");
        alice.keep();
        talk();
        assertTrue(bob.received().contains("once more"));
    }

    @Test
    void noMoreThanAFewStrangersWait() throws Exception {
        for (int i = 0; i < InboundPeers.MOST_WAITING + 5; i++) {
            clock.pass(Duration.ofSeconds(1));
            askAsAnybody();
        }
        assertEquals(InboundPeers.MOST_WAITING, waiting().size());
    }

    // ---- answering everyone

    /** A session cannot be opened without a card, so that is not tried. */
    @Test
    void anOldCopyOpensNoSessionToAStranger() throws Exception {
        answerAnybody();
        alice.write("bob", "you do not know me");
        talk();
        bob.stage.audited.clear();
        bob.mend();
        bob.keep();
        assertEquals(0, bob.count(PacketType.HANDSHAKE_INIT));
        assertEquals(List.of("state-may-be-old"), bob.stage.audited);
    }

    @Test
    void aStrangerWhoseCardCannotBeStoredStaysAStranger() throws Exception {
        answerAnybody();
        alice.write("bob", "you do not know me");
        talk();
        bob.stage.store.failCommitsAfter(0);
        assertThrows(StoreException.class, () -> bob.know(alice, "alice"));
        bob.stage.store.failCommits(0);
        assertEquals(
                List.of(contacts().get(0).name()),
                bob.stage.people.conversations.contacts().stream()
                        .map(ContactConversation::name)
                        .toList());
    }

    @Test
    void whereAnybodyIsAnsweredAStrangerIsReadOnceItsCardIsHere() throws Exception {
        answerAnybody();
        alice.write("bob", "you do not know me");
        talk();
        assertEquals(Sessions.State.OPEN, alice.session("bob"), "she is answered");
        Contacts.Contact stranger = contacts().get(0);
        assertTrue(stranger.name().startsWith("stranger-"));
        assertFalse(stranger.card());
        assertEquals(Sessions.State.NONE, stranger.session());
        assertTrue(bob.sessions.list(Optional.empty()).isEmpty());
        assertEquals(1, bob.notices().size());
        assertEquals(1, bob.early.size(), "she has written");
        assertEquals(List.of(), bob.received());
        NoSuchThingException refusal = assertThrows(
                NoSuchThingException.class, () -> bob.contacts.verify(Optional.empty(), stranger.name(), "", true));
        assertTrue(refusal.getMessage().startsWith("the card of '" + stranger.name() + "' is unknown"));
        assertEquals(stranger, contacts().get(0));

        bob.know(alice, "alice");
        bob.hear(bob.early.remove(0));

        assertEquals(List.of("you do not know me"), bob.received());
        assertEquals(1, contacts().size());
        bob.write("alice", "now I do");
        talk();
        assertEquals(List.of("now I do"), alice.received());
    }

    @Test
    void whereAnybodyIsAnsweredAFloodIsNot() throws Exception {
        answerAnybody();
        for (int i = 0; i < 30; i++) {
            askAsAnybody();
        }
        assertEquals(InboundPeers.MOST_NEW_STRANGERS, contacts().size());
        assertTrue(bob.stage.audited.contains("stranger-refused"));
        clock.pass(Duration.ofHours(1).minusMillis(1));
        askAsAnybody();
        assertEquals(InboundPeers.MOST_NEW_STRANGERS, contacts().size());
        clock.pass(Duration.ofMillis(1));
        askAsAnybody();
        assertEquals(InboundPeers.MOST_NEW_STRANGERS + 1, contacts().size());
    }

    @Test
    void whereAnybodyIsAnsweredThereAreNeverTooManyStrangers() throws Exception {
        answerAnybody();
        for (int i = 0; i < 65; i++) {
            clock.pass(Duration.ofMinutes(10));
            askAsAnybody();
        }
        assertEquals(64, contacts().size());
        assertTrue(bob.stage.audited.contains("stranger-refused"));
    }

    @Test
    void aContactOfAnotherPersonaIsAStrangerToThisOne() throws Exception {
        bob.know(alice, "alice");
        bob.personas.create("work");
        alice.contacts.add(
                Optional.empty(),
                bob.personas.card(Optional.of("work"), Optional.of(Network.REGTEST)),
                Optional.of("work"));
        alice.sessions.open(Optional.empty(), "work");
        bob.hear(alice.say());
        assertEquals(List.of(), bob.say());
        assertEquals(1, bob.contacts.waiting(Optional.of("work")).size());
    }

    @Test
    void aStrangerWhoWasOneTooManyIsAnsweredAnHourLater() throws Exception {
        answerAnybody();
        for (int i = 0; i < InboundPeers.MOST_NEW_STRANGERS; i++) {
            askAsAnybody();
        }
        alice.write("bob", "you do not know me");
        Packet init = alice.say().get(0);
        bob.hear(init);
        assertEquals(InboundPeers.MOST_NEW_STRANGERS, bob.count(PacketType.HANDSHAKE_RESP));
        clock.pass(Duration.ofMinutes(61));
        bob.hear(init);
        assertEquals(InboundPeers.MOST_NEW_STRANGERS + 1, bob.count(PacketType.HANDSHAKE_RESP));
    }

    @Test
    void noSessionCanBeOpenedToAStranger() throws Exception {
        answerAnybody();
        askAsAnybody();
        String name = contacts().get(0).name();
        assertEquals(
                "the card of '" + name + "' is unknown: ask for it, and add it with partyline:contact-add",
                assertThrows(NoSuchThingException.class, () -> bob.sessions.openAgain(Optional.empty(), name))
                        .getMessage());
        assertEquals(
                "the card of '" + name + "' is unknown: ask for it, and add it with partyline:contact-add",
                assertThrows(NoSuchThingException.class, () -> bob.contacts.safetyNumber(Optional.empty(), name))
                        .getMessage());
    }

    @Test
    void aRequestForKeysThatWereReplacedMeanwhileIsAnsweredForADay() throws Exception {
        ask();
        bob.personas.rotate(Optional.empty(), false);
        bob.know(alice, "alice");
        talk();
        assertEquals(List.of("you do not know me"), bob.received());
    }

    @Test
    void aRequestForKeysThatAreErasedIsRefused() throws Exception {
        ask();
        bob.personas.rotate(Optional.empty(), false);
        clock.pass(Duration.ofHours(25));
        bob.keep();
        bob.know(alice, "alice");
        assertEquals(0, bob.count(PacketType.HANDSHAKE_RESP));
        assertTrue(bob.stage.audited.contains("handshake-refused"));
    }

    // ---- coins

    @Test
    void accountsAreNamedPerPersonaNumberedWithThemAndListed() throws Exception {
        bob.know(alice, "alice");
        for (String wrong : List.of("Alice", "p 2", "-x", "\u00E4", "a".repeat(25))) {
            NoSuchThingException refusal = assertThrows(
                    NoSuchThingException.class, () -> bob.contacts.setAccount(Optional.empty(), "alice", wrong), wrong);
            assertTrue(refusal.getMessage().contains("1 to 24"), refusal.getMessage());
        }
        bob.contacts.setAccount(Optional.empty(), "alice", "apart");
        bob.contacts.setAccount(Optional.empty(), "alice", "");
        bob.contacts.setAccount(Optional.empty(), "alice", "apart");
        bob.personas.create("other");
        bob.stage.nodes.add(new TestNetwork(clock).node("b"));
        assertEquals(
                List.of("alice: = ", "alice: apart = p2", "other: = p3"),
                bob.wallets.list().stream()
                        .map(holding -> holding.persona() + ": "
                                + (holding.account().isEmpty() ? "" : holding.account() + " ") + "= "
                                + holding.status().orElseThrow().account())
                        .toList());
        assertEquals(
                "bcrt1qtestp2",
                bob.wallets
                        .freshAddress(Optional.empty(), Optional.empty(), Optional.of("apart"))
                        .address());
        assertThrows(
                NoSuchThingException.class,
                () -> bob.wallets.freshAddress(Optional.of("other"), Optional.empty(), Optional.of("apart")));
        try (ContactsBench next = bob.reborn()) {
            assertEquals("apart", next.contacts.get(Optional.empty(), "alice").account());
        }
    }

    // ---- strangers who are answered

    @Test
    void aStrangerWhoAsksAgainIsTheSameOneAlsoAfterARestart() throws Exception {
        answerAnybody();
        askWith(alice.keys().keys);
        assertTrue(bob.stage.audited.contains("stranger-accepted"));
        clock.pass(Duration.ofMinutes(2));
        askWith(alice.keys().keys);
        assertEquals(1, contacts().size());
        assertEquals(2, bob.count(PacketType.HANDSHAKE_RESP));
        try (ContactsBench next = bob.reborn()) {
            assertEquals(contacts(), next.contacts.list(Optional.empty()));
        }
    }

    /** The answer would not be read any more. */
    @Test
    void aHandshakeOfDaysAgoWaitsForItsCardAlsoWhereAnybodyIsAnswered() throws Exception {
        answerAnybody();
        alice.write("bob", "you do not know me");
        List<Packet> init = alice.say();
        clock.pass(HandshakeLimits.OFFER_LIFE);
        bob.hear(init);
        assertEquals(0, bob.count(PacketType.HANDSHAKE_RESP));
        assertEquals(1, waiting().size());
    }

    @Test
    void contactsAreNotCountedAsStrangers() throws Exception {
        answerAnybody();
        for (int i = 0; i < 64; i++) {
            bob.stage.know("contact " + i, bob.stage.identities.generate(bob.stage.random));
        }
        askAsAnybody();
        assertEquals(65, contacts().size());
    }

    @Test
    void aStrangerIsNamedAfterItsKeyAndLikeNobodyElse() throws Exception {
        answerAnybody();
        String key = HexFormat.of().formatHex(alice.keys().keys.identity().agreement());
        bob.stage.know("someone", bob.stage.identities.generate(bob.stage.random));
        bob.stage.know("stranger-" + key.substring(0, 4), bob.stage.identities.generate(bob.stage.random));
        askWith(alice.keys().keys);
        assertEquals("stranger-" + key.substring(0, 5), contacts().get(2).name());
    }

    @Test
    void onlyACardWithTheKeyOfAStrangerAndItsNetworkContinuesItsSession() throws Exception {
        answerAnybody();
        askWith(alice.keys().keys);
        try (ContactsBench carol = new ContactsBench(clock)) {
            bob.know(carol, "carol");
        }
        bob.contacts.add(
                Optional.empty(),
                alice.personas.card(Optional.empty(), Optional.of(Network.SIGNET)),
                Optional.of("elsewhere"));
        assertEquals(List.of(), bob.chains("carol"));
        assertEquals(List.of(), bob.chains("elsewhere"));
        bob.know(alice, "alice");
        assertEquals(1, bob.chains("alice").size());
    }
}
