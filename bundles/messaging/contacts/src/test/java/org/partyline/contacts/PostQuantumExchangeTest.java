package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Kem;
import org.partyline.api.packet.PacketType;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.sessions.KemExchange;
import org.partyline.testkit.HandSetClock;

/** Post-quantum key exchanges between two benches (PROTOCOL 6.2). */
class PostQuantumExchangeTest {
    private final HandSetClock clock = new HandSetClock();
    private ContactsBench alice = new ContactsBench(clock);
    private ContactsBench bob = new ContactsBench(clock);

    @BeforeEach
    void open() throws PartylineException {
        ContactsBench.meet(alice, bob);
        alice.postQuantum(PostQuantumMode.COVER);
        bob.postQuantum(PostQuantumMode.COVER);
        ContactsBench.open(alice, bob);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Uses slots of both sides until neither has anything to send in one. @return the number of packets that left */
    private int slots() throws PartylineException {
        int packets = 0;
        boolean more = true;
        while (more) {
            more = false;
            alice.keep();
            bob.keep();
            Optional<Packet> out = alice.ride();
            if (out.isPresent()) {
                bob.hear(out.get());
            }
            Optional<Packet> back = bob.ride();
            if (back.isPresent()) {
                alice.hear(back.get());
            }
            ContactsBench.talk(alice, bob);
            int left = (out.isPresent() ? 1 : 0) + (back.isPresent() ? 1 : 0);
            packets += left;
            more = left > 0;
        }
        return packets;
    }

    private void assertProtected() throws PartylineException {
        assertTrue(alice.state("bob").isProtected());
        assertTrue(bob.state("alice").isProtected());
        assertTrue(alice.exchange("bob").isEmpty());
        assertTrue(bob.exchange("alice").isEmpty());
        assertTalks();
    }

    private void assertTalks() throws PartylineException {
        int before = bob.received().size();
        alice.write("bob", "there");
        bob.write("alice", "and back");
        ContactsBench.talk(alice, bob);
        assertEquals(before + 1, bob.received().size());
        assertTrue(alice.received().contains("and back"));
        assertTrue(alice.early.isEmpty());
        assertTrue(bob.early.isEmpty());
    }

    @Test
    void anExchangeInThePlaceOfDecoysTakes54PacketsAndNoOther() throws Exception {
        long updates = alice.count(PacketType.KEY_UPDATE) + bob.count(PacketType.KEY_UPDATE);
        long controls = alice.count(PacketType.CONTROL) + bob.count(PacketType.CONTROL);
        assertEquals(27 + 25 + 2, slots());
        assertEquals(updates, alice.count(PacketType.KEY_UPDATE) + bob.count(PacketType.KEY_UPDATE));
        assertEquals(controls, alice.count(PacketType.CONTROL) + bob.count(PacketType.CONTROL));
        assertProtected();
    }

    @Test
    void bothDirectionsOfBothSidesTakeTheSecretIn() throws Exception {
        List<String> secrets = new ArrayList<>();
        List<SecretBytes> used = new ArrayList<>();
        alice.stage.put(Handshakes.class, noting(alice.stage.handshakes, secrets, used));
        bob.stage.put(Handshakes.class, noting(bob.stage.handshakes, secrets, used));
        slots();
        assertEquals(4, secrets.size(), "chains that were derived");
        assertEquals(1, Set.copyOf(secrets).size(), "all with the same secret");
        assertFalse(secrets.contains(""), "none without one");
        assertTrue(used.stream().allMatch(PostQuantumExchangeTest::isWiped));
    }

    private static boolean isWiped(SecretBytes secret) {
        try {
            secret.expose();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** Records the secret of each derivation of a new chain; empty: none was included. */
    private static Handshakes noting(Handshakes real, List<String> secrets, List<SecretBytes> used) {
        return (Handshakes) Proxy.newProxyInstance(
                Handshakes.class.getClassLoader(), new Class<?>[] {Handshakes.class}, (self, method, arguments) -> {
                    if (method.getName().equals("rekey")) {
                        SecretBytes secret = arguments.length == 4 ? null : (SecretBytes) arguments[4];
                        secrets.add(secret == null ? "" : HexFormat.of().formatHex(secret.expose()));
                        if (secret != null) {
                            used.add(secret);
                        }
                    }
                    return method.invoke(real, arguments);
                });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void piecesOfAnySizeInAnyOrderAndTwiceOver(long seed) throws Exception {
        Random random = new Random(seed);
        List<Packet> key = new ArrayList<>();
        alice.keep();
        Optional<Packet> next = alice.ride(6 + random.nextInt(480));
        while (next.isPresent()) {
            key.add(next.get());
            next = alice.ride(6 + random.nextInt(480));
        }
        Collections.shuffle(key, random);
        bob.hear(key);
        List<Packet> answer = bob.rides(33 + random.nextInt(448));
        Collections.shuffle(answer, random);
        alice.hear(answer);
        slots();
        assertProtected();
    }

    @Test
    void everyStepIsStoredBeforeItIsActedOn() throws Exception {
        boolean more = true;
        int steps = 0;
        while (more && steps++ < 200) {
            alice = reborn(alice);
            bob = reborn(bob);
            more = slot();
        }
        assertProtected();
    }

    private ContactsBench reborn(ContactsBench bench) throws PartylineException {
        ContactsBench next = bench.reborn();
        next.postQuantum(PostQuantumMode.COVER);
        bench.close();
        return next;
    }

    private boolean slot() throws PartylineException {
        alice.keep();
        bob.keep();
        Optional<Packet> out = alice.ride();
        if (out.isPresent()) {
            bob.hear(out.get());
        }
        Optional<Packet> back = bob.ride();
        if (back.isPresent()) {
            alice.hear(back.get());
        }
        return out.isPresent() || back.isPresent();
    }

    @Test
    void anOldCopyOfTheStoreBeginsAnotherExchangeWithItsNewSession() throws Exception {
        bob.hear(alice.rides(ContactsBench.ROOM_80));
        byte[] first = alice.exchange("bob").orElseThrow().id;
        clock.pass(Duration.ofHours(2));
        alice.mend();
        assertTrue(alice.exchange("bob").isEmpty());
        ContactsBench.talk(alice, bob);
        assertTrue(alice.isOpen("bob"));
        assertTrue(bob.exchange("alice").isEmpty(), "it was a part of the session before");
        slots();
        assertProtected();
        assertFalse(alice.state("bob").hasEnded(first));
    }

    @Test
    void aRotationInTheMiddleOfAnExchangeDisturbsItNot() throws Exception {
        bob.hear(alice.rides(ContactsBench.ROOM_80));
        alice.personas.rotate(Optional.empty(), false);
        ContactsBench.talk(alice, bob);
        slots();
        assertProtected();
    }

    @Test
    void aPaidExchangeIsStoredBeforeItIsActedOn() throws Exception {
        alice.postQuantum(PostQuantumMode.OFF);
        bob.postQuantum(PostQuantumMode.OFF);
        alice.sessions.protect(Optional.empty(), "bob");
        for (int step = 0; step < 6; step++) {
            alice = in(alice.reborn(), PostQuantumMode.OFF);
            bob = in(bob.reborn(), PostQuantumMode.PAY);
            alice.keep();
            bob.keep();
            ContactsBench.talk(alice, bob);
        }
        assertProtected();
    }

    private static ContactsBench in(ContactsBench bench, PostQuantumMode mode) {
        bench.postQuantum(mode);
        return bench;
    }

    @Test
    void payLeavesAtOnceInTheLargestPackets() throws Exception {
        alice.postQuantum(PostQuantumMode.PAY);
        bob.postQuantum(PostQuantumMode.PAY);
        alice.stage.sizes.most = 512;
        bob.stage.sizes.most = 512;
        alice.keep();
        ContactsBench.talk(alice, bob);
        bob.keep();
        ContactsBench.talk(alice, bob);
        assertEquals(3, count(alice, ControlCodes.KEM_KEY));
        assertEquals(3, count(bob, ControlCodes.KEM_ANSWER));
        assertEquals(1, alice.count(PacketType.KEY_UPDATE));
        assertEquals(1, bob.count(PacketType.KEY_UPDATE));
        assertProtected();
    }

    private static long count(ContactsBench bench, byte code) throws StoreException {
        return bench.queued(PacketType.CONTROL).stream()
                .filter(outgoing -> outgoing.control() == code)
                .count();
    }

    @Test
    void offNeitherProposesNorAnswers() throws Exception {
        bob.postQuantum(PostQuantumMode.OFF);
        assertEquals(27, slots());
        assertTrue(bob.exchange("alice").isEmpty());
        assertFalse(alice.state("bob").isProtected());
        alice.postQuantum(PostQuantumMode.OFF);
        alice.keep();
        assertTrue(alice.exchange("bob").isEmpty());
        assertTalks();
    }

    @Test
    void aContactWithAnAccountOfItsOwnNeverRidesOnDecoys() throws Exception {
        alice.contacts.setAccount(Optional.empty(), "bob", "work");
        assertEquals(0, slots());
    }

    @Test
    void withoutTheBundleSessionsGoOnAndTheExchangeWaits() throws Exception {
        alice.stage.stop(Kem.class);
        assertEquals(0, slots());
        assertTalks();
        alice.stage.start(Kem.class);
        bob.stage.stop(Kem.class);
        assertEquals(27, slots());
        assertTalks();
        bob.stage.start(Kem.class);
        alice.stage.stop(Kem.class);
        assertEquals(25, slots());
        alice.stage.start(Kem.class);
        assertEquals(2, slots());
        assertProtected();
    }

    @Test
    void aLostPieceIsSentAgainAfterADay() throws Exception {
        List<Packet> key = alice.rides(ContactsBench.ROOM_80);
        key.remove(3);
        bob.hear(key);
        assertEquals(0, slots());
        clock.pass(Duration.ofHours(25));
        assertEquals(27 + 25 + 2, slots());
        assertProtected();
    }

    @Test
    void aLostPieceIsSentAgainADayAfterTheClockIsRight() throws Exception {
        List<Packet> key = alice.rides(ContactsBench.ROOM_80);
        key.remove(3);
        bob.hear(key);
        KemExchange fast = alice.exchange("bob").orElseThrow();
        fast.begun += Duration.ofDays(30).toMillis();
        fast.sentAll += Duration.ofDays(30).toMillis();
        alice.stage.guard.<StoreException>perform(() -> alice.stage.guard.update(fast::put));
        assertEquals(0, slots());
        clock.pass(Duration.ofHours(25));
        assertEquals(27 + 25 + 2, slots());
        assertProtected();
    }

    @Test
    void aLostAnswerIsSentAgain() throws Exception {
        bob.hear(alice.rides(ContactsBench.ROOM_80));
        bob.rides(ContactsBench.ROOM_80);
        clock.pass(Duration.ofHours(25));
        slots();
        assertProtected();
    }

    @Test
    void whoIsNeverAnsweredSendsFourTimesAndBeginsAnotherLater() throws Exception {
        bob.postQuantum(PostQuantumMode.OFF);
        byte[] first = null;
        int packets = slots();
        for (int day = 0; day < 4; day++) {
            first = alice.exchange("bob").orElseThrow().id;
            clock.pass(Duration.ofHours(25));
            packets += slots();
        }
        assertEquals(4 * 27, packets);
        assertTrue(alice.exchange("bob").isEmpty());
        assertEquals(27, slots());
        assertFalse(Arrays.equals(first, alice.exchange("bob").orElseThrow().id));
        assertTrue(alice.stage.audited.contains("post-quantum-unanswered"));
    }

    @Test
    void ofTwoProposalsAtOnceTheInitiatorsStands() throws Exception {
        clock.pass(Duration.ofHours(25));
        List<Packet> own = alice.rides(ContactsBench.ROOM_80);
        List<Packet> other = bob.rides(ContactsBench.ROOM_80);
        assertEquals(27, own.size());
        assertEquals(27, other.size());
        alice.hear(other);
        bob.hear(own);
        assertArrayEquals(
                alice.exchange("bob").orElseThrow().id, bob.exchange("alice").orElseThrow().id);
        slots();
        assertProtected();
    }

    @Test
    void aPieceThatContradictsOneBeforeEndsTheExchange() throws Exception {
        List<Packet> key = alice.rides(ContactsBench.ROOM_80);
        bob.hear(key.subList(0, 5));
        bob.hear(changed(key.get(5), 3, key.get(4).body()));
        assertTrue(bob.exchange("alice").isEmpty());
        assertTrue(bob.stage.audited.contains("post-quantum-aborted"));
        bob.hear(key.subList(6, 27));
        assertTrue(bob.exchange("alice").isEmpty());
        assertTalks();
    }

    /** A packet with the offset of another, and other bytes. */
    private static Packet changed(Packet packet, int at, byte[] offset) {
        byte[] body = packet.body().clone();
        body[at] = offset[3];
        body[at + 1] = offset[4];
        return new Packet(
                packet.type(),
                packet.inbox(),
                packet.chain(),
                packet.position(),
                packet.timestamp(),
                body,
                packet.payload());
    }

    @Test
    void aPieceThatGoesPastTheEndEndsTheExchange() throws Exception {
        List<Packet> key = alice.rides(ContactsBench.ROOM_80);
        bob.hear(key.get(0));
        bob.hear(changed(key.get(1), 3, new byte[] {0, 0, 0, 4, (byte) 160}));
        assertTrue(bob.exchange("alice").isEmpty());
    }

    @Test
    void aKeyOutOfRangeIsDroppedAndReported() throws Exception {
        byte[] key = new byte[Kem.KEY_LENGTH];
        Arrays.fill(key, (byte) 0xff);
        byte[] id = bob.stage.handshakes.exchangeId(key);
        sayKey(key, id);
        assertTrue(bob.stage.audited.contains("post-quantum-key-refused"));
        assertTrue(bob.exchange("alice").isEmpty());
        assertTalks();
    }

    @Test
    void aKeyWithAnotherIdIsDroppedAndReported() throws Exception {
        sayKey(new byte[Kem.KEY_LENGTH], new byte[] {1, 2});
        assertTrue(bob.stage.audited.contains("post-quantum-key-refused"));
        assertTrue(bob.exchange("alice").isEmpty());
    }

    private void sayKey(byte[] key, byte[] id) throws PartylineException {
        alice.postQuantum(PostQuantumMode.OFF);
        for (int offset = 0; offset < key.length; offset += 400) {
            int length = Math.min(400, key.length - offset);
            byte[] body = ByteBuffer.allocate(5 + length)
                    .put(ControlCodes.KEM_KEY)
                    .put(id)
                    .putShort((short) offset)
                    .put(key, offset, length)
                    .array();
            alice.sayControl("bob", body);
        }
        ContactsBench.talk(alice, bob);
    }

    @Test
    void aChangedCiphertextGivesPlainKeysTwiceAndThenAnotherExchange() throws Exception {
        bob.hear(alice.rides(ContactsBench.ROOM_80));
        List<Packet> answer = bob.rides(ContactsBench.ROOM_80);
        Packet first = answer.get(0);
        first.body()[10] ^= 1;
        alice.hear(answer);
        int rekeys = alice.state("bob").rekeys;
        slots();
        assertTrue(bob.stage.audited.contains("post-quantum-tag-refused"));
        assertTrue(alice.stage.audited.contains("post-quantum-failed"));
        assertEquals(rekeys + 2, alice.state("bob").rekeys);
        assertFalse(alice.state("bob").isProtected());
        assertFalse(bob.state("alice").isProtected());
        assertTalks();
        clock.pass(Duration.ofHours(25));
        slots();
        assertProtected();
    }

    @Test
    void aKeyUpdateWithTheIdOfAnotherExchangeCountsAsPlain() throws Exception {
        bob.hear(alice.rides(ContactsBench.ROOM_80));
        alice.hear(bob.rides(ContactsBench.ROOM_80));
        List<Packet> tagged = alice.rides(ContactsBench.ROOM_80);
        assertEquals(1, tagged.size());
        tagged.get(0).body()[Handshakes.KEY_UPDATE_LENGTH] ^= 1;
        bob.hear(tagged);
        assertFalse(bob.state("alice").peerTagged);
        assertFalse(bob.stage.audited.contains("post-quantum-tag-refused"));
        ContactsBench.talk(alice, bob);
        assertFalse(alice.state("bob").isProtected());
        assertFalse(bob.state("alice").isProtected());
        slots();
        assertProtected();
    }

    @Test
    void aPieceOfAnotherAnswerIsNoPieceOfThisOne() throws Exception {
        bob.hear(alice.rides(ContactsBench.ROOM_80));
        List<Packet> answer = bob.rides(ContactsBench.ROOM_80);
        byte[] strange = answer.get(0).body().clone();
        strange[1] ^= 1;
        strange[10] ^= 1;
        bob.sayControl("alice", strange);
        alice.hear(bob.say());
        alice.hear(answer);
        slots();
        assertProtected();
    }

    @Test
    void aKeyUpdateThatCrossesCountsAsPlainAndTheNextTakesTheSecretIn() throws Exception {
        bob.hear(alice.rides(ContactsBench.ROOM_80));
        bob.rekeyMessages(1);
        bob.write("alice", "time for new keys");
        List<Packet> plain = bob.say();
        alice.hear(bob.rides(ContactsBench.ROOM_80));
        List<Packet> tagged = alice.rides(ContactsBench.ROOM_80);
        assertEquals(1, tagged.size());
        alice.hear(plain);
        bob.hear(tagged);
        assertFalse(alice.state("bob").isProtected());
        bob.rekeyMessages(100);
        slots();
        assertProtected();
    }

    @Test
    void aKeyUpdateFindsNoSlotWithRoomAndLeavesAsAnyOther() throws Exception {
        bob.hear(alice.rides(33));
        alice.hear(bob.rides(33));
        assertTrue(alice.rides(33).isEmpty());
        clock.pass(Duration.ofMinutes(61));
        alice.keep();
        ContactsBench.talk(alice, bob);
        assertTrue(bob.rides(33).isEmpty());
        clock.pass(Duration.ofMinutes(61));
        bob.keep();
        ContactsBench.talk(alice, bob);
        assertEquals(1, alice.count(PacketType.KEY_UPDATE));
        assertEquals(1, bob.count(PacketType.KEY_UPDATE));
        assertProtected();
    }

    @Test
    void aNewSessionIsNotProtectedAndForgetsTheExchange() throws Exception {
        slots();
        assertProtected();
        clock.pass(Duration.ofHours(2));
        alice.change((tx, after) -> alice.handshakes.lost(tx, after, alice.contact("bob")));
        alice.write("bob", "anew");
        ContactsBench.talk(alice, bob);
        assertTrue(alice.isOpen("bob"));
        assertFalse(alice.state("bob").isProtected());
        assertFalse(bob.state("alice").isProtected());
        slots();
        assertProtected();
    }

    @Test
    void secretsAreErasedAfterTheExchange() throws Exception {
        slots();
        assertProtected();
        alice.write("bob", "one more");
        bob.write("alice", "one more");
        ContactsBench.talk(alice, bob);
        for (ContactsBench bench : List.of(alice, bob)) {
            String other = bench == alice ? "bob" : "alice";
            assertTrue(bench.exchange(other).isEmpty());
            assertEquals(null, bench.state(other).lastSecret);
            assertEquals(null, bench.state(other).ownTag);
        }
    }

    @Test
    void latePiecesOfAnExchangeThatIsOverBeginNoOther() throws Exception {
        List<Packet> key = alice.rides(ContactsBench.ROOM_80);
        Packet late = key.get(26);
        bob.hear(key);
        slots();
        assertProtected();
        alice.sayControl("bob", late.body());
        ContactsBench.talk(alice, bob);
        assertTrue(bob.exchange("alice").isEmpty());
    }

    @Test
    void anotherExchangeComesAfterThirtyDays() throws Exception {
        slots();
        assertProtected();
        long since = alice.state("bob").protectedSince;
        clock.pass(Duration.ofDays(29));
        assertEquals(0, slots());
        clock.pass(Duration.ofDays(2));
        assertTrue(slots() >= 54);
        assertEquals(since, alice.state("bob").protectedSince);
        assertProtected();
    }
}
