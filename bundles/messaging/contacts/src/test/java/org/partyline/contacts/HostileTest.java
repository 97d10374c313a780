package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.Sessions;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.Handshakes;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.messaging.sessions.SessionState;
import org.partyline.testkit.HandSetClock;

/** Two people with a session, and an attacker who has their cards, or their files. */
class HostileTest {
    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench alice = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);

    @BeforeEach
    void meet() throws Exception {
        ContactsBench.meet(alice, bob);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void talk() throws Exception {
        ContactsBench.talk(alice, bob);
    }

    private long seconds() {
        return clock.instant().getEpochSecond();
    }

    // ---- someone with the card

    /**
     * Alice has requested a session; someone with bob's card reads that, and sends something on the chain of the
     * answer.
     */
    private List<Packet> onReplyChain(PacketType type, byte[]... bodies) throws Exception {
        alice.write("bob", "are you there?");
        List<Packet> init = alice.say();
        byte[] chain = alice.chains("bob").get(0).session();
        for (int position = 0; position < bodies.length; position++) {
            alice.hear(new Packet(type, null, chain, position, seconds(), bodies[position], new byte[80]));
        }
        return init;
    }

    @Test
    void whoHasTheCardCannotPutWordsIntoItsOwnersMouth() throws Exception {
        byte[] words = "send the money".getBytes(StandardCharsets.UTF_8);
        List<Packet> init = onReplyChain(PacketType.TEXT, words, words, words);
        assertEquals(List.of(), alice.received());
        bob.hear(init);
        talk();
        assertEquals(List.of("are you there?"), bob.received());
    }

    @Test
    void whoHasTheCardCannotSpoilItsOwnersAnswer() throws Exception {
        List<Packet> init = onReplyChain(PacketType.HANDSHAKE_RESP, new byte[Handshakes.RESP_LENGTH]);
        assertEquals(Sessions.State.OPENING, alice.session("bob"));
        bob.hear(init);
        talk();
        assertEquals(List.of("are you there?"), bob.received());
    }

    @Test
    void aHandshakeThatSomebodySealsAgainDoesNotTakeTheSessionsPlace() throws Exception {
        ContactsBench.open(alice, bob);
        Packet init = alice.said.get(0);
        assertEquals(PacketType.HANDSHAKE_INIT, init.type());
        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofMinutes(7));
            bob.hear(init.sealedAgain(init.inbox(), seconds()));
        }
        bob.write("alice", "three");
        talk();
        assertEquals(List.of("two", "three"), alice.received());
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
    }

    @Test
    void aFloodOfHandshakesIsNotAnsweredForEver() throws Exception {
        for (int i = 0; i < 30; i++) {
            clock.pass(Duration.ofSeconds(5));
            bob.hear(handshakeOfAlices());
            bob.say();
        }
        assertEquals(HandshakeLimits.MOST_ANSWERS, bob.count(PacketType.HANDSHAKE_RESP));
    }

    @Test
    void aHandshakeThatIsNoNewerThanTheOpenSessionDoesNotTakeItsPlace() throws Exception {
        Packet ofAlice = handshakeOfAlices();
        Packet ofBob = handshake(bob, alice);
        clock.pass(Duration.ofMinutes(1));
        ContactsBench.open(alice, bob);
        SessionState atBob = bob.state("alice");
        SessionState atAlice = alice.state("bob");
        clock.pass(Duration.ofMinutes(1));

        bob.hear(ofAlice);
        alice.hear(ofBob);
        // Made in the same second as the session.
        bob.hear(handshakeOfAlices().sealedAgain(ofAlice.inbox(), atBob.respTime));
        alice.hear(handshake(bob, alice).sealedAgain(ofBob.inbox(), atAlice.respTime));

        assertArrayEquals(atBob.name, bob.state("alice").name);
        assertArrayEquals(atAlice.name, alice.state("bob").name);
        assertEquals(1, bob.count(PacketType.HANDSHAKE_RESP));
        assertEquals(0, alice.count(PacketType.HANDSHAKE_RESP));
        // A newer one does.
        bob.hear(handshakeOfAlices());
        assertFalse(Arrays.equals(atBob.name, bob.state("alice").name));
    }

    /** A request that lost against another one was not acted on. Someone with the card keeps it for later. */
    @Test
    void aHandshakeThatLostDoesNotEndTheSessionWhenSomebodySealsItAgain() throws Exception {
        boolean lower = alice.isLowerThan(bob);
        ContactsBench winner = lower ? alice : bob;
        ContactsBench loser = lower ? bob : alice;
        alice.write("bob", "one");
        bob.write("alice", "two");
        List<Packet> ofWinner = winner.say();
        List<Packet> ofLoser = loser.say();
        winner.hear(ofLoser);
        loser.hear(ofWinner);
        talk();
        assertTrue(alice.isOpen("bob") && bob.isOpen("alice"));

        sealedAgainLater(ofLoser.get(0), winner);
    }

    /** The first of two requests was read after the second one, and is older than the session. */
    @Test
    void aHandshakeThatWasReadTooLateDoesNotEndTheSessionWhenSomebodySealsItAgain() throws Exception {
        alice.write("bob", "one");
        Packet first = alice.say().get(0);
        clock.pass(Duration.ofHours(7));
        alice.keep();
        bob.hear(alice.say());
        bob.hear(first);
        talk();
        clock.pass(Duration.ofMinutes(1));
        alice.write("bob", "still me");
        bob.write("alice", "two");
        talk();

        sealedAgainLater(first, bob);
    }

    private void sealedAgainLater(Packet init, ContactsBench reader) throws Exception {
        for (Duration later : List.of(Duration.ofMinutes(20), Duration.ofHours(30))) {
            clock.pass(later);
            long answers = reader.count(PacketType.HANDSHAKE_RESP);
            reader.hear(init.sealedAgain(init.inbox(), seconds()));
            talk();
            assertEquals(answers, reader.count(PacketType.HANDSHAKE_RESP));
            alice.write("bob", "after " + later);
            bob.write("alice", "after " + later);
            talk();
            assertTrue(alice.received().contains("after " + later), alice.received()::toString);
            assertTrue(bob.received().contains("after " + later), bob.received()::toString);
        }
        assertEquals(List.of(), alice.notices());
        assertEquals(List.of(), bob.notices());
    }

    private Packet handshakeOfAlices() throws PartylineException {
        return handshake(alice, bob);
    }

    private Packet handshake(ContactsBench from, ContactsBench to) throws PartylineException {
        try (Handshakes.Initiation made = from.stage.handshakes.initiate(
                Network.REGTEST,
                from.keys().keys,
                to.keys().keys.identity(),
                Set.of(AeadId.XCHACHA20_POLY1305),
                from.stage.random)) {
            byte[] inbox = to.keys().keys.inboxSecret().expose().clone();
            return new Packet(PacketType.HANDSHAKE_INIT, inbox, null, 0, seconds(), made.body(), new byte[80]);
        }
    }

    /** A packet that was not acted on does not count as used. */
    @Test
    void aHandshakeThatSomebodySealedWithAnOldTimeFirstIsStillAnswered() throws Exception {
        alice.write("bob", "one");
        talk();
        bob.sessions.close(Optional.empty(), "alice");
        talk();
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        // Bob's server must have a session when the copy with the old time arrives.
        clock.pass(Duration.ofSeconds(20));
        bob.write("alice", "two");
        talk();
        assertEquals(List.of("two"), alice.received());
        alice.sessions.close(Optional.empty(), "bob");
        List<Packet> told = new ArrayList<>(alice.say());
        assertEquals(Sessions.State.CLOSED, alice.session("bob"));
        clock.pass(Duration.ofSeconds(20));
        alice.write("bob", "three");
        told.addAll(alice.say());
        assertEquals(2, told.size(), "the end and a handshake are out");
        Packet init = told.get(1);
        // The copy first, while bob's session is open, then the end and the real one.
        bob.hear(init.sealedAgain(init.inbox(), seconds() - 3600));
        bob.hear(told);
        talk();
        assertEquals(List.of("one", "three"), bob.received());
    }

    // ---- renewed keys

    @Test
    void aKeyUpdateThatWasRepeatedLosesNothing() throws Exception {
        ContactsBench.open(alice, bob);
        alice.rekeyMessages(2);
        alice.write("bob", "three");
        List<Packet> first = alice.say();
        assertEquals(1, alice.count(PacketType.KEY_UPDATE));
        clock.pass(Duration.ofHours(25));
        alice.keep();
        List<Packet> repeated = alice.say();
        assertFalse(repeated.isEmpty(), "it is repeated");
        // Bob receives only the first one, and answers it.
        bob.hear(first);
        talk();
        assertTrue(alice.state("bob").rekeys > 0 && bob.state("alice").rekeys > 0, "renewed");
        alice.write("bob", "four");
        List<Packet> four = alice.say();
        bob.hear(repeated);
        bob.hear(four);
        talk();
        assertTrue(bob.received().contains("four"), bob.received()::toString);
        assertEquals(0, bob.count(PacketType.HANDSHAKE_INIT), "the session goes on");
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
        bob.write("alice", "five");
        talk();
        assertTrue(alice.received().contains("five"), alice.received()::toString);
    }

    @Test
    void theNewerOfTwoKeyUpdatesCountsWhicheverIsReadLast() throws Exception {
        ContactsBench.open(alice, bob);
        alice.rekeyMessages(2);
        alice.write("bob", "three");
        List<Packet> first = alice.say();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        List<Packet> repeated = alice.say();
        assertEquals(PacketType.KEY_UPDATE, repeated.get(0).type());

        bob.hear(repeated);
        bob.hear(first);

        talk();
        alice.write("bob", "four");
        talk();
        assertEquals(List.of("one", "three", "four"), bob.received());
        assertEquals(0, bob.count(PacketType.HANDSHAKE_INIT), "the session goes on");
    }

    /** Alice's server has renewed the keys, and is now someone else's. @return her last key update */
    private Packet renewed() throws Exception {
        ContactsBench.open(alice, bob);
        alice.rekeyMessages(2);
        alice.write("bob", "three");
        talk();
        assertEquals(1, bob.state("alice").rekeys);
        return alice.said.stream()
                .filter(packet -> packet.type() == PacketType.KEY_UPDATE)
                .findFirst()
                .orElseThrow();
    }

    private Packet onSameChain(Packet packet, int further, byte[] body) {
        return new Packet(
                packet.type(), null, packet.chain(), packet.position() + further, seconds(), body, new byte[80]);
    }

    @Test
    void aKeyUpdateThatIsRepeatedAgainAndAgainDoesNotMakeChainsWithoutEnd() throws Exception {
        Packet update = renewed();
        for (int i = 1; i <= 30; i++) {
            bob.hear(onSameChain(update, i, update.body()));
        }
        assertEquals(
                2 * KeyUpdates.MOST_COPIES,
                bob.chains("alice").stream()
                        .filter(chain -> chain.kind() == ChainKind.SESSION && chain.retires() == 0)
                        .count());
    }

    @Test
    void aNewKeyOnAChainThatWasReplacedIsIgnored() throws Exception {
        Packet update = renewed();
        byte[] other = alice.stage.handshakes.ephemeral(alice.stage.random).publicKey();

        bob.hear(onSameChain(update, 1, other));

        assertNull(bob.state("alice").peerPublic);
        assertEquals(1, bob.count(PacketType.KEY_UPDATE));
        alice.write("bob", "four");
        talk();
        assertEquals(List.of("one", "three", "four"), bob.received());
    }

    // ---- copied files

    /** Another run uses a copy of the files, and detects on the network that a key was used which it has not used. */
    @Test
    void twoServersOnCopiesOfTheSameFilesUseNoKeyTwiceOnceTheyHearOfEachOther() throws Exception {
        ContactsBench.open(alice, bob);
        try (ContactsBench twin = alice.reborn()) {
            SessionState before = twin.state("bob");
            // As the server does after each start.
            twin.stage.recognition.own.doubt(twin.contact("bob").id());
            twin.sessionChains.expectOwn(before);
            long locator = nextLocator(alice);
            alice.write("bob", "three");
            List<Packet> three = alice.say();
            bob.hear(three);
            // The reaction of a server to a packet of its own that it has not made.
            assertEquals(twin.contact("bob").id(), twin.stage.recognition.own.owner(locator));
            twin.stage.guard.<Void, PartylineException>open(() -> {
                twin.handshakes.doubled(twin.contact("bob"));
                return null;
            });
            assertFalse(twin.isOpen("bob"));
            clock.pass(Duration.ofSeconds(5));
            twin.write("bob", "four");
            ContactsBench.talk(twin, bob);
            assertEquals(List.of("one", "three", "four"), bob.received());
            Map<String, Packet> byKey = new HashMap<>();
            List<Packet> all = new ArrayList<>(alice.said);
            all.addAll(twin.said);
            all.addAll(three);
            for (Packet packet : all) {
                if (packet.chain() != null) {
                    String key = HexFormat.of().formatHex(packet.chain()) + "/" + packet.position();
                    Packet known = byKey.putIfAbsent(key, packet);
                    assertTrue(known == null || known == packet, () -> "two packets under " + key);
                }
            }
        }
    }

    /** The locator of the next packet on a server's chain to bob. */
    private static long nextLocator(ContactsBench server) throws Exception {
        try (SendChain chain = server.stage.chains.decodeSend(server.state("bob").chain)) {
            SendChain.Step step = chain.step();
            step.secret().close();
            return step.hint();
        }
    }

    // ---- packets for another session, or for nobody

    @Test
    void anEndThatCouldNotLeaveDoesNotEndTheNextSession() throws Exception {
        ContactsBench.open(alice, bob);
        alice.sessions.close(Optional.empty(), "bob");
        List<Packet> stuck = alice.say();
        assertEquals(1, stuck.size());
        assertFalse(alice.isOpen("bob"));
        bob.sessions.close(Optional.empty(), "alice");
        talk();
        assertFalse(bob.isOpen("alice"));
        clock.pass(Duration.ofSeconds(5));
        bob.write("alice", "three");
        talk();
        assertTrue(alice.isOpen("bob"));
        bob.hear(stuck);
        alice.write("bob", "four");
        talk();
        assertEquals(List.of("two", "three"), alice.received());
        assertEquals(List.of("one", "four"), bob.received());
        assertTrue(alice.isOpen("bob") && bob.isOpen("alice"));
        assertFalse(bob.notices().contains("alice has closed the session"));
    }

    @Test
    void aContactWhoCouldNotBeToldOfNewKeysIsToldOverTheNextSession() throws Exception {
        ContactsBench.open(alice, bob);
        alice.sessions.close(Optional.empty(), "bob");
        alice.personas.rotate(Optional.empty(), false);
        // None of this is ever sent.
        alice.say();
        assertFalse(alice.isOpen("bob"));
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "three");
        talk();
        assertEquals(List.of("one", "three"), bob.received());
        assertEquals(
                alice.personas.current().senderId(),
                bob.contacts.get(Optional.empty(), "alice").senderId());
        assertEquals(1, bob.contacts.list(Optional.empty()).size(), "alice is no stranger");
    }
}
