package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.sessions.KeyUpdates;
import org.partyline.testkit.HandSetClock;

/** The keys of sessions are renewed while messages are exchanged. */
class KeyUpdateTest {
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

    @Test
    void keysAreRenewedAfterSoManyMessagesAndWordsGoOn() throws Exception {
        alice.rekeyMessages(3);
        bob.rekeyMessages(4);
        List<String> toBob = new ArrayList<>();
        List<String> toAlice = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            toBob.add("to bob " + i);
            alice.write("bob", toBob.get(i));
            toAlice.add("to alice " + i);
            bob.write("alice", toAlice.get(i));
            if (i % 5 == 0) {
                talk();
                assertEquals(toBob, bob.received());
                assertEquals(toAlice, alice.received());
            }
        }
        talk();
        assertEquals(toBob, bob.received());
        assertEquals(toAlice, alice.received());
        assertTrue(alice.sessions.list(Optional.empty()).get(0).lastRekey().isPresent());
        long updates = alice.count(PacketType.KEY_UPDATE);
        assertTrue(updates >= 3, "keys were renewed " + updates + " times");
        assertEquals(alice.state("bob").rekeys, bob.state("alice").rekeys);
    }

    @Test
    void keysAreRenewedWithTheLastOfSoManyMessagesAndNotBefore() throws Exception {
        alice.rekeyMessages(3);
        for (String text : List.of("one", "two")) {
            alice.write("bob", text);
            talk();
        }
        assertEquals(0, alice.count(PacketType.KEY_UPDATE));
        alice.write("bob", "three");
        talk();
        assertEquals(1, alice.count(PacketType.KEY_UPDATE));
        assertEquals(1, bob.count(PacketType.KEY_UPDATE));
        assertEquals(1, alice.state("bob").rekeys);
    }

    /** Alice's later packets on her previous chain do not prove that she has bob's newest key, which is on its way. */
    @ParameterizedTest
    @ValueSource(strings = {"close", "open again", "other server"})
    void messagesUnderAKeyThatHasNotArrivedAreMarkedWhenTheSessionEnds(String how) throws Exception {
        ContactsBench.open(alice, bob);
        alice.rekeyMessages(2);
        bob.rekeyMessages(2);
        long three = bob.write("alice", "three");
        List<Packet> ofBob = bob.say();
        assertEquals(PacketType.KEY_UPDATE, ofBob.get(1).type());
        alice.hear(ofBob.get(0));
        clock.pass(Duration.ofMinutes(1));
        alice.write("bob", "four");
        bob.hear(alice.say());
        assertEquals(1, bob.state("alice").rekeys);
        long five = bob.write("alice", "five");
        alice.hear(bob.say());
        clock.pass(Duration.ofHours(1));
        alice.write("bob", "six");
        bob.hear(alice.say());
        switch (how) {
            case "close" -> alice.sessions.close(Optional.empty(), "bob");
            case "open again" -> alice.sessions.openAgain(Optional.empty(), "bob");
            default ->
                bob.stage.guard.<Void, PartylineException>open(() -> {
                    bob.handshakes.doubled(bob.contact("alice"));
                    return null;
                });
        }
        bob.hear(alice.say());
        assertEquals(List.of("two", "three"), alice.received());
        assertEquals(MessageRecord.MAY_BE_UNREAD, bob.message(five).doubt());
        assertEquals(0, bob.message(three).doubt());
        assertTrue(bob.notices().get(0).startsWith("1 message to alice since "), bob.notices()::toString);
    }

    /** More packets are late than positions are tried for a key that may have been lost, as in a key exchange. */
    @Test
    void aKeyThatArrivesAfterItsRepetitionAndManyOtherPacketsIsUsed() throws Exception {
        ContactsBench.open(alice, bob);
        alice.rekeyMessages(2);
        bob.rekeyMessages(2);
        bob.write("alice", "three");
        List<Packet> late = new ArrayList<>(bob.say());
        for (int i = 0; i < 2 * KeyUpdates.MOST_COPIES; i++) {
            bob.write("alice", "late " + i);
        }
        late.addAll(bob.say());
        alice.write("bob", "four");
        bob.hear(alice.say());
        assertEquals(1, bob.state("alice").rekeys);
        clock.pass(Duration.ofMinutes(11));
        alice.write("bob", "five");
        bob.hear(alice.say());
        List<Packet> again = bob.say();
        assertEquals(
                List.of(PacketType.KEY_UPDATE), again.stream().map(Packet::type).toList());
        alice.hear(again);
        alice.hear(late);
        bob.write("alice", "under the new key");
        alice.hear(bob.say());
        assertTrue(alice.received().contains("under the new key"), alice.received()::toString);
    }

    @Test
    void keysAreRenewedAfterADay() throws Exception {
        alice.write("bob", "one");
        talk();
        clock.pass(Duration.ofHours(25));
        alice.keep();
        bob.keep();
        assertEquals(0, alice.count(PacketType.KEY_UPDATE), "nothing is said for it");
        alice.write("bob", "two");
        talk();
        assertTrue(alice.sessions.list(Optional.empty()).get(0).lastRekey().isPresent());
        assertTrue(bob.sessions.list(Optional.empty()).get(0).lastRekey().isPresent());
        alice.write("bob", "three");
        talk();
        assertEquals(List.of("one", "two", "three"), bob.received());
    }

    @Test
    void messagesInAnyOrderAndTwiceAreReadOnceInTheOrderOfTheirChains() throws Exception {
        alice.rekeyMessages(7);
        alice.write("bob", "first");
        talk();
        Random random = new Random(42);
        List<String> texts = new ArrayList<>(List.of("first"));
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 10; i++) {
                texts.add("round " + round + " message " + i);
                alice.write("bob", texts.get(texts.size() - 1));
            }
            List<Packet> twice = new ArrayList<>(alice.say());
            twice.addAll(List.copyOf(twice));
            Collections.shuffle(twice, random);
            bob.hear(twice);
            talk();
            assertEquals(texts, bob.received());
        }
        assertTrue(alice.state("bob").rekeys > 3, "keys were renewed all the while");
    }

    /** Each answer costs us a packet, as much as the other side pays for its key. */
    @Test
    void aContactThatRenewsItsKeysAllTheTimeIsAnsweredSoOftenADay() throws Exception {
        bob.rekeyMessages(1);
        ContactsBench.open(alice, bob);
        for (int i = 0; i < 60; i++) {
            clock.pass(Duration.ofMinutes(10));
            bob.write("alice", "message " + i);
            talk();
        }
        assertEquals(24, alice.count(PacketType.KEY_UPDATE));
        assertEquals(24, alice.state("bob").rekeys);
        assertTrue(alice.received().contains("message 59"), "the last one is read under the keys of before");
        assertTrue(alice.stage.audited.contains("key-update-flood"));
        alice.keep();
        talk();
        assertEquals(24, alice.count(PacketType.KEY_UPDATE));
        clock.pass(Duration.ofDays(1));
        alice.keep();
        talk();
        assertEquals(25, alice.state("bob").rekeys, "the last key is answered after a day");
        assertEquals(25, bob.state("alice").rekeys);
        alice.write("bob", "and on");
        talk();
        assertTrue(bob.received().contains("and on"));
    }

    @Test
    void aContactThatSeemsToMissOurKeyIsSentItSoOftenADay() throws Exception {
        ContactsBench.open(alice, bob);
        bob.rekeyMessages(1);
        for (int pair = 0; pair < 4; pair++) {
            bob.write("alice", "renew " + pair);
            List<Packet> keys = bob.say();
            alice.hear(keys);
            List<Packet> unread = new ArrayList<>(alice.say());
            for (int i = 0; i < 9; i++) {
                clock.pass(Duration.ofMinutes(11));
                bob.sayControl("alice", new byte[] {99});
                alice.hear(bob.say());
                unread.addAll(alice.say());
            }
            bob.hear(unread);
            talk();
        }
        assertEquals(24, alice.count(PacketType.KEY_UPDATE));
    }

    /** Someone who knows the key of the pending update could read on after the next pair. */
    @Test
    void anotherKeyFollowsAPendingOneWhenThePersonasKeysAreCompromised() throws Exception {
        ContactsBench.open(alice, bob);
        alice.rekeyMessages(1);
        alice.write("bob", "one");
        List<Packet> late = alice.say();
        assertTrue(alice.state("bob").ownPrivate != null, "an update is unanswered");
        alice.personas.rotate(Optional.empty(), true);
        late = new ArrayList<>(late);
        late.addAll(alice.say());
        bob.hear(late);
        talk();
        long keys = alice.said.stream()
                .filter(packet -> packet.type() == PacketType.KEY_UPDATE)
                .map(packet -> List.of(java.util.HexFormat.of().formatHex(packet.body())))
                .distinct()
                .count();
        assertEquals(2, keys, "another key");
        assertEquals(2, bob.state("alice").rekeys);
        assertEquals(2, alice.state("bob").rekeys);
    }
}
