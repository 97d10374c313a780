package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.testkit.HandSetClock;

/**
 * Two people exchange messages while packets are lost, delayed, reordered and repeated, and their keys are renewed
 * repeatedly.
 */
class LossySessionTest {
    private static final int ROUNDS = 40;
    private static final double LOST = 0.08;
    private static final double LATE = 0.15;
    private static final double TWICE = 0.2;
    /** Of two minutes each: a week, in which everything recovers that ever does. */
    private static final int MOST_WAITS = 5_000;

    private final HandSetClock clock = new HandSetClock();
    private final ContactsBench alice = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);
    private int lost;
    private final List<Packet> late = new ArrayList<>();

    @BeforeEach
    void twoContacts() throws Exception {
        ContactsBench.meet(alice, bob);
        alice.rekeyMessages(5);
        bob.rekeyMessages(5);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private List<Packet> storm(List<Packet> sent, Random random) {
        List<Packet> told = new ArrayList<>(late);
        late.clear();
        for (Packet packet : sent) {
            double fate = random.nextDouble();
            if (fate < LOST) {
                lost++;
            } else if (fate < LOST + LATE) {
                late.add(packet);
            } else {
                told.add(packet);
                if (fate > 1 - TWICE) {
                    told.add(packet);
                    late.add(packet);
                }
            }
        }
        Collections.shuffle(told, random);
        return told;
    }

    private void keep() throws Exception {
        alice.keep();
        bob.keep();
    }

    /** Both send what they can send now. */
    private List<Packet> say() throws Exception {
        keep();
        List<Packet> out = new ArrayList<>(alice.say());
        out.addAll(bob.say());
        return out;
    }

    private static void assertOnceAndInOrder(List<String> sent, List<String> received) {
        assertEquals(received.size(), new HashSet<>(received).size(), () -> "twice: " + received);
        List<String> inOrder = new ArrayList<>(sent);
        inOrder.retainAll(received);
        assertEquals(inOrder, received, "in the order in which they were sent");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyMessageIsReadOnceInItsOrderOrIsLostAndTheSessionHeals(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> toBob = new ArrayList<>(List.of("hello bob"));
        List<String> toAlice = new ArrayList<>(List.of("hello alice"));
        alice.write("bob", toBob.get(0));
        ContactsBench.talk(alice, bob);
        bob.write("alice", toAlice.get(0));
        ContactsBench.talk(alice, bob);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                toBob.add("to bob, " + round + "." + i);
                alice.write("bob", toBob.get(toBob.size() - 1));
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                toAlice.add("to alice, " + round + "." + i);
                bob.write("alice", toAlice.get(toAlice.size() - 1));
            }
            for (Packet packet : storm(say(), random)) {
                alice.hear(packet);
                bob.hear(packet);
            }
            clock.pass(Duration.ofSeconds(40));
        }
        // The network is reliable again; what nodes never received is lost for this session.
        alice.write("bob", "can you read me?");
        bob.write("alice", "and you me?");
        toBob.add("can you read me?");
        toAlice.add("and you me?");
        for (int i = 0; i < MOST_WAITS && !isHealed(); i++) {
            clock.pass(Duration.ofMinutes(2));
            keep();
            ContactsBench.talk(alice, bob);
        }
        assertTrue(isHealed(), "healed");
        assertOnceAndInOrder(toBob, bob.received());
        assertOnceAndInOrder(toAlice, alice.received());
        int missing = toBob.size()
                + toAlice.size()
                - bob.received().size()
                - alice.received().size();
        assertTrue(lost > 0, "a storm");
        assertTrue(alice.state("bob").rekeys > 0, "keys were renewed");
        int gone = lost + late.size();
        assertTrue(missing <= gone, () -> missing + " are missing and " + gone + " were lost");
    }

    private boolean isHealed() throws Exception {
        return bob.received().contains("can you read me?") && alice.received().contains("and you me?");
    }
}
