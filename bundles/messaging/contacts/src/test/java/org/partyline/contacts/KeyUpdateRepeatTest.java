package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.packet.PacketType;
import org.partyline.api.ratchet.SendChain;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.sessions.SessionState;

/** When new keys are due, when a key is sent again, and what is refused (PROTOCOL 6, KEY_UPDATE). */
class KeyUpdateRepeatTest extends TwoPeople {
    @BeforeEach
    void open() throws PartylineException {
        ContactsBench.open(alice, bob);
    }

    private static long updates(ContactsBench bench) throws PartylineException {
        return bench.count(PacketType.KEY_UPDATE);
    }

    /** Alice has sent a key that bob may have. @return her packets */
    private List<Packet> update() throws PartylineException {
        alice.rekeyMessages(2);
        alice.write("bob", "three");
        List<Packet> said = alice.say();
        alice.rekeyMessages(100);
        assertEquals(PacketType.KEY_UPDATE, said.get(1).type());
        return said;
    }

    /** Bob has answered her key, and alice does not know yet whether he writes under the new one. */
    private void renewed() throws PartylineException {
        bob.hear(update());
        alice.hear(bob.say());
        assertEquals(1, alice.state("bob").rekeys);
        assertEquals(1, bob.state("alice").rekeys);
    }

    private static Packet with(Packet packet, int further, byte[] body) {
        return new Packet(
                packet.type(),
                null,
                packet.chain(),
                packet.position() + further,
                packet.timestamp(),
                body,
                new byte[80]);
    }

    // ---- due

    @Test
    void oldKeysOfASessionThatNobodyUsesStay() throws Exception {
        bob.hear(update());
        alice.hear(bob.say());
        clock.pass(Duration.ofHours(25));
        alice.change((tx, after) -> {
            SessionState session = alice.sessionState(tx, "bob");
            assertEquals(0, session.onChain);
            alice.updates.queueIfDue(tx, after, alice.contact("bob"), session);
        });
        assertEquals(1, updates(alice));
    }

    // ---- refused

    @Test
    void aKeyOfAnotherLengthIsIgnored() throws Exception {
        Packet update = update().get(1);
        bob.hear(with(update, 0, new byte[33]));
        assertNull(bob.state("alice").peerPublic);
        assertEquals(0, updates(bob));
    }

    @Test
    void aKeyForASessionThatIsOverIsIgnored() throws Exception {
        List<Packet> late = update();
        bob.sessions.close(Optional.empty(), "alice");
        bob.say();
        bob.hear(late);
        assertEquals(0, updates(bob));
        assertTrue(bob.received().contains("three"), "her message is read");
    }

    @Test
    void aKeyThatGivesNoSecretIsRefusedAndTheSessionGoesOn() throws Exception {
        Packet update = update().get(1);
        bob.hear(with(update, 0, new byte[32]));
        bob.say();
        assertTrue(bob.stage.audited.contains("key-update-refused"));
        SessionState after = bob.state("alice");
        assertEquals(0, after.rekeys);
        assertNull(after.ownPrivate);
        assertNull(after.peerPublic);
        alice.write("bob", "on the old keys");
        bob.hear(alice.say());
        assertTrue(bob.received().contains("on the old keys"));
    }

    // ---- the other side has the new key

    @Test
    void theOldChainIsReadForThreeDaysAndForOneOnceTheOtherSideUsesTheNewOne() throws Exception {
        renewed();
        assertEquals(clock.instant().plus(Duration.ofHours(72)).toEpochMilli(), retires());
        clock.pass(Duration.ofMinutes(1));
        bob.write("alice", "under the new key");
        alice.hear(bob.say());
        assertEquals(clock.instant().plus(Duration.ofHours(24)).toEpochMilli(), retires());
    }

    private long retires() {
        return alice.chains("bob").stream()
                .filter(chain -> chain.retires() != 0)
                .filter(chain -> chain.kind() == org.partyline.messaging.conversation.ChainKind.SESSION)
                .mapToLong(ReceiveChainRecord::retires)
                .max()
                .orElseThrow();
    }

    @Test
    void ourOldChainIsNoLongerOursOnceTheOtherSideUsesTheNewOne() throws Exception {
        renewed();
        long next = nextOnOldChain();
        assertEquals(alice.contact("bob").id(), alice.stage.recognition.own.owner(next));
        bob.write("alice", "under the new key");
        alice.hear(bob.say());
        assertEquals(-1, alice.stage.recognition.own.owner(next));
    }

    private long nextOnOldChain() throws PartylineException {
        try (SendChain chain = alice.stage.chains.decodeSend(alice.state("bob").oldChain)) {
            SendChain.Step step = chain.step();
            step.secret().close();
            return step.hint();
        }
    }

    @Test
    void aPacketOfAnEarlierSessionProvesNothingAboutTheKey() throws Exception {
        renewed();
        ReceiveChainRecord earlier = alice.chains("bob").get(0).with().number(0).build();
        clock.pass(Duration.ofMinutes(11));
        alice.change((tx, after) -> alice.updates.heard(
                tx, after, alice.contact("bob"), earlier, clock.instant().getEpochSecond()));
        assertEquals(1, updates(alice));
    }

    // ---- once more

    @Test
    void aSilentContactIsSentTheKeyAgainThreeTimesWithMoreAndMoreTimeBetween() throws Exception {
        renewed();
        clock.pass(Duration.ofDays(1).minusHours(1));
        alice.keep();
        assertEquals(1, updates(alice), "nothing was written under it");
        alice.write("bob", "are you there?");
        alice.say();
        alice.keep();
        assertEquals(2, updates(alice));
        alice.say();
        for (int hours : List.of(3, 9)) {
            long before = updates(alice);
            clock.pass(Duration.ofHours(hours));
            alice.keep();
            assertEquals(before, updates(alice), "exactly " + hours);
            clock.pass(Duration.ofMillis(1));
            alice.keep();
            assertEquals(before + 1, updates(alice), "after " + hours);
            alice.say();
        }
        clock.pass(Duration.ofHours(28));
        alice.keep();
        assertEquals(4, updates(alice));
    }

    @Test
    void aKeyWithoutAnAnswerIsSentTwiceMoreAndThenTheSessionIsOpenedAnew() throws Exception {
        update();
        for (int day = 1; day <= 2; day++) {
            clock.pass(Duration.ofHours(24));
            alice.keep();
            assertEquals(day, updates(alice));
            clock.pass(Duration.ofMillis(1));
            alice.keep();
            assertEquals(day + 1, updates(alice));
            alice.say();
        }
        clock.pass(Duration.ofHours(24));
        alice.keep();
        assertEquals(1, alice.count(PacketType.HANDSHAKE_INIT));
        clock.pass(Duration.ofMillis(1));
        alice.keep();
        assertEquals(3, updates(alice));
        assertEquals(2, alice.count(PacketType.HANDSHAKE_INIT));
    }

    /** Alice has offered another session on the third day without an answer to her key. */
    private List<Packet> offer() throws PartylineException {
        update();
        for (int day = 1; day <= 3; day++) {
            clock.pass(Duration.ofHours(24).plusMillis(1));
            alice.keep();
            if (day < 3) {
                alice.say();
            }
        }
        List<Packet> offer = alice.say();
        assertEquals(PacketType.HANDSHAKE_INIT, offer.get(0).type());
        return offer;
    }

    /** For example, bob's server has no coins for its answer. */
    @Test
    void aMessageOnTheOldSessionIsReadUntilTheOtherSideHasOurAnswerToItsHandshake() throws Exception {
        bob.hear(offer());
        clock.pass(Duration.ofHours(71));
        bob.keep();
        alice.write("bob", "still on the old session");
        bob.hear(alice.say());
        assertTrue(bob.received().contains("still on the old session"));
    }

    /** The answer was given up, and the session with it. */
    @Test
    void aMessageOnTheOldSessionIsReadAlsoIfOurAnswerWasNeverSent() throws Exception {
        bob.hear(offer());
        clock.pass(Duration.ofHours(24));
        bob.change((tx, after) -> bob.handshakes.lost(tx, after, bob.contact("alice")));
        clock.pass(Duration.ofHours(47));
        bob.keep();
        alice.write("bob", "still on the old session");
        bob.hear(alice.say());
        assertTrue(bob.received().contains("still on the old session"));
    }

    @Test
    void anAnswerThatNeverArrivesAndWasRepeatedOftenOpensTheSessionAnew() throws Exception {
        Packet update = update().get(1);
        bob.hear(update);
        bob.say();
        bob.change((tx, after) -> {
            SessionState session = bob.sessionState(tx, "alice");
            session.again = 8;
            session.put(tx);
        });
        clock.pass(Duration.ofHours(3));
        bob.hear(new Packet(
                update.type(),
                null,
                update.chain(),
                update.position() + 1,
                clock.instant().getEpochSecond(),
                update.body(),
                new byte[80]));
        assertEquals(1, bob.count(PacketType.HANDSHAKE_INIT));
    }

    /** Bob's answer has been on its way for 11 minutes when alice is seen to lack it. @param again how often it was repeated */
    private void lacks(int again) throws Exception {
        bob.hear(update());
        bob.say();
        bob.change((tx, after) -> {
            SessionState session = bob.sessionState(tx, "alice");
            session.again = again;
            session.put(tx);
        });
        clock.pass(Duration.ofMinutes(11));
        alice.write("bob", "on the old chain");
        bob.hear(alice.say());
    }

    @Test
    void anAnswerThatIsLackingIsSentAgain() throws Exception {
        lacks(7);
        assertEquals(2, updates(bob));
    }

    @Test
    void anAnswerIsSentAgainEightTimesAtMost() throws Exception {
        lacks(8);
        assertEquals(1, updates(bob));
    }

    @Test
    void aCopyOfTheKeyIsAnsweredAgain() throws Exception {
        Packet update = update().get(1);
        bob.hear(update);
        bob.say();
        clock.pass(Duration.ofMinutes(11));
        bob.hear(with(update, 1, update.body()));
        alice.hear(bob.say());
        assertEquals(1, alice.state("bob").rekeys);
    }

    @Test
    void aKeyThatIsRepeatedOnTheChainThatItBeganIsIgnored() throws Exception {
        renewed();
        int before = alice.chains("bob").size();
        bob.write("alice", "under the new key");
        Packet packet = bob.say().get(0);
        byte[] key = alice.state("bob").lastPeerPublic;
        alice.hear(new Packet(
                PacketType.KEY_UPDATE, null, packet.chain(), packet.position(), packet.timestamp(), key, new byte[80]));
        assertEquals(before, alice.chains("bob").size());
        assertEquals(1, updates(alice));
    }

    /** Another answer of ours than the one that arrived may have been for it. */
    @Test
    void theChainOfACopyOfAKeyIsReadUnlessTheSecretOfItsExchangeIsErased() throws Exception {
        bob.hear(update());
        Packet answer = bob.say().get(0);
        alice.hear(answer);
        int chains = alice.chains("bob").size();
        alice.hear(with(answer, 1, answer.body()));
        assertEquals(chains + 1, alice.chains("bob").size());
        alice.change((tx, after) -> {
            SessionState session = alice.sessionState(tx, "bob");
            session.lastMixed = true;
            session.put(tx);
        });
        alice.hear(with(answer, 2, answer.body()));
        assertEquals(chains + 1, alice.chains("bob").size());
    }
}
