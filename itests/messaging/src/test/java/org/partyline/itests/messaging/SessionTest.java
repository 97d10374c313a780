package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Sessions;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * Two servers with the real protocol bundles have sessions over a network without rules: tests that need all their
 * bundles.
 */
class SessionTest {
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
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void meet() throws Exception {
        alice.know(bob, "bob");
        bob.know(alice, "alice");
    }

    private static void awaitReceived(TestServer server, List<String> texts) throws Exception {
        try {
            TestServer.await(
                    "received " + texts.size() + " messages",
                    () -> server.received().size() >= texts.size());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", but " + server.received(), e);
        }
        assertEquals(texts, server.received());
    }

    private static Sessions.Session session(TestServer server, String contact) throws Exception {
        return server.sessions().list(Optional.empty()).stream()
                .filter(s -> s.contact().equals(contact))
                .findFirst()
                .orElseThrow();
    }

    /** A block may have transactions in any order, and a reader that was absent meets them in that. */
    @Test
    void keysThatAreRotatedTwiceAreLearntWhateverTheOrderInABlock() throws Exception {
        meet();
        alice.write("bob", "hello");
        awaitReceived(bob, List.of("hello"));
        bob.write("alice", "hello yourself");
        awaitReceived(alice, List.of("hello yourself"));
        network.hold();
        alice.personas().rotate(Optional.empty(), false);
        alice.personas().rotate(Optional.empty(), true);
        TestServer.await("the second ones wait", () -> {
            alice.round();
            return alice.messages().outbox(false).stream()
                    .anyMatch(one ->
                            one.reason().equals("it waits until a block has the new keys that were announced before"));
        });
        network.release(all -> {
            Collections.reverse(all);
            return all;
        });
        String keys = alice.personas().list().get(0).senderId();
        TestServer.await("bob has the newest keys", () -> {
            network.mine();
            clock.pass(Duration.ofSeconds(61));
            alice.round();
            return bob.contacts().list(Optional.empty()).get(0).senderId().equals(keys);
        });
        assertFalse(bob.audited.contains("rotation-refused"));
    }

    @Test
    void messagesAreOnHoldUntilTheSessionIsProtectedAndThenLeave() throws Exception {
        alice.settings.set("post-quantum", "off");
        bob.settings.set("post-quantum", "pay");
        meet();
        alice.write("bob", "anybody may read this one day");
        awaitReceived(bob, List.of("anybody may read this one day"));
        alice.contacts().requirePostQuantum(Optional.empty(), "bob", true);
        long id = alice.write("bob", "and this nobody");
        TestServer.await(
                "it is on hold, and says why",
                () -> alice.messages().outgoing(id).state() == Messages.State.ON_HOLD
                        && alice.messages().outgoing(id).reason().contains("partyline:session-protect bob"));
        List<Integer> packets = alice.sessions().protectionPackets(Optional.empty(), "bob");
        assertEquals(28, packets.size());
        assertTrue(alice.messages().price(Optional.empty(), "bob", packets).orElseThrow() > 0);
        alice.sessions().protect(Optional.empty(), "bob");
        TestServer.await("it arrives", () -> {
            alice.keep();
            bob.keep();
            return bob.received().contains("and this nobody");
        });
        assertTrue(session(alice, "bob").protection().since().isPresent());
        assertTrue(session(bob, "alice").protection().since().isPresent());
    }

    @Test
    void aMessageToAContactOpensASessionAndArrives() throws Exception {
        meet();
        alice.write("bob", "hello");
        awaitReceived(bob, List.of("hello"));
        bob.write("alice", "hello yourself");
        awaitReceived(alice, List.of("hello yourself"));
        Messages.Message message = bob.messages().messages(Messages.Query.ALL).stream()
                .filter(m -> !m.outgoing() && !m.notice())
                .findFirst()
                .orElseThrow();
        assertTrue(message.direct());
        assertEquals("alice", message.channel());
        assertEquals("alice", message.sender());
        assertTrue(message.signedBy().isEmpty(), "it is deniable");
        assertTrue(session(alice, "bob").initiator());
        assertFalse(session(bob, "alice").initiator());
        assertEquals(1, session(alice, "bob").sent());
        assertEquals(1, session(alice, "bob").received());
    }

    /** The one who opened it has the answer, and goes on with the session, whatever becomes of the transaction. */
    @Test
    void whatIsWrittenDaysAfterTheAnswerWasGivenUpIsStillRead() throws Exception {
        meet();
        alice.sessions().open(Optional.empty(), "bob");
        TestServer.await("alice has bob's answer", () -> {
            alice.round();
            bob.round();
            return session(alice, "bob").state() == Sessions.State.OPEN;
        });
        TestServer.await("bob's answer was in no block for a day", () -> {
            clock.pass(Duration.ofHours(5));
            bob.keep();
            bob.round();
            return session(bob, "alice").state() == Sessions.State.CLOSED;
        });
        clock.pass(Duration.ofHours(49));
        bob.keep();
        alice.write("bob", "three days later");
        awaitReceived(bob, List.of("three days later"));
    }

    @Test
    void aSignedMessageIsShownAsSignedByItsContact() throws Exception {
        nodeA.maxPayload = 512;
        nodeB.maxPayload = 512;
        meet();
        alice.messages()
                .send(new Messages.Send(Optional.empty(), true, "bob", "I said so", Optional.empty(), false, true));
        awaitReceived(bob, List.of("I said so"));
        assertEquals(Optional.of("alice"), signer(bob, "I said so"));
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.messages()
                .send(new Messages.Send(
                        Optional.empty(),
                        false,
                        "lobby",
                        "and in public, " + "at length ".repeat(25),
                        Optional.empty(),
                        false,
                        true));
        TestServer.await("the public one", () -> bob.received().size() == 2);
        assertEquals(Optional.of("alice"), signer(bob, bob.received().get(1)));
        alice.send("lobby", "this one is deniable");
        TestServer.await("the deniable one", () -> bob.received().size() == 3);
        assertEquals(Optional.empty(), signer(bob, "this one is deniable"));
        bob.contacts().remove(Optional.empty(), "alice");
        alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), false, "lobby", "who is this", Optional.empty(), false, true));
        TestServer.await("from nobody known", () -> bob.received().contains("who is this"));
        assertEquals(Optional.of("an unknown key"), signer(bob, "who is this"));
    }

    /** Packets arrive in any order. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMessageThatWasSignedBeforeNewKeysIsItsContactsAlthoughItArrivesAfterThem(boolean compromised)
            throws Exception {
        nodeA.maxPayload = 512;
        nodeB.maxPayload = 512;
        meet();
        alice.write("bob", "hello");
        awaitReceived(bob, List.of("hello"));
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        network.hold();
        long id = alice.messages()
                .send(new Messages.Send(Optional.empty(), false, "lobby", "I said so", Optional.empty(), false, true))
                .id();
        TestServer.await(
                "it is signed", () -> alice.messages().outgoing(id).state().compareTo(Messages.State.SENT) >= 0);
        String keys = alice.personas().list().get(0).senderId();
        alice.personas().rotate(Optional.empty(), compromised);
        TestServer.await(
                "the new keys are out",
                () -> alice.messages().outbox(false).stream()
                        .filter(one -> one.kind().equals("control"))
                        .anyMatch(one -> one.state().compareTo(Messages.State.SENT) >= 0));
        network.release(all -> {
            Collections.reverse(all);
            return all;
        });
        TestServer.await("the public one", () -> bob.received().contains("I said so"));
        assertNotEquals(keys, bob.contacts().list(Optional.empty()).get(0).senderId());
        // Whoever has stolen the old keys could sign, too.
        assertEquals(Optional.of(compromised ? "an unknown key" : "alice"), signer(bob, "I said so"));
    }

    private static Optional<String> signer(TestServer server, String text) throws Exception {
        return server.messages().messages(Messages.Query.ALL).stream()
                .filter(m -> m.text().equals(Optional.of(text)))
                .findFirst()
                .orElseThrow()
                .signedBy();
    }

    @Test
    void aRestoredMemberOpensItsSessionsAnewAndPeersFollow() throws Exception {
        meet();
        alice.join("lobby", Mode.RATCHET);
        bob.join("lobby", Mode.RATCHET);
        alice.settings.set("max-bucket", "128");
        alice.write("bob", "one");
        alice.send("lobby", "hello all");
        TestServer.await("both", () -> bob.received().size() == 2);
        java.nio.file.Path file =
                java.nio.file.Files.createTempDirectory("backup").resolve("alice.plbackup");
        char[] passphrase = "backup passphrase".toCharArray();
        alice.backups().exportTo(file, passphrase);
        alice.close();
        clock.pass(Duration.ofSeconds(5));
        alice = TestServer.fresh(clock, nodeA);
        assertTrue(alice.backups().preview(file, passphrase).changes().stream()
                .anyMatch(c -> c.kind().equals("contact") && c.name().equals("alice/bob")));
        assertTrue(alice.contacts().listAll().isEmpty(), "a preview changes nothing");
        alice.backups().importFrom(file, passphrase, Backups.Original.GONE);
        assertEquals(128, alice.settings.get().sending().maxBucket());
        TestServer.await(
                "a new session",
                () -> alice.contacts().list(Optional.of("alice")).get(0).session() == Sessions.State.OPEN);
        bob.write("alice", "welcome back");
        bob.send("lobby", "and here");
        TestServer.await(
                "both ways",
                () -> alice.received().contains("welcome back")
                        && alice.received().contains("and here"));
        alice.messages()
                .send(new Messages.Send(Optional.of("alice"), true, "bob", "thanks", Optional.empty(), false, false));
        alice.messages().send(new Messages.Send(Optional.of("alice"), "lobby", "thanks all", Optional.empty(), false));
        TestServer.await(
                "new chains are followed",
                () -> bob.received().contains("thanks") && bob.received().contains("thanks all"));
        List<org.partyline.api.engine.Backups.Change> again = alice.backups()
                .importFrom(file, passphrase, Backups.Original.GONE)
                .changes();
        assertTrue(again.stream().allMatch(c -> c.action().equals("kept")), again::toString);
        assertThrows(
                org.partyline.api.identity.BackupFile.DamagedBackupException.class,
                () -> alice.backups().importFrom(file, "another passphrase".toCharArray(), Backups.Original.GONE));
    }
}
