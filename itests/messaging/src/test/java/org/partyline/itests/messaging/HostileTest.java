package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.vault.MachineStore;

/** Two servers have a session, and a copy of the files of one of them is restored. */
class HostileTest {
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
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.know(bob, "bob");
        bob.know(alice, "alice");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private static void awaitReceived(TestServer server, List<String> texts) throws Exception {
        try {
            TestServer.await(
                    "received " + texts.size() + " messages",
                    () -> server.received().size() >= texts.size());
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + ", but " + server.received() + " and "
                            + server.messages().outbox(true),
                    e);
        }
        assertEquals(texts, server.received());
    }

    private void openSession() throws Exception {
        alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        bob.write("alice", "two");
        awaitReceived(alice, List.of("two"));
    }

    @Test
    void aCopyOfTheFilesThatIsPutBackUsesNoKeyTwice() throws Exception {
        openSession();
        alice.close();
        MachineStore before = alice.store.copy();
        alice.store.lock();
        alice = new TestServer(alice.store, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.write("bob", "three, of the first life");
        alice.write("bob", "four, of the first life");
        awaitReceived(bob, List.of("one", "three, of the first life", "four, of the first life"));
        alice.close();
        clock.pass(Duration.ofMinutes(5));
        alice = new TestServer(before, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.write("bob", "five, of the second life");
        TestServer.await("five", () -> bob.received().contains("five, of the second life"));
        assertNoKeyIsUsedTwice();
        bob.write("alice", "six");
        TestServer.await("six", () -> alice.received().contains("six"));
    }

    @Test
    void aCopyOfTheFilesThatIsPutBackAfterBlocksUsesNoKeyTwice() throws Exception {
        openSession();
        network.mine();
        alice.close();
        MachineStore before = alice.store.copy();
        alice.store.lock();
        alice = new TestServer(alice.store, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.write("bob", "three, of the first life");
        awaitReceived(bob, List.of("one", "three, of the first life"));
        network.mine();
        network.mine();
        alice.close();
        clock.pass(Duration.ofMinutes(50));
        alice = new TestServer(before, clock, new HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.write("bob", "four, of the second life");
        TestServer.await("four", () -> bob.received().contains("four, of the second life"));
        assertNoKeyIsUsedTwice();
    }

    /** A locator stands for a key: it may be on the wire again, but only with the same packet. */
    private void assertNoKeyIsUsedTwice() {
        Map<String, byte[]> byLocator = new HashMap<>();
        for (byte[] raw : network.broadcasts()) {
            TransactionScanner.scan(raw, (output, offset, length) -> {
                byte[] payload = Arrays.copyOfRange(raw, offset, offset + length);
                String locator = HexFormat.of().formatHex(payload, 1, 9);
                byte[] known = byLocator.putIfAbsent(locator, payload);
                assertTrue(known == null || Arrays.equals(known, payload), "two packets under " + locator);
            });
        }
    }
}
