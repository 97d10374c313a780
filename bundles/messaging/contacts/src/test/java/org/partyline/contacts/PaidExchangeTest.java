package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.mailbox.OutgoingMessage;

/** Post-quantum key exchanges in packets that are paid for, and their price (PROTOCOL 6.2). */
class PaidExchangeTest extends TwoPeople {
    private static final int ROOM_80 = ContactsBench.ROOM_80;

    @BeforeEach
    void open() throws PartylineException {
        alice.postQuantum(PostQuantumMode.COVER);
        bob.postQuantum(PostQuantumMode.COVER);
        ContactsBench.open(alice, bob);
    }

    private static List<Integer> quote(ContactsBench bench, String contact) throws PartylineException {
        return bench.sessions.protectionPackets(Optional.empty(), contact);
    }

    private static void protect(ContactsBench bench, String contact) throws PartylineException {
        bench.sessions.protect(Optional.empty(), contact);
    }

    private static void assertRefused(String why, ContactsBench bench, String contact) {
        assertEquals(
                why,
                assertThrows(NoSuchThingException.class, () -> quote(bench, contact))
                        .getMessage());
        assertEquals(
                why,
                assertThrows(NoSuchThingException.class, () -> protect(bench, contact))
                        .getMessage());
    }

    /** The lengths of the fragments that wait to be sent. */
    private static List<Integer> waiting(ContactsBench bench) throws StoreException {
        return bench.queued(PacketType.CONTROL).stream()
                .filter(outgoing -> outgoing.state() == State.QUEUED)
                .map(outgoing -> outgoing.body().length)
                .toList();
    }

    private void finish() throws PartylineException {
        ContactsBench.talk(alice, bob);
        alice.keep();
        bob.keep();
        ContactsBench.talk(alice, bob);
        assertTrue(alice.state("bob").isProtected());
        assertTrue(bob.state("alice").isProtected());
    }

    @Test
    void aQuoteNamesTheSizeOfEachFragmentAndOfTheKeyUpdate() throws Exception {
        bob.postQuantum(PostQuantumMode.PAY);
        assertEquals(Collections.nCopies(28, 80), quote(alice, "bob"));
        alice.stage.sizes.most = 256;
        assertEquals(List.of(256, 256, 256, 256, 256, 128, 80), quote(alice, "bob"));
        protect(alice, "bob");
        assertEquals(List.of(225, 225, 225, 225, 225, 89), waiting(alice));
        finish();
    }

    @Test
    void aQuoteCoversOnlyWhatIsLeftOfTheKey() throws Exception {
        alice.keep();
        for (int room : List.of(481, 481, 207)) {
            bob.hear(alice.ride(room).orElseThrow());
        }
        assertEquals(List.of(80, 80), quote(alice, "bob"), "30 bytes, and the key update");
        bob.hear(alice.ride(35).orElseThrow());
        assertEquals(List.of(80), quote(alice, "bob"));
    }

    @Test
    void aQuoteForTheAnswerHasNoKeyInIt() throws Exception {
        List<Packet> key = alice.rides(ROOM_80);
        bob.hear(key.subList(0, 20));
        assertEquals(Collections.nCopies(25 + 1, 80), quote(bob, "alice"));
        bob.hear(key.subList(20, 27));
        assertEquals(Collections.nCopies(25 + 1, 80), quote(bob, "alice"));
    }

    @Test
    void anAnsweredKeyNeedsOnlyItsKeyUpdateEvenWhileItIsSentAgain() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        List<Packet> answer = bob.rides(ROOM_80);
        clock.pass(Duration.ofHours(24));
        alice.keep();
        assertTrue(alice.ride().isPresent());
        alice.hear(answer);
        assertEquals(List.of(80), quote(alice, "bob"));
        assertEquals(PacketType.KEY_UPDATE, alice.ride().orElseThrow().type());
        assertEquals(List.of(), quote(alice, "bob"), "the key update is on its way");
    }

    @Test
    void withoutASessionThereIsNothingToProtect() throws Exception {
        try (ContactsBench carol = new ContactsBench(clock)) {
            alice.know(carol, "carol");
            assertRefused(
                    "there is no open session with 'carol': open one with partyline:session-open carol",
                    alice,
                    "carol");
        }
    }

    @Test
    void aProtectedSessionIsRenewedAfterThirtyDays() throws Exception {
        bob.postQuantum(PostQuantumMode.PAY);
        protect(alice, "bob");
        finish();
        clock.pass(Duration.ofDays(30).minusMillis(1));
        assertRefused("the session with 'bob' is already protected", alice, "bob");
        clock.pass(Duration.ofMillis(1));
        assertEquals(28, quote(alice, "bob").size());
        protect(alice, "bob");
        assertTrue(alice.exchange("bob").isPresent());
    }

    @Test
    void anotherExchangeMayBeginADayAfterOneThatFailed() throws Exception {
        alice.keep();
        alice.ride();
        String next = clock.instant().plus(Duration.ofDays(1)).toString();
        alice.postQuantum(PostQuantumMode.OFF);
        alice.keep();
        clock.pass(Duration.ofDays(1).minusMillis(1));
        assertRefused(
                "the last exchange with 'bob' started less than 24 hours ago: try again after " + next, alice, "bob");
        clock.pass(Duration.ofMillis(1));
        assertEquals(28, quote(alice, "bob").size());
        protect(alice, "bob");
        assertEquals(27, waiting(alice).size());
    }

    @Test
    void withoutANodeNothingIsQuotedOrQueued() throws Exception {
        alice.stage.sizes.most = 0;
        assertEquals(
                "no node can relay packets to 'bob' now: see partyline:node-list",
                assertThrows(NoSuchThingException.class, () -> quote(alice, "bob"))
                        .getMessage());
        protect(alice, "bob");
        assertEquals(List.of(), waiting(alice));
        alice.stage.sizes.most = 80;
        alice.keep();
        assertEquals(27, waiting(alice).size());
    }

    @Test
    void aPersonaThatOnlyReadsProtectsNothing() throws Exception {
        alice.keys().copy = true;
        assertTrue(assertThrows(NoSuchThingException.class, () -> protect(alice, "bob"))
                .getMessage()
                .startsWith("persona 'alice' only reads"));
        alice.keep();
        assertEquals(0, alice.cargo("bob"));
    }

    @Test
    void fragmentsAreQueuedOnce() throws Exception {
        protect(alice, "bob");
        protect(alice, "bob");
        alice.keep();
        assertEquals(27, waiting(alice).size());
        assertEquals(clock.millis(), alice.state("bob").exchanged);
    }

    @Test
    void theRestOfAKeyThatLeftInPlaceOfDecoysIsPaid() throws Exception {
        alice.keep();
        bob.hear(alice.ride(45).orElseThrow());
        protect(alice, "bob");
        assertEquals(Collections.nCopies(26, ROOM_80), waiting(alice), "40 bytes of 1,184 have left");
        assertEquals(0, alice.cargo("bob"));
        protect(bob, "alice");
        assertEquals(List.of(), waiting(bob), "the key is not complete");
        finish();
        assertEquals(25, bob.count(PacketType.CONTROL));
    }

    @Test
    void anAnswerThatRidesOnDecoysCanBePaid() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        protect(bob, "alice");
        assertEquals(25, waiting(bob).size());
        assertEquals(0, bob.cargo("alice"));
    }

    @Test
    void aKeyUpdateThatWaitsForASlotIsSentAtOnce() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        alice.hear(bob.rides(ROOM_80));
        assertFalse(alice.state("bob").updateQueued);
        protect(alice, "bob");
        assertTrue(alice.state("bob").updateQueued);
        assertEquals(1, alice.count(PacketType.KEY_UPDATE));
        assertEquals(0, alice.cargo("bob"));
        assertEquals(0, alice.count(PacketType.CONTROL));
    }

    @Test
    void payingInsteadOfRidingLeavesTheSlotToADecoy() throws Exception {
        alice.keep();
        assertEquals(1, alice.cargo("bob"));
        alice.postQuantum(PostQuantumMode.PAY);
        alice.keep();
        assertEquals(27, waiting(alice).size());
        assertTrue(alice.ride().isEmpty());
        assertEquals(clock.millis(), alice.state("bob").exchanged);
    }

    @Test
    void anAnswerCancelsAKeyThatIsBeingSentAgain() throws Exception {
        alice.postQuantum(PostQuantumMode.PAY);
        alice.keep();
        bob.hear(alice.say());
        List<Packet> answer = bob.rides(ROOM_80);
        clock.pass(Duration.ofHours(24));
        alice.keep();
        assertEquals(27, waiting(alice).size());
        alice.hear(answer);
        assertEquals(List.of(), waiting(alice));
    }

    @Test
    void fragmentsThatNeverLeftAreCancelledWithTheirExchange() throws Exception {
        protect(alice, "bob");
        clock.pass(Duration.ofDays(5));
        alice.keep();
        assertTrue(alice.exchange("bob").isEmpty());
        assertEquals(List.of(), waiting(alice));
        OutgoingMessage first = alice.queued(PacketType.CONTROL).get(0);
        assertEquals(State.RECALLED, first.state());
    }
}
