package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** A server reads a message in a mempool, is away for days, and then reads the block that has it. */
class LongAbsenceTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServers() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        bob.settings.set("default-ttl", "30d");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Lets what is forgotten by time be forgotten before the first block is read. */
    private void comeBackAfter(Duration absence) throws Exception {
        bob.close();
        clock.pass(Duration.ofMinutes(10));
        network.mine();
        clock.pass(absence);
        bob = bob.restart();
        bob.settings.set("default-ttl", "30d");
        bob.keep();
        bob.nodes.addTransport(nodeB);
        network.mine();
        int height = network.height();
        TestServer.await(
                "block " + height + " is read",
                () -> bob.store.note("cursor.regtest").orElse("").startsWith(height + ":"));
        bob.read();
    }

    @Test
    void aSealedMessageIsNotShownTwice() throws Exception {
        alice.join("lobby", Mode.OPEN);
        bob.join("lobby", Mode.OPEN);
        alice.send("lobby", "once");
        TestServer.await("received", () -> bob.received().equals(List.of("once")));
        comeBackAfter(Duration.ofDays(6));
        assertEquals(List.of("once"), bob.received());
    }

    @Test
    void aSenderDoesNotReadItsOwnWords() throws Exception {
        alice.join("lobby", Mode.OPEN);
        bob.join("lobby", Mode.OPEN);
        bob.send("lobby", "mine");
        TestServer.await("received", () -> alice.received().equals(List.of("mine")));
        comeBackAfter(Duration.ofDays(6));
        assertEquals(List.of(), bob.received());
    }

    @Test
    void wordsOnAChainAreNotShownTwice() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.send("lobby", "one");
        alice.send("lobby", "two");
        TestServer.await("received", () -> bob.received().equals(List.of("one", "two")));
        comeBackAfter(Duration.ofDays(6));
        assertEquals(List.of("one", "two"), bob.received());
        assertFalse(bob.audited.contains("chain-replayed"), "nobody opened a chain again");
    }
}
