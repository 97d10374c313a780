package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.SendChain;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.messaging.state.Bus;

/** Which chains of a session are read, and until when (PROTOCOL 5 and 6). */
class SessionChainsTest extends TwoPeople {
    private static List<ReceiveChainRecord> chains(ContactsBench bench, String contact, ChainKind kind) {
        return bench.chains(contact).stream()
                .filter(chain -> chain.kind() == kind)
                .toList();
    }

    private static ReceiveChainState watch(ContactsBench bench, String contact) {
        return bench.stage.recognition.chains.of(bench.contact(contact).id()).stream()
                .filter(chain -> chain.entry.kind() == ChainKind.ANSWERED)
                .findFirst()
                .orElseThrow();
    }

    private long inHours(int hours) {
        return clock.instant().plus(Duration.ofHours(hours)).toEpochMilli();
    }

    // ---- answers of other servers

    @Test
    void anAnswerTakesThePlaceAfterThoseOfOtherServers() throws Exception {
        int contact = bob.contact("alice").id();
        assertEquals(0, bob.sessionChains.answerPlace(contact, new byte[8], 0), "nothing is watched");
        alice.sessions.open(Optional.empty(), "bob");
        bob.hear(alice.say());
        ReceiveChainState watched = watch(bob, "alice");
        byte[] name = watched.entry.session();
        assertEquals(0, bob.sessionChains.answerPlace(contact, name, 0));
        watched.chain.use(0, clock.instant(), (at, hint) -> {}, (at, hint) -> {});
        assertEquals(1, bob.sessionChains.answerPlace(contact, name, 0));
        assertEquals(0, bob.sessionChains.answerPlace(contact, new byte[8], 0), "another chain");
        assertEquals(63, bob.sessionChains.answerPlace(contact, new byte[8], 63), "another chain");
        assertEquals(63, bob.sessionChains.answerPlace(contact, name, 63));
        watched.chain.use(63, clock.instant(), (at, hint) -> {}, (at, hint) -> {});
        assertEquals(64, bob.sessionChains.answerPlace(contact, name, 63));
        assertEquals(2, bob.sessionChains.answerPlace(contact, name, 2));
        assertEquals(inHours(24), watched.entry.retires());
    }

    @Test
    void ourAnswerIsRememberedForItsOwnChainOnly() throws Exception {
        int contact = bob.contact("alice").id();
        alice.sessions.open(Optional.empty(), "bob");
        bob.hear(alice.say());
        byte[] hash = {1, 2, 3};
        bob.change((tx, after) -> bob.sessionChains.answered(tx, after, contact, new byte[8], hash));
        assertEquals(null, watch(bob, "alice").entry.answer());
        byte[] name = watch(bob, "alice").entry.session();
        bob.change((tx, after) -> bob.sessionChains.answered(tx, after, contact, name, hash));
        assertArrayEquals(hash, watch(bob, "alice").entry.answer());
        try (ContactsBench next = bob.reborn()) {
            assertArrayEquals(hash, watch(next, "alice").entry.answer());
        }
    }

    @Test
    void anAnswerOfAnotherServerThatArrivedFirstIsReadAgain() throws Exception {
        alice.sessions.open(Optional.empty(), "bob");
        Packet init = alice.say().get(0);
        ReceiveChainState offer =
                alice.stage.recognition.chains.of(alice.contact("bob").id()).get(0);
        missed(bob, StoredSessionChains.answerHint(offer));
        AtomicInteger expected = expected(bob);
        bob.hear(init);
        assertTrue(expected.get() > 0);
    }

    @Test
    void oldFilesWatchForNoAnswers() throws Exception {
        alice.sessions.open(Optional.empty(), "bob");
        bob.hear(alice.say());
        bob.mend();
        assertEquals(List.of(), chains(bob, "alice", ChainKind.ANSWERED));
    }

    // ---- packets of our own

    /** A packet with this locator has arrived before it could be recognised. */
    private void missed(ContactsBench bench, long hint) {
        byte[] payload = new byte[80];
        payload[0] = Packets.VERSION;
        ByteBuffer.wrap(payload).putLong(1, hint);
        Candidate candidate = new Candidate(Network.REGTEST.code(), payload, new byte[32], null, clock.millis(), "");
        bench.stage.recognition.unmatched.add(candidate.id(), candidate);
    }

    private static AtomicInteger expected(ContactsBench bench) {
        AtomicInteger expected = new AtomicInteger();
        bench.stage.bus.on(Bus.Expected.class, event -> expected.incrementAndGet());
        return expected;
    }

    @Test
    void aPacketOfACopyThatArrivedTooEarlyIsReadAgain() throws Exception {
        ContactsBench.open(alice, bob);
        AtomicInteger expected = expected(alice);
        alice.sessionChains.expectOwn(alice.state("bob"));
        assertEquals(0, expected.get());
        try (SendChain chain = alice.stage.chains.decodeSend(alice.state("bob").chain)) {
            SendChain.Step step = chain.step();
            step.secret().close();
            missed(alice, step.hint());
        }
        alice.sessionChains.expectOwn(alice.state("bob"));
        assertEquals(1, expected.get());
    }

    // ---- handshakes that are no longer answered

    @Test
    void anAnsweredHandshakeIsKeptForAnHourAndOthersForADay() throws Exception {
        alice.write("bob", "patient");
        Packet first = alice.say().get(0);
        clock.pass(Duration.ofHours(7));
        alice.keep();
        Packet second = alice.say().get(0);
        bob.hear(second);
        alice.hear(bob.say());
        assertOffers(alice);
        try (ContactsBench next = alice.reborn()) {
            assertOffers(next);
        }
        assertEquals(first.type(), second.type());
    }

    private void assertOffers(ContactsBench bench) {
        List<ReceiveChainRecord> offers = chains(bench, "bob", ChainKind.REPLY);
        assertEquals(
                List.of(inHours(24), inHours(1)),
                offers.stream().map(ReceiveChainRecord::retires).toList());
        assertEquals(0, offers.get(0).answer().length);
        assertFalse(offers.get(1).answer().length == 0);
    }

    @Test
    void aReportOfAnotherSessionRevivesOnlyTheHandshakeThatItNames() throws Exception {
        bob.sessions.open(Optional.empty(), "alice");
        bob.say();
        alice.write("bob", "one");
        ContactsBench.talk(alice, bob);
        byte[] answered = {1, 2, 3, 4, 5, 6, 7, 8};
        bob.change((tx, after) -> {
            SessionState session = bob.sessionState(tx, "alice");
            session.shaken(answered);
            session.put(tx);
        });
        alice.write("bob", "two");
        Packet packet = alice.say().get(0);
        byte[] report = ByteBuffer.allocate(10)
                .put(ControlCodes.CLOSE)
                .put(ControlCodes.CLOSE_REPLACED)
                .put(answered)
                .array();
        bob.hear(new Packet(
                PacketType.CONTROL,
                null,
                packet.chain(),
                packet.position(),
                packet.timestamp(),
                report,
                packet.payload()));
        assertEquals(Sessions.State.OPENING, bob.session("alice"));
        assertEquals(0, chains(bob, "alice", ChainKind.REPLY).get(0).answer().length);
    }

    @Test
    void onlyAHandshakeThatWasNotSentIsForgottenWhenItIsClosed() throws Exception {
        alice.sessions.open(Optional.empty(), "bob");
        alice.say();
        int sent = alice.chains("bob").get(0).number();
        clock.pass(HandshakeLimits.SOONEST_RETRY);
        alice.sessions.openAgain(Optional.empty(), "bob");
        alice.sessions.close(Optional.empty(), "bob");
        assertEquals(
                List.of(sent),
                chains(alice, "bob", ChainKind.REPLY).stream()
                        .map(ReceiveChainRecord::number)
                        .toList());
    }

    // ---- the end of a session

    @Test
    void theChainsOfAReplacedSessionAreReadForADay() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        long until = inHours(24);
        assertEquals(until, chains(alice, "bob", ChainKind.SESSION).get(0).retires());
        try (ContactsBench next = alice.reborn()) {
            assertEquals(until, chains(next, "bob", ChainKind.SESSION).get(0).retires());
        }
        clock.pass(Duration.ofHours(1));
        bob.hear(alice.say());
        alice.hear(bob.say());
        assertEquals(
                List.of(until, 0L),
                chains(alice, "bob", ChainKind.SESSION).stream()
                        .map(ReceiveChainRecord::retires)
                        .toList(),
                "a later end does not make it longer");
        try (ContactsBench next = alice.reborn()) {
            assertEquals(
                    List.of(until, 0L),
                    chains(next, "bob", ChainKind.SESSION).stream()
                            .map(ReceiveChainRecord::retires)
                            .toList());
        }
    }

    @Test
    void theAnswerNamesTheSessionThatReplacedAnother() throws Exception {
        ContactsBench.open(alice, bob);
        clock.pass(Duration.ofMinutes(2));
        alice.sessions.openAgain(Optional.empty(), "bob");
        bob.hear(alice.say());
        long hint;
        try (SecretBytes key = SecretBytes.copyOf(bob.state("alice").replyChain);
                SendChain chain = bob.stage.chains.send(key, clock.instant())) {
            SendChain.Step step = chain.step();
            step.secret().close();
            hint = step.hint();
        }
        Packet report = bob.say().stream()
                .filter(packet -> packet.type() == PacketType.CONTROL)
                .findFirst()
                .orElseThrow();
        assertEquals(hint, ByteBuffer.wrap(report.body()).getLong(2));
    }
}
