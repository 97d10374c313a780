package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Sessions.Session;
import org.partyline.api.engine.Wallets;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.SendChain;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.Controls;
import org.partyline.messaging.sessions.Exchanges;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.sessions.IdentityRotation;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.Rotation;
import org.partyline.messaging.sessions.SessionChains;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.StateOwner;
import org.partyline.testkit.messaging.StageBench;

/** What is shown of sessions, and what becomes of them when the files are an old copy or keys are replaced. */
class SessionListTest extends TwoPeople {
    private static final Optional<String> CURRENT = Optional.empty();

    private Session shown() throws Exception {
        return alice.sessions.list(CURRENT).get(0);
    }

    @Test
    void nothingIsSpentOnMainnetBeforeTheOperatorAcceptsThat() throws Exception {
        alice.contacts.add(CURRENT, bob.personas.card(CURRENT, Optional.of(Network.MAINNET)), Optional.of("main"));
        assertRefused(() -> alice.sessions.open(CURRENT, "main"));
        assertRefused(() -> alice.sessions.openAgain(CURRENT, "main"));
        assertRefused(() -> alice.sessions.protect(CURRENT, "main"));
        assertEquals(List.of(), alice.stage.allOutgoing());
    }

    private static void assertRefused(Executable action) {
        assertEquals(
                "messages on mainnet cost real money and stay on the chain: accept this with partyline:fee-limit"
                        + " --accept-mainnet",
                assertThrows(PartylineException.class, action).getMessage());
    }

    // ---- the list

    @Test
    void eachCommandShowsTheSessionAsItIsThen() throws Exception {
        Session opening = alice.sessions.open(CURRENT, "bob");
        assertEquals(Sessions.State.OPENING, opening.state());
        assertEquals(opening, shown());
        ContactsBench.talk(alice, bob);
        Session protectedOne = alice.sessions.protect(CURRENT, "bob");
        assertTrue(protectedOne.protection().isUnderWay());
        assertEquals(protectedOne, shown());
        assertEquals(
                Sessions.State.OPENING, alice.sessions.openAgain(CURRENT, "bob").state());
        assertEquals(Optional.empty(), shown().suite());
    }

    @Test
    void sessionsAreSortedByContact() throws Exception {
        try (ContactsBench carol = new ContactsBench(clock)) {
            alice.know(carol, "aaron");
            alice.sessions.open(CURRENT, "bob");
            alice.sessions.open(CURRENT, "aaron");
            assertEquals(
                    List.of("aaron", "bob"),
                    alice.sessions.list(CURRENT).stream().map(Session::contact).toList());
        }
    }

    @Test
    void newKeysAreShownOnceTheyAreInUse() throws Exception {
        ContactsBench.open(alice, bob);
        assertEquals(Optional.empty(), shown().lastRekey());
        assertEquals(Optional.empty(), shown().elsewhere());
        assertFalse(shown().rekeying());
        alice.rekeyMessages(2);
        clock.pass(Duration.ofMinutes(1));
        alice.write("bob", "three");
        List<Packet> said = alice.say();
        assertTrue(shown().rekeying(), "the answer is awaited");
        bob.hear(said);
        ContactsBench.talk(alice, bob);
        assertFalse(shown().rekeying());
        assertEquals(Optional.of(clock.instant()), shown().lastRekey());
    }

    // ---- an old copy of the files

    @Test
    void anOldCopyIsRememberedAndGivesNoAccountToTwoPersonas() throws Exception {
        int first = alice.personas.create("before").id();
        alice.mend();
        assertTrue(alice.personas.create("after").id() > first + 1);
        try (ContactsBench next = alice.reborn()) {
            assertEquals(clock.millis(), next.keys().restored);
        }
    }

    @Test
    void anOldCopySealsNoKeyUpdateThatWasQueued() throws Exception {
        ContactsBench.open(alice, bob);
        bob.rekeyMessages(1);
        bob.write("alice", "three");
        alice.hear(bob.say());
        assertEquals(State.QUEUED, alice.queued(PacketType.KEY_UPDATE).get(0).state());
        alice.mend();
        assertEquals(State.RECALLED, alice.queued(PacketType.KEY_UPDATE).get(0).state());
    }

    @Test
    void anOldCopySaysNothingMoreOnAFormerSession() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(2));
        bob.sessions.openAgain(CURRENT, "alice");
        alice.hear(bob.say());
        assertTrue(alice.state("bob").formerChain != null);
        alice.mend();
        assertNull(alice.state("bob").formerChain);
    }

    @Test
    void anOldCopyClosesASessionThatItCannotOpenAnew() throws Exception {
        ContactsBench.open(alice, bob);
        alice.stage.suites.deny("XCHACHA20_POLY1305");
        alice.stage.suites.deny("AES_256_GCM");
        alice.mend();
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        assertTrue(alice.stage.audited.contains("session-lost"));
    }

    @Test
    void anOldCopyReportsThatAClosedSessionMayHaveBeenOpenedSince() throws Exception {
        ContactsBench.open(alice, bob);
        bob.sessions.close(CURRENT, "alice");
        ContactsBench.talk(alice, bob);
        int before = alice.notices().size();
        alice.mend();
        assertEquals(before + 1, alice.notices().size());
    }

    // ---- replaced keys of a contact

    @Test
    void keysThatWereReplacedAsUsualStillNameTheContactForAWhile() throws Exception {
        ContactsBench.open(alice, bob);
        String before = bob.contacts.get(CURRENT, "alice").senderId();
        alice.personas.rotate(CURRENT, false);
        ContactsBench.talk(alice, bob);
        assertNotEquals(before, bob.contacts.get(CURRENT, "alice").senderId());
        assertTrue(bob.contact("alice").formerIdentity().isPresent());
        assertTrue(bob.stage.audited.contains("contact-rotated"));
        try (ContactsBench next = bob.reborn()) {
            assertEquals(
                    bob.contacts.get(CURRENT, "alice").senderId(),
                    next.contacts.get(CURRENT, "alice").senderId());
        }
        assertEquals(List.of("alice has new keys, signed with the old ones"), bob.notices());
    }

    @Test
    void keysThatSomeoneMayKnowNameNobodyAnyMore() throws Exception {
        ContactsBench.open(alice, bob);
        alice.personas.rotate(CURRENT, true);
        ContactsBench.talk(alice, bob);
        assertNull(bob.contact("alice").entry.formerSigning());
        assertNull(bob.contact("alice").entry.formerAgreement());
        assertEquals(
                List.of("alice has new keys, because someone may know the old ones: verify again"
                        + " (partyline:contact-verify)"),
                bob.notices());
    }

    // ---- other servers with the same keys

    @Test
    void theOperatorIsWarnedOfPersonasThatOnlyReadAndOfContactsOfACopy() throws Exception {
        assertEquals(List.of(), alice.owner.warnings());
        try (ContactsBench carol = new ContactsBench(clock)) {
            alice.know(carol, "aaron");
        }
        alice.change((tx, after) -> {
            for (String contact : List.of("bob", "aaron")) {
                SessionState session = alice.sessionState(tx, contact);
                session.elsewhere = clock.millis();
                session.put(tx);
            }
        });
        alice.keys().copy = true;
        assertEquals(
                List.of(
                        "persona 'alice' only reads, because it was restored while its original is in use: run"
                                + " partyline:restore-takeover when the original is gone",
                        "a copy of this server may be in use elsewhere: packets of aaron, bob report one with the same"
                                + " keys. If you know of no copy, ask them another way. Otherwise stop one of the two, then take sessions back with partyline:session-open --again CONTACT"),
                alice.owner.warnings());
    }

    @Test
    void theNextPacketsOfACopyAreRecognisedFromTheStartOn() throws Exception {
        assertEquals(2, alice.owner.place(), "contacts are loaded first");
        ContactsBench.open(alice, bob);
        List<Long> hints = new ArrayList<>();
        try (SendChain chain = alice.stage.chains.decodeSend(alice.state("bob").chain)) {
            for (int i = 0; i <= Chains.WINDOW; i++) {
                SendChain.Step step = chain.step();
                step.secret().close();
                hints.add(step.hint());
            }
        }
        int contact = alice.contact("bob").id();
        try (ContactsBench next = alice.reborn()) {
            assertTrue(next.stage.recognition.own.isDoubtful(contact));
            assertEquals(contact, next.stage.recognition.own.owner(hints.get(0)));
            assertEquals(contact, next.stage.recognition.own.owner(hints.get(Chains.WINDOW - 1)));
            assertEquals(-1, next.stage.recognition.own.owner(hints.get(Chains.WINDOW)));
        }
    }

    // ---- the bundle

    @Test
    void whatIsStoppedIsUsedNoLonger() throws Exception {
        ContactsBench.open(alice, bob);
        alice.stage.stop(Inbox.class);
        assertThrows(
                AbsentException.class,
                () -> alice.change((tx, after) -> alice.handshakes.lost(tx, after, alice.contact("bob"))));
        alice.stage.stop(PacketSizes.class);
        assertThrows(AbsentException.class, () -> alice.sessions.protect(CURRENT, "bob"));
    }

    @Test
    void itsServicesAreThereUntilItIsStopped() {
        Set<Class<?>> registered = StageBench.publish(alice.contactsStage::publish);
        assertEquals(
                Set.of(
                        PersonaKeyStore.class,
                        SessionChains.class,
                        IdentityRotation.class,
                        HandshakeManager.class,
                        KeyUpdates.class,
                        Exchanges.class,
                        Controls.class,
                        Rotation.class,
                        StateOwner.class,
                        Personas.class,
                        Contacts.class,
                        Sessions.class,
                        Wallets.class),
                registered);
        alice.contactsStage.stop();
        assertEquals(Set.of(), registered);
    }
}
