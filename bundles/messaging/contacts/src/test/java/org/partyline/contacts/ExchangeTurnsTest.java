package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.Kem;
import org.partyline.api.engine.Sessions.Protection;
import org.partyline.api.packet.PacketType;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.sessions.KemExchange;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.Bus;

/** When a post-quantum key exchange begins, yields to another, repeats its part and ends (PROTOCOL 6.2). */
class ExchangeTurnsTest extends TwoPeople {
    private static final int ROOM_80 = ContactsBench.ROOM_80;
    private static final Duration SOONEST_ANSWER = Duration.ofHours(20);

    @BeforeEach
    void open() throws PartylineException {
        alice.postQuantum(PostQuantumMode.COVER);
        bob.postQuantum(PostQuantumMode.COVER);
        ContactsBench.open(alice, bob);
    }

    /** Makes alice send a fragment of a key that is not hers. */
    private void sayKey(int id, int offset, byte... bytes) throws PartylineException {
        say(alice, "bob", ControlCodes.KEM_KEY, new byte[] {(byte) id, (byte) id}, offset, bytes);
        bob.hear(alice.say());
    }

    private static void say(ContactsBench bench, String to, byte code, byte[] id, int offset, byte... bytes)
            throws PartylineException {
        byte[] body = ByteBuffer.allocate(5 + bytes.length)
                .put(code)
                .put(id)
                .putShort((short) offset)
                .put(bytes)
                .array();
        bench.sayControl(to, body);
    }

    private static byte[] id(ContactsBench bench, String contact) throws PartylineException {
        return bench.exchange(contact).orElseThrow().id;
    }

    private static Protection protection(ContactsBench bench) throws PartylineException {
        return bench.sessions.list(Optional.empty()).get(0).protection();
    }

    private void assertTalks() throws PartylineException {
        alice.write("bob", "there");
        bob.write("alice", "and back");
        ContactsBench.talk(alice, bob);
        assertTrue(bob.received().contains("there"));
        assertTrue(alice.received().contains("and back"));
        assertTrue(alice.early.isEmpty() && bob.early.isEmpty());
    }

    // ---- slots

    @Test
    void aSlotWithoutRoomForAByteOfTheKeyCarriesNone() throws Exception {
        alice.keep();
        assertTrue(alice.ride(5).isEmpty());
        assertTrue(alice.exchange("bob").isEmpty());
        assertEquals(6, alice.ride(6).orElseThrow().body().length);
        assertTrue(alice.ride(5).isEmpty());
        assertEquals(6, alice.ride(6).orElseThrow().body().length);
    }

    @Test
    void aContactWithAnAccountOfItsOwnIsGivenNoSlot() throws Exception {
        alice.keep();
        assertTrue(alice.ride().isPresent());
        assertEquals(1, alice.cargo("bob"));
        alice.contacts.setAccount(Optional.empty(), "bob", "work");
        assertTrue(alice.ride().isEmpty());
        bob.contacts.setAccount(Optional.empty(), "alice", "work");
        clock.pass(Duration.ofHours(24));
        bob.keep();
        assertEquals(0, bob.cargo("alice"));
    }

    @Test
    void aKeyUpdateIsSentInASlotThatItJustFits() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        alice.hear(bob.rides(ROOM_80));
        assertTrue(alice.ride(Handshakes.PROTECTED_UPDATE_LENGTH - 1).isEmpty());
        Packet update = alice.ride(Handshakes.PROTECTED_UPDATE_LENGTH).orElseThrow();
        assertEquals(PacketType.KEY_UPDATE, update.type());
        bob.hear(update);
        assertEquals(PacketType.KEY_UPDATE, bob.ride().orElseThrow().type(), "the answer is due at once");
    }

    @Test
    void aSlotIsLeftToADecoyOnceItsKeyUpdateLeavesByItself() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        List<Packet> answer = bob.rides(ROOM_80);
        clock.pass(Duration.ofHours(24));
        alice.keep();
        assertTrue(alice.ride().isPresent(), "the key is sent again");
        alice.hear(answer);
        assertEquals(1, alice.cargo("bob"));
        clock.pass(Duration.ofHours(1));
        alice.keep();
        assertTrue(alice.ride().isEmpty());
        bob.hear(alice.say());
        assertEquals(1, bob.cargo("alice"));
        clock.pass(Duration.ofHours(1));
        bob.keep();
        assertTrue(bob.ride().isEmpty());
        ContactsBench.talk(alice, bob);
        assertTrue(alice.state("bob").isProtected());
    }

    @Test
    void aSlotOfWhoWantedToProposeIsNotUsedBeforeThereIsAnAnswer() throws Exception {
        clock.pass(Duration.ofHours(24));
        bob.keep();
        assertEquals(1, bob.cargo("alice"));
        List<Packet> key = alice.rides(ROOM_80);
        bob.hear(key.get(0));
        assertTrue(bob.ride().isEmpty());
        bob.hear(key.subList(1, 27));
        assertEquals(ControlCodes.KEM_ANSWER, bob.ride().orElseThrow().body()[0]);
    }

    @Test
    void progressCountsThePacketsOfBothSides() throws Exception {
        assertEquals(Protection.NONE, protection(alice));
        alice.keep();
        for (int i = 0; i < 3; i++) {
            bob.hear(alice.ride().orElseThrow());
        }
        assertEquals(new Protection(Optional.empty(), 3, 27 + 25), protection(alice));
        assertEquals(new Protection(Optional.empty(), 3, 27 + 25), protection(bob));
        bob.hear(alice.rides(ROOM_80));
        alice.hear(bob.rides(ROOM_80));
        bob.hear(alice.rides(ROOM_80));
        alice.hear(bob.rides(ROOM_80));
        assertEquals(new Protection(Optional.of(clock.instant()), 0, 0), protection(alice));
    }

    @Test
    void aFragmentOfAnEarlierExchangeDoesNotCountAsOneOfThisOne() throws Exception {
        alice.keep();
        alice.ride();
        byte[] other = id(alice, "bob");
        other[0] ^= 1;
        say(alice, "bob", ControlCodes.KEM_KEY, other, 100, new byte[400]);
        alice.say();
        assertEquals(44, alice.exchange("bob").orElseThrow().sent);
    }

    // ---- a key that arrives

    @Test
    void aFragmentWithoutContentBeginsNothing() throws Exception {
        sayKey(1, 0);
        assertTrue(bob.exchange("alice").isEmpty());
        sayKey(1, 0, (byte) 1);
        assertTrue(bob.exchange("alice").isPresent());
    }

    @Test
    void aFragmentOfAnEarlierSessionBeginsNothing() throws Exception {
        alice.keep();
        Packet early = alice.ride().orElseThrow();
        clock.pass(Duration.ofHours(2));
        alice.change((tx, after) -> alice.handshakes.lost(tx, after, alice.contact("bob")));
        alice.write("bob", "anew");
        ContactsBench.talk(alice, bob);
        bob.hear(early);
        assertTrue(bob.exchange("alice").isEmpty());
    }

    @Test
    void aLateFragmentOfAnExchangeThatIsOverBeginsNothingEvenADayLater() throws Exception {
        List<Packet> key = alice.rides(ROOM_80);
        bob.hear(key);
        alice.hear(bob.rides(ROOM_80));
        bob.hear(alice.rides(ROOM_80));
        alice.hear(bob.rides(ROOM_80));
        clock.pass(Duration.ofHours(25));
        alice.sayControl("bob", key.get(26).body());
        bob.hear(alice.say());
        assertTrue(bob.exchange("alice").isEmpty());
    }

    @Test
    void whoIsOffGathersNoKey() throws Exception {
        bob.postQuantum(PostQuantumMode.OFF);
        bob.hear(alice.rides(ROOM_80));
        assertTrue(bob.exchange("alice").isEmpty());
    }

    @Test
    void anotherKeyIsHeardTwentyHoursAfterOneThatFailed() throws Exception {
        sayKey(1, 0, (byte) 1);
        sayKey(1, 0, (byte) 2);
        assertTrue(bob.exchange("alice").isEmpty());
        clock.pass(SOONEST_ANSWER.minusSeconds(1));
        sayKey(2, 0, (byte) 1);
        assertTrue(bob.exchange("alice").isEmpty());
        clock.pass(Duration.ofSeconds(1));
        sayKey(3, 0, (byte) 1);
        assertArrayEquals(new byte[] {3, 3}, id(bob, "alice"));
    }

    @Test
    void whoGaveUpIsHeardAgainAfterTwentyHours() throws Exception {
        sayKey(1, 0, (byte) 1);
        clock.pass(SOONEST_ANSWER.minusSeconds(1));
        sayKey(2, 0, (byte) 1);
        assertArrayEquals(new byte[] {1, 1}, id(bob, "alice"));
        clock.pass(Duration.ofSeconds(1));
        sayKey(3, 0, (byte) 1);
        assertArrayEquals(new byte[] {3, 3}, id(bob, "alice"));
    }

    @Test
    void aProposalThatIsBeingAnsweredYieldsToNone() throws Exception {
        clock.pass(Duration.ofHours(24));
        alice.hear(bob.rides(ROOM_80));
        bob.hear(alice.ride().orElseThrow());
        byte[] own = id(bob, "alice");
        sayKey(1, 0, (byte) 1);
        assertArrayEquals(own, id(bob, "alice"));
    }

    @Test
    void aFragmentThatContradictsTheCompleteKeyEndsTheExchange() throws Exception {
        List<Packet> key = alice.rides(ROOM_80);
        bob.hear(key);
        assertEquals(1, bob.cargo("alice"));
        Packet first = key.get(0);
        first.body()[5] ^= 1;
        alice.sayControl("bob", first.body());
        bob.hear(alice.say());
        assertTrue(bob.exchange("alice").isEmpty());
        assertEquals(0, bob.cargo("alice"));
        assertTrue(bob.stage.audited.contains("post-quantum-aborted"));
    }

    // ---- an answer that arrives

    @Test
    void aFragmentThatContradictsAnEarlierOneOfTheAnswerEndsTheExchange() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        Packet first = bob.rides(ROOM_80).get(0);
        alice.hear(first);
        first.body()[5] ^= 1;
        bob.sayControl("alice", first.body());
        alice.hear(bob.say());
        assertTrue(alice.exchange("bob").isEmpty());
        assertTrue(alice.stage.audited.contains("post-quantum-aborted"));
    }

    @Test
    void aFragmentPastTheEndOfTheAnswerEndsTheExchange() throws Exception {
        alice.rides(ROOM_80);
        say(bob, "alice", ControlCodes.KEM_ANSWER, id(alice, "bob"), Kem.CIPHERTEXT_LENGTH, (byte) 1);
        alice.hear(bob.say());
        assertTrue(alice.exchange("bob").isEmpty());
    }

    @Test
    void nothingEndsAnExchangeWhoseAnswerIsComplete() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        List<Packet> answer = bob.rides(ROOM_80);
        alice.hear(answer);
        Packet first = answer.get(0);
        first.body()[5] ^= 1;
        bob.sayControl("alice", first.body());
        alice.hear(bob.say());
        assertTrue(alice.exchange("bob").isPresent());
    }

    // ---- once more

    @Test
    void theAnswerIsSentAgainWhenTheWholeKeyArrivesAgainThreeTimesAtMost() throws Exception {
        List<Packet> key = alice.rides(ROOM_80);
        bob.hear(key);
        assertEquals(25, bob.rides(ROOM_80).size());
        for (int again = 1; again <= 4; again++) {
            for (Packet packet : key.subList(0, 26)) {
                alice.sayControl("bob", packet.body());
            }
            bob.hear(alice.say());
            assertEquals(0, bob.cargo("alice"));
            alice.sayControl("bob", key.get(26).body());
            bob.hear(alice.say());
            assertEquals(again <= 3 ? 1 : 0, bob.cargo("alice"));
            assertEquals(again <= 3 ? 25 : 0, bob.rides(ROOM_80).size(), "repetition " + again);
        }
    }

    @Test
    void aKeyThatArrivesAgainDoesNotInterruptItsAnswer() throws Exception {
        List<Packet> key = alice.rides(ROOM_80);
        bob.hear(key);
        bob.ride();
        for (Packet packet : key) {
            alice.sayControl("bob", packet.body());
        }
        bob.hear(alice.say());
        assertEquals(44, ByteBuffer.wrap(bob.ride().orElseThrow().body()).getShort(3));
    }

    @Test
    void aKeyOfWhichSomeAnswerArrivedIsNotSentAgain() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        alice.hear(bob.ride().orElseThrow());
        clock.pass(Duration.ofHours(25));
        alice.keep();
        assertEquals(0, alice.cargo("bob"));
    }

    @Test
    void anIncompleteKeyIsGivenNoSlot() throws Exception {
        alice.keep();
        bob.hear(alice.ride().orElseThrow());
        bob.keep();
        assertEquals(0, bob.cargo("alice"));
    }

    // ---- key updates

    @Test
    void aTaggedKeyUpdateAfterTheEndOfItsExchangeCountsAsPlain() throws Exception {
        List<Packet> key = alice.rides(ROOM_80);
        bob.hear(key);
        alice.hear(bob.rides(ROOM_80));
        Packet first = key.get(0);
        first.body()[5] ^= 1;
        alice.sayControl("bob", first.body());
        bob.hear(alice.say());
        assertTrue(bob.exchange("alice").isEmpty());
        bob.hear(alice.rides(ROOM_80));
        ContactsBench.talk(alice, bob);
        assertEquals(1, alice.state("bob").rekeys);
        assertFalse(alice.state("bob").isProtected());
        assertTalks();
    }

    @Test
    void aTagBeforeTheKeyIsCompleteCountsAsNone() throws Exception {
        alice.keep();
        bob.hear(alice.ride().orElseThrow());
        alice.rekeyMessages(1);
        alice.write("bob", "time for new keys");
        List<Packet> said = alice.say();
        Packet update = said.get(said.size() - 1);
        byte[] tagged = Arrays.copyOf(update.body(), Handshakes.PROTECTED_UPDATE_LENGTH);
        System.arraycopy(id(bob, "alice"), 0, tagged, Handshakes.KEY_UPDATE_LENGTH, 2);
        bob.hear(said.subList(0, said.size() - 1));
        bob.hear(new Packet(
                update.type(),
                update.inbox(),
                update.chain(),
                update.position(),
                update.timestamp(),
                tagged,
                update.payload()));
        alice.rekeyMessages(100);
        ContactsBench.talk(alice, bob);
        assertEquals(1, bob.state("alice").rekeys);
        assertTalks();
    }

    /** Fragments count like messages, unless the key update of their exchange follows. */
    @Test
    void fragmentsCauseNewKeysOnlyAfterTheirExchange() throws Exception {
        alice.rekeyMessages(30);
        alice.rides(ROOM_80);
        alice.change((tx, after) -> {
            SessionState session = SessionState.get(tx, alice.contact("bob").id());
            session.pieces = 30;
            session.put(tx);
        });
        alice.write("bob", "during the exchange");
        alice.say();
        assertEquals(0, alice.count(PacketType.KEY_UPDATE));
        alice.postQuantum(PostQuantumMode.OFF);
        alice.keep();
        alice.write("bob", "after it");
        alice.say();
        assertEquals(1, alice.count(PacketType.KEY_UPDATE));
    }

    @Test
    void messagesThatWaitForProtectionAreTriedAgainOnceThereIsSome() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        alice.hear(bob.rides(ROOM_80));
        bob.hear(alice.rides(ROOM_80));
        Packet last = bob.rides(ROOM_80).get(0);
        AtomicInteger retries = new AtomicInteger();
        alice.stage.bus.on(Bus.Retry.class, retry -> retries.incrementAndGet());
        alice.hear(last);
        assertTrue(alice.state("bob").isProtected());
        assertEquals(1, retries.get());
    }

    @Test
    void aKeyUpdateIsUnderstoodWithTheSecretWhenItArrivesOnceMore() throws Exception {
        bob.hear(alice.rides(ROOM_80));
        alice.hear(bob.rides(ROOM_80));
        bob.hear(alice.rides(ROOM_80));
        assertEquals(1, bob.rides(ROOM_80).size(), "the answer, which is lost");
        assertTrue(bob.state("alice").isProtected());
        clock.pass(Duration.ofHours(25));
        alice.keep();
        List<Packet> again = alice.say();
        assertEquals(PacketType.KEY_UPDATE, again.get(0).type());
        bob.hear(again);
        ContactsBench.talk(alice, bob);
        assertTrue(alice.state("bob").isProtected());
        assertTalks();
    }

    // ---- the end

    @Test
    void anExchangeWithoutProgressEndsAfterFiveDays() throws Exception {
        alice.keep();
        alice.ride();
        clock.pass(Duration.ofDays(5).minusMillis(1));
        alice.keep();
        assertTrue(alice.exchange("bob").isPresent());
        clock.pass(Duration.ofMillis(1));
        alice.keep();
        assertTrue(alice.exchange("bob").isEmpty());
        assertTrue(alice.stage.audited.contains("post-quantum-stalled"));
    }

    /** What waits for the rest of a key sends nothing of its own. */
    @Test
    void fiveDaysCountFromWhenAFastClockWasSetBack() throws Exception {
        alice.keep();
        bob.hear(alice.ride().orElseThrow());
        bob.change((tx, after) -> {
            try (KemExchange fast =
                    KemExchange.find(tx, bob.contact("alice").id()).orElseThrow()) {
                fast.heard += Duration.ofDays(30).toMillis();
                fast.put(tx);
            }
        });
        bob.keep();
        clock.pass(Duration.ofDays(5));
        assertTrue(bob.exchange("alice").isPresent());
        bob.keep();
        assertTrue(bob.exchange("alice").isEmpty());
    }

    @Test
    void offEndsAnExchangeInPlaceOfDecoysAtOnce() throws Exception {
        alice.keep();
        alice.ride();
        alice.postQuantum(PostQuantumMode.OFF);
        alice.keep();
        assertTrue(alice.exchange("bob").isEmpty());
        assertEquals(0, alice.cargo("bob"));
        assertFalse(alice.stage.audited.contains("post-quantum-stalled"));
    }
}
