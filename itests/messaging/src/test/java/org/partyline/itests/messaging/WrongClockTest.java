package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * A machine's clock is a day off, and then right again: effects that only sessions and the rolling transaction show,
 * with all bundles, real ones.
 */
class WrongClockTest {
    private final HandSetClock right = new HandSetClock();
    private final HandSetClock wrong = new HandSetClock();
    private final TestNetwork network = new TestNetwork(right);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServers() throws Exception {
        alice = TestServer.fresh(right, nodeA);
        bob = TestServer.fresh(wrong, nodeB);
        for (TestServer each : List.of(alice, bob)) {
            each.settings.set("default-ttl", "7d");
        }
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void pass(Duration time) {
        right.pass(time);
        wrong.pass(time);
    }

    /** Performs ordinary activity of a server. */
    private void live() throws Exception {
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofMinutes(1));
            for (TestServer each : List.of(alice, bob)) {
                each.keep();
                each.round();
                each.read();
            }
        }
        // Also the consequences of reading: no clock is set while something is pending.
        alice.round();
        bob.round();
    }

    private void mine() throws Exception {
        network.mine();
        for (TestServer each : List.of(alice, bob)) {
            TestServer.await(
                    "the block is read",
                    () -> each.store.note("cursor.regtest").orElse("").startsWith(network.height() + ":"));
            each.read();
        }
    }

    private void assertAll(TestServer reader, List<String> wanted) throws Exception {
        TestServer.await("received " + wanted, () -> sorted(reader.received()).equals(sorted(wanted)));
        live();
        assertEquals(sorted(wanted), sorted(reader.received()));
        // Reported by a separate thread; if it is reported once too often, this never becomes true.
        TestServer.await("told of " + wanted, () -> sorted(reader.told()).equals(sorted(wanted)));
    }

    private static List<String> sorted(List<String> texts) {
        List<String> sorted = new ArrayList<>(texts);
        Collections.sort(sorted);
        return sorted;
    }

    private void assertNothingTwice() {
        long different = network.broadcasts().stream()
                .map(java.nio.ByteBuffer::wrap)
                .distinct()
                .count();
        assertEquals(different, network.broadcasts().size(), "a transaction is handed over once");
    }

    @Test
    void theRollingTransactionRollsOnAtOnceAfterAFastClock() throws Exception {
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        bob.settings.set("carrier", "rolling");
        wrong.pass(Duration.ofHours(24));
        bob.send("lobby", "meanwhile");
        TestServer.await("it leaves", () -> {
            live();
            return !network.broadcasts().isEmpty();
        });
        wrong.pass(Duration.ofHours(-24));
        bob.send("lobby", "after");
        Instant began = right.instant();
        TestServer.await("it rolls on", () -> {
            live();
            return alice.received().contains("after");
        });
        assertTrue(
                Duration.between(began, right.instant()).compareTo(Duration.ofHours(12)) < 0,
                "nobody waits for the day that the clock went back");
        assertAll(alice, List.of("after"));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, -24})
    void aSessionGoesOn(int hours) throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        bob.write("alice", "before");
        assertAll(alice, List.of("before"));
        alice.write("bob", "before, too");
        assertAll(bob, List.of("before, too"));
        mine();
        wrong.pass(Duration.ofHours(hours));
        live();
        alice.write("bob", "meanwhile");
        live();
        mine();
        wrong.pass(Duration.ofHours(-hours));
        live();
        bob.write("alice", "after");
        alice.write("bob", "after, too");
        live();
        mine();
        assertAll(alice, List.of("before", "after"));
        assertAll(bob, List.of("before, too", "meanwhile", "after, too"));
        assertNothingTwice();
    }
}
