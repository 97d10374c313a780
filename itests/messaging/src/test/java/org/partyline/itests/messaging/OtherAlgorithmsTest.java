package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests cipher suites of bundles outside this repository, end to end. */
class OtherAlgorithmsTest {
    private static final AeadId WIDE_GCM = new AeadId(200, "WIDE_GCM", 16);

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final PrivateSuite alices = new PrivateSuite(WIDE_GCM);
    private final PrivateSuite bobs = new PrivateSuite(WIDE_GCM);
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServersInOneChannel() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    /** Both have the bundle, and Alice seals with its suite. */
    private void bothHaveIt() throws Exception {
        alice.start(alices);
        bob.start(bobs);
        alice.suites.prefer(List.of("wide-gcm"));
    }

    private static void awaitReceived(TestServer server, String... texts) throws Exception {
        TestServer.await("received", () -> server.received().size() >= texts.length);
        assertEquals(List.of(texts), server.received());
    }

    private static Suite listed(TestServer server, String name) {
        return server.suites.list().stream()
                .filter(suite -> suite.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMessageGoesAndArrivesWithASuiteOfAPrivateCode() throws Exception {
        bothHaveIt();
        alice.send("lobby", "opens a chain");
        alice.send("lobby", "rides on it");
        awaitReceived(bob, "opens a chain", "rides on it");
        for (byte[] raw : network.broadcasts()) {
            String json = bob.messages()
                    .inspect(TransactionScanner.id(raw).toString())
                    .get(0)
                    .json()
                    .orElseThrow();
            assertTrue(json.contains("\"cipher_suite\":\"WIDE_GCM\""), json);
        }
        Suite mine = listed(alice, "WIDE_GCM");
        assertEquals(List.of(1, true, true), List.of(mine.rank(), mine.available(), mine.seals()));
        assertEquals(List.of("lobby"), listed(bob, "WIDE_GCM").usedBy());
        assertEquals(0, listed(bob, "WIDE_GCM").rank(), "it opens with it, and seals with what it prefers");
    }

    @Test
    void aSessionTakesASuiteOfAnotherBundleThatAnOfferCanName() throws Exception {
        AeadId sixth = new AeadId(6, "SIXTH", 16);
        alice.start(new PrivateSuite(sixth));
        PrivateSuite theirs = new PrivateSuite(sixth);
        bob.start(theirs);
        bob.suites.prefer(List.of("SIXTH"));
        assertEquals("SIXTH", suiteOfASession());
        bob.stop(theirs);
        alice.write("bob", "waits for it");
        assertOneWaits(bob);
        bob.start(theirs);
        awaitReceived(bob, "hello", "waits for it");
        alice.stop(alice.suite("SIXTH"));
        long id = alice.write("bob", "waits here");
        TestServer.await(
                "it says for what",
                () -> alice.messages()
                        .outgoing(id)
                        .reason()
                        .contains("it waits for the cipher suite SIXTH, which the session with 'bob' uses"));
        assertEquals(
                "SIXTH", alice.sessions().list(Optional.empty()).get(0).suite().orElseThrow());
    }

    private String suiteOfASession() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
        alice.write("bob", "hello");
        awaitReceived(bob, "hello");
        return alice.sessions().list(Optional.empty()).get(0).suite().orElseThrow();
    }

    /** A packet also waits while its key is derived: that does not count here. */
    private static void assertOneWaits(TestServer server) throws Exception {
        TestServer.await("it is parked", () -> parked(server) == 1);
        server.read();
        assertEquals(1, parked(server));
    }

    private static int parked(TestServer server) throws Exception {
        server.flush();
        return server.guard.transact(tx -> tx.list(HeldPackets.PARKED).size());
    }
}
