package org.partyline.engine;

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
import org.partyline.api.engine.Messages;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Two engines talk over a network that loses, delays, reorders and repeats, while their keys are renewed again and again. */
class LossySessionTest {
    private static final int ROUNDS = 40;
    private static final double LOST = 0.08;
    private static final double LATE = 0.15;
    private static final double TWICE = 0.2;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;
    private int lost;
    private final List<byte[]> late = new ArrayList<>();

    @BeforeEach
    void twoContacts() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        for (TestServer server : List.of(alice, bob)) {
            server.settings.set("default-ttl", "7d");
            server.settings.set("rekey-messages", "5");
        }
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Lets both say what they can say by now. */
    private void rest() throws Exception {
        int before = -1;
        int calm = 0;
        while (calm < 4) {
            alice.keep();
            bob.keep();
            alice.kick();
            bob.kick();
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            int now = network.broadcasts().size();
            calm = now == before ? calm + 1 : 0;
            before = now;
        }
    }

    private List<byte[]> storm(List<byte[]> sent, Random random) {
        List<byte[]> told = new ArrayList<>(late);
        late.clear();
        for (byte[] raw : sent) {
            double fate = random.nextDouble();
            if (fate < LOST) {
                lost++;
            } else if (fate < LOST + LATE) {
                late.add(raw);
            } else {
                told.add(raw);
                if (fate > 1 - TWICE) {
                    told.add(raw);
                    late.add(raw);
                }
            }
        }
        Collections.shuffle(told, random);
        return told;
    }

    private static void assertOnceAndInOrder(List<String> sent, List<String> received) {
        assertEquals(received.size(), new HashSet<>(received).size(), () -> "twice: " + received);
        List<String> inOrder = new ArrayList<>(sent);
        inOrder.retainAll(received);
        assertEquals(inOrder, received, "in the order in which they were sent");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyMessageIsShownOnceInItsOrderOrIsLostAndTheSessionHeals(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> toBob = new ArrayList<>(List.of("hello bob"));
        List<String> toAlice = new ArrayList<>(List.of("hello alice"));
        alice.write("bob", toBob.get(0));
        TestServer.await("met", () -> bob.received().equals(toBob));
        bob.write("alice", toAlice.get(0));
        TestServer.await("both ways", () -> alice.received().equals(toAlice));
        for (int round = 0; round < ROUNDS; round++) {
            network.hold();
            for (int i = random.nextInt(4); i > 0; i--) {
                toBob.add("to bob, " + round + "." + i);
                alice.write("bob", toBob.get(toBob.size() - 1));
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                toAlice.add("to alice, " + round + "." + i);
                bob.write("alice", toAlice.get(toAlice.size() - 1));
            }
            rest();
            network.release(all -> storm(all, random));
            rest();
            clock.pass(Duration.ofSeconds(40));
        }
        // The weather clears; what nodes were never told of again is lost for this session.
        alice.write("bob", "can you read me?");
        bob.write("alice", "and you me?");
        toBob.add("can you read me?");
        toAlice.add("and you me?");
        TestServer.await("healed", () -> {
            clock.pass(Duration.ofMinutes(2));
            alice.keep();
            bob.keep();
            alice.kick();
            bob.kick();
            return bob.received().contains("can you read me?")
                    && alice.received().contains("and you me?");
        });
        assertOnceAndInOrder(toBob, bob.received());
        assertOnceAndInOrder(toAlice, alice.received());
        int missing = toBob.size()
                + toAlice.size()
                - bob.received().size()
                - alice.received().size();
        assertTrue(lost > 0, "a storm");
        int gone = lost + late.size();
        assertTrue(missing <= gone, () -> missing + " are missing and " + gone + " were lost");
        for (TestServer server : List.of(alice, bob)) {
            assertTrue(
                    server.messages().outbox(false).stream().noneMatch(out -> out.state() == Messages.State.FAILED),
                    "none failed");
        }
    }
}
