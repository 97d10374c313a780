package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Two engines with the real protocol bundles hold sessions over a network without rules. */
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

    private static boolean isOpen(TestServer server, String contact) throws Exception {
        return server.sessions().list(Optional.empty()).stream()
                .anyMatch(s -> s.contact().equals(contact) && s.state() == Sessions.State.OPEN);
    }

    private static long count(TestServer server, String kind) throws Exception {
        return server.messages().outbox(true).stream()
                .filter(out -> out.kind().equals(kind))
                .count();
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

    @Test
    void bothShowTheSameSafetyNumberAndCanVerify() throws Exception {
        meet();
        String number = alice.contacts().safetyNumber(Optional.empty(), "bob");
        assertEquals(number, bob.contacts().safetyNumber(Optional.empty(), "alice"));
        assertEquals(12, number.split(" ").length);
        assertEquals(
                Trust.UNVERIFIED, alice.contacts().get(Optional.empty(), "bob").trust());
        assertEquals(
                Trust.VERIFIED,
                alice.contacts().verify(Optional.empty(), "bob", true).trust());
        assertEquals(
                Trust.VERIFIED, alice.contacts().get(Optional.empty(), "bob").trust());
        assertEquals(
                Trust.UNVERIFIED,
                alice.contacts().verify(Optional.empty(), "bob", false).trust());
    }

    @Test
    void twoWhoOpenAtTheSameMomentKeepOneSessionAndLoseNothing() throws Exception {
        meet();
        network.hold();
        alice.write("bob", "from alice");
        bob.write("alice", "from bob");
        TestServer.await("both handshakes are out", () -> network.broadcasts().size() == 6);
        network.release(all -> all);
        awaitReceived(bob, List.of("from alice"));
        awaitReceived(alice, List.of("from bob"));
        assertNotEquals(session(alice, "bob").initiator(), session(bob, "alice").initiator());
        boolean aliceIsLower = alice.personas()
                        .current()
                        .senderId()
                        .compareTo(bob.personas().current().senderId())
                < 0;
        assertEquals(aliceIsLower, session(alice, "bob").initiator());
        alice.write("bob", "and on");
        awaitReceived(bob, List.of("from alice", "and on"));
    }

    @Test
    void aHandshakeInShuffledPiecesAndTwiceIsAnsweredOnce() throws Exception {
        meet();
        network.hold();
        alice.write("bob", "hello");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);
        network.release(all -> {
            List<byte[]> order = new ArrayList<>(all);
            Collections.reverse(order);
            order.addAll(all);
            return order;
        });
        awaitReceived(bob, List.of("hello"));
        long answers = bob.messages().outbox(true).stream()
                .filter(out -> out.kind().equals("answer"))
                .count();
        assertEquals(1, answers);
    }

    @Test
    void aHandshakeThatOffersOnlyDeniedSuitesIsRefused() throws Exception {
        meet();
        alice.suites.deny("XCHACHA20_POLY1305");
        alice.suites.deny("AES_256_GCM");
        bob.suites.deny("CHACHA20_POLY1305");
        alice.write("bob", "with the one suite you do not like");
        TestServer.await(
                "the handshake is seen",
                () -> alice.messages().outbox(true).stream()
                        .anyMatch(out -> out.kind().equals("handshake") && out.state() == State.SEEN));
        network.mine();
        TestServer.await("the refusal is audited", () -> bob.audited.contains("handshake-refused"));
        assertEquals(List.of("handshake-refused"), bob.audited, "its pieces are one offer");
        assertTrue(bob.sessions().list(Optional.empty()).isEmpty());
        bob.suites.allow("CHACHA20_POLY1305");
        clock.pass(Duration.ofHours(7));
        extend(alice);
        alice.keep();
        awaitSessions();
    }

    /** Keeps a message waiting for the session beyond the time to live that it was given. */
    private static void extend(TestServer server) throws Exception {
        server.messages()
                .send(new Messages.Send(
                        Optional.empty(), true, "bob", "again", Optional.of(Duration.ofDays(2)), false, false));
    }

    private void awaitSessions() throws Exception {
        TestServer.await("the session is open", () -> isOpen(alice, "bob") && isOpen(bob, "alice"));
    }

    @Test
    void theSuiteIsAgreedInsideTheHandshake() throws Exception {
        meet();
        bob.settings.set("suite-preference", "CHACHA20_POLY1305,AES_256_GCM");
        alice.write("bob", "hello");
        awaitReceived(bob, List.of("hello"));
        assertEquals("CHACHA20_POLY1305", session(alice, "bob").suite().orElseThrow());
    }

    @Test
    void keysAreRenewedAfterSoManyMessagesAndWordsGoOn() throws Exception {
        meet();
        alice.settings.set("rekey-messages", "3");
        bob.settings.set("rekey-messages", "4");
        List<String> toBob = new ArrayList<>();
        List<String> toAlice = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            toBob.add("to bob " + i);
            alice.write("bob", toBob.get(i));
            toAlice.add("to alice " + i);
            bob.write("alice", toAlice.get(i));
            if (i % 5 == 0) {
                awaitReceived(bob, toBob);
                awaitReceived(alice, toAlice);
            }
        }
        awaitReceived(bob, toBob);
        awaitReceived(alice, toAlice);
        assertTrue(session(alice, "bob").lastRekey().isPresent());
        long updates = alice.messages().outbox(true).stream()
                .filter(out -> out.kind().equals("key update"))
                .count();
        assertTrue(updates >= 3, "keys were renewed " + updates + " times");
    }

    @Test
    void keysAreRenewedAfterADay() throws Exception {
        meet();
        alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        clock.pass(Duration.ofHours(25));
        alice.write("bob", "two");
        TestServer.await("two", () -> bob.received().contains("two"));
        TestServer.await("renewed", () -> {
            alice.keep();
            bob.keep();
            return session(alice, "bob").lastRekey().isPresent()
                    && session(bob, "alice").lastRekey().isPresent();
        });
        alice.write("bob", "three");
        TestServer.await("three", () -> bob.received().contains("three"));
    }

    @Test
    void aSessionClosesOnBothSidesAndOpensAgain() throws Exception {
        meet();
        alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        nodeB.down = true;
        assertEquals(
                Sessions.State.CLOSED,
                bob.sessions().close(Optional.empty(), "alice").state());
        assertEquals(Sessions.State.CLOSED, session(bob, "alice").state(), "though nobody was told yet");
        nodeB.down = false;
        bob.kick();
        TestServer.await(
                "closed",
                () -> session(alice, "bob").state() == Sessions.State.CLOSED
                        && session(bob, "alice").state() == Sessions.State.CLOSED);
        assertEquals(List.of("bob has ended the session"), alice.notices());
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "two");
        awaitReceived(bob, List.of("one", "two"));
        assertTrue(isOpen(alice, "bob"));
    }

    @Test
    void aSessionOutlivesARestartOfBothSides() throws Exception {
        meet();
        alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        alice = alice.restart(nodeA);
        bob = bob.restart(nodeB);
        alice.write("bob", "two");
        bob.write("alice", "three");
        awaitReceived(bob, List.of("one", "two"));
        awaitReceived(alice, List.of("three"));
    }

    @Test
    void anAnswerThatComesAfterARestartCompletesTheSession() throws Exception {
        meet();
        alice.write("bob", "one");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() >= 3);
        alice = alice.restart(nodeA);
        awaitReceived(bob, List.of("one"));
    }

    @Test
    void aCardNeverAnsweredIsTriedAgainAfterHoursWithFreshKeys() throws Exception {
        meet();
        bob.close();
        alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), true, "bob", "patient", Optional.of(Duration.ofDays(2)), false, false));
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);
        alice.keep();
        assertEquals(3, network.broadcasts().size());
        network.evictAll();
        clock.pass(Duration.ofHours(7));
        alice.keep();
        TestServer.await("another handshake is out", () -> network.broadcasts().size() >= 6);
        bob = bob.restart(nodeB);
        TestServer.await("patient", () -> bob.received().equals(List.of("patient")));
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

    private static Optional<String> signer(TestServer server, String text) throws Exception {
        return server.messages().messages(Messages.Query.ALL).stream()
                .filter(m -> m.text().equals(Optional.of(text)))
                .findFirst()
                .orElseThrow()
                .signedBy();
    }

    @Test
    void aSignatureThatNoNodeCarriesIsRefusedWithTheReason() throws Exception {
        meet();
        NoSuchThingException refusal = assertThrows(
                NoSuchThingException.class,
                () -> alice.messages()
                        .send(new Messages.Send(
                                Optional.empty(), true, "bob", "signed", Optional.empty(), false, true)));
        assertTrue(refusal.getMessage().contains("128"), refusal.getMessage());
    }

    @Test
    void rotationTellsOpenSessionsAndTheOldCardStillWorksForADay() throws Exception {
        meet();
        bob.contacts().verify(Optional.empty(), "alice", true);
        alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        String before = alice.personas().current().senderId();
        Personas.Rotated rotated = alice.personas().rotate(Optional.empty(), false);
        assertEquals(List.of("bob"), rotated.told());
        assertNotEquals(before, alice.personas().current().senderId());
        TestServer.await(
                "bob has the new keys",
                () -> bob.contacts()
                        .get(Optional.empty(), "alice")
                        .senderId()
                        .equals(alice.personas().current().senderId()));
        assertEquals(
                Trust.VERIFIED, bob.contacts().get(Optional.empty(), "alice").trust());
        assertEquals(List.of("alice has new keys, signed with the old ones"), bob.notices());
        assertEquals(
                alice.contacts().safetyNumber(Optional.empty(), "bob"),
                bob.contacts().safetyNumber(Optional.empty(), "alice"));
        alice.write("bob", "two");
        bob.write("alice", "three");
        awaitReceived(bob, List.of("one", "two"));
        awaitReceived(alice, List.of("three"));
        bob.sessions().close(Optional.empty(), "alice");
        TestServer.await("closed", () -> !isOpen(alice, "bob") && !isOpen(bob, "alice"));
        clock.pass(Duration.ofSeconds(5));
        bob.write("alice", "under the new keys");
        awaitReceived(alice, List.of("three", "under the new keys"));
    }

    /** Both open at once. Which of the two sessions stands hangs on the order of three random ids, so that it is done often. */
    @RepeatedTest(30)
    void whoStillHasTheOldCardReachesARotatedPersonaAndIsToldTheNewKeys() throws Exception {
        meet();
        alice.personas().rotate(Optional.empty(), false);
        bob.write("alice", "with your old card");
        awaitReceived(alice, List.of("with your old card"));
        TestServer.await(
                "bob has the new keys",
                () -> bob.contacts()
                        .get(Optional.empty(), "alice")
                        .senderId()
                        .equals(alice.personas().current().senderId()));
    }

    /** As above: our handshake, made with the old keys, is a stranger's to who never had that card, and stands against nothing. */
    @RepeatedTest(12)
    void whoHasOnlyTheNewCardReachesAPersonaThatOpenedWithItsOldKeys() throws Exception {
        alice.know(bob, "bob");
        alice.personas().rotate(Optional.empty(), false);
        bob.know(alice, "alice");
        bob.write("alice", "with your new card");
        awaitReceived(alice, List.of("with your new card"));
    }

    @Test
    void theOldKeysAreErasedAfterADay() throws Exception {
        meet();
        // Her handshake, which would tell him, does not leave.
        nodeA.poor = true;
        alice.personas().rotate(Optional.empty(), false);
        clock.pass(Duration.ofHours(25));
        alice.keep();
        nodeA.poor = false;
        bob.write("alice", "too late");
        TestServer.await(
                "the handshake is seen",
                () -> bob.messages().outbox(true).stream()
                        .anyMatch(out -> out.kind().equals("handshake") && out.state() == State.SEEN));
        network.mine();
        alice.read();
        assertEquals(0, count(alice, "answer"));
    }

    @Test
    void afterACompromiseTheOldKeysAreGoneAtOnceAndContactsMustVerifyAgain() throws Exception {
        meet();
        bob.contacts().verify(Optional.empty(), "alice", true);
        alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        alice.personas().rotate(Optional.empty(), true);
        TestServer.await(
                "bob knows", () -> bob.contacts().get(Optional.empty(), "alice").trust() == Trust.ROTATED);
        TestServer.await(
                "session keys are renewed",
                () -> session(alice, "bob").lastRekey().isPresent());
        alice.write("bob", "two");
        awaitReceived(bob, List.of("one", "two"));
        assertEquals(
                Trust.VERIFIED,
                bob.contacts().verify(Optional.empty(), "alice", true).trust());
    }

    @Test
    void keysRotateByAgeAndByUse() throws Exception {
        String first = alice.personas().current().senderId();
        clock.pass(Duration.ofDays(31));
        alice.keep();
        String second = alice.personas().current().senderId();
        assertNotEquals(first, second);
        alice.settings.set("key-messages", "100");
        alice.join("lobby", Mode.RATCHET);
        for (int i = 0; i < 100; i++) {
            alice.send("lobby", "message " + i);
        }
        TestServer.await("all are sealed", () -> alice.personas().current().messages() >= 100);
        alice.keep();
        assertNotEquals(second, alice.personas().current().senderId());
        assertEquals(0, alice.personas().current().messages());
    }

    @Test
    void personasOfOneServerAreStrangersToEachOther() throws Exception {
        alice.personas().create("mallory");
        assertNotEquals(
                alice.personas().get("alice").senderId(),
                alice.personas().get("mallory").senderId());
        alice.contacts()
                .add(
                        Optional.of("mallory"),
                        alice.personas().card(Optional.of("alice"), Optional.of(Network.REGTEST)),
                        Optional.empty());
        alice.contacts()
                .add(
                        Optional.of("alice"),
                        alice.personas().card(Optional.of("mallory"), Optional.of(Network.REGTEST)),
                        Optional.empty());
        alice.messages()
                .send(new Messages.Send(
                        Optional.of("mallory"), true, "alice", "between us", Optional.empty(), false, false));
        awaitReceived(alice, List.of("between us"));
        assertEquals(
                "alice",
                alice.messages().messages(Messages.Query.ALL).stream()
                        .filter(m -> !m.outgoing() && !m.notice())
                        .findFirst()
                        .orElseThrow()
                        .persona());
    }

    @Test
    void aDeletedPersonaLeavesNothing() throws Exception {
        alice.personas().create("burner");
        alice.contacts()
                .add(
                        Optional.of("burner"),
                        bob.personas().card(Optional.empty(), Optional.of(Network.REGTEST)),
                        Optional.empty());
        bob.contacts()
                .add(
                        Optional.empty(),
                        alice.personas().card(Optional.of("burner"), Optional.of(Network.REGTEST)),
                        Optional.empty());
        alice.messages()
                .send(new Messages.Send(
                        Optional.of("burner"), true, "bob", "short life", Optional.empty(), false, false));
        awaitReceived(bob, List.of("short life"));
        alice.personas().delete("burner");
        assertEquals(1, alice.personas().list().size());
        assertTrue(alice.contacts().listAll().isEmpty());
        assertTrue(alice.messages().messages(Messages.Query.ALL).isEmpty());
        assertTrue(alice.messages().outbox(true).isEmpty());
        assertThrows(NoSuchThingException.class, () -> alice.personas().delete("alice"));
    }

    @Test
    void messagesInAnyOrderAndTwiceAreShownOnceInTheirOrder() throws Exception {
        meet();
        alice.settings.set("rekey-messages", "7");
        alice.write("bob", "first");
        awaitReceived(bob, List.of("first"));
        Random random = new Random(42);
        List<String> texts = new ArrayList<>(List.of("first"));
        for (int round = 0; round < 6; round++) {
            network.hold();
            int before = network.broadcasts().size();
            for (int i = 0; i < 10; i++) {
                texts.add("round " + round + " message " + i);
                alice.write("bob", texts.get(texts.size() - 1));
            }
            TestServer.await("the round is out", () -> network.broadcasts().size() >= before + 10);
            network.release(all -> {
                List<byte[]> twice = new ArrayList<>(all);
                twice.addAll(all);
                Collections.shuffle(twice, random);
                return twice;
            });
            awaitReceived(bob, texts);
        }
    }

    @Test
    void receiptsAreSentOnlyByWhoChoseTo() throws Exception {
        meet();
        long quiet = alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        assertFalse(alice.messages().outgoing(quiet).reason().equals("received"));
        bob.settings.set("send-receipts", "true");
        long told = alice.write("bob", "two");
        TestServer.await(
                "a receipt", () -> alice.messages().outgoing(told).reason().equals("received"));
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
        alice.backups().importFrom(file, passphrase);
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
        List<org.partyline.api.engine.Backups.Change> again =
                alice.backups().importFrom(file, passphrase).changes();
        assertTrue(again.stream().allMatch(c -> c.action().equals("kept")), again::toString);
        assertThrows(
                org.partyline.api.identity.BackupFile.DamagedBackupException.class,
                () -> alice.backups().importFrom(file, "another passphrase".toCharArray()));
    }

    @Test
    void aRestoredMemberAnswersNoHandshakeThatItMayHaveAnsweredBefore() throws Exception {
        // Bob's handshake would win against one that alice makes at the same moment.
        for (int i = 0; senderId(bob).compareTo(senderId(alice)) > 0; i++) {
            bob.personas().create("bob " + i);
            bob.personas().use("bob " + i);
        }
        meet();
        bob.write("alice", "one");
        awaitReceived(alice, List.of("one"));
        java.nio.file.Path file =
                java.nio.file.Files.createTempDirectory("backup").resolve("alice.plbackup");
        char[] passphrase = "backup passphrase".toCharArray();
        alice.backups().exportTo(file, passphrase);
        alice.close();
        clock.pass(Duration.ofSeconds(5));
        alice = TestServer.fresh(clock, nodeA);
        alice.backups().importFrom(file, passphrase);
        alice.personas().use("alice");
        TestServer.await("a new session", () -> isOpen(alice, "bob"));
        assertTrue(session(alice, "bob").initiator());
        assertTrue(alice.messages().outbox(true).stream()
                .noneMatch(out -> out.kind().equals("answer")));
        clock.pass(Duration.ofSeconds(5));
        alice.write("bob", "two");
        bob.write("alice", "three");
        awaitReceived(bob, List.of("two"));
        awaitReceived(alice, List.of("three"));
    }

    @Test
    void whoWaitsForAnAnswerIsOfferedASessionByARestoredMember() throws Exception {
        meet();
        java.nio.file.Path file =
                java.nio.file.Files.createTempDirectory("backup").resolve("alice.plbackup");
        char[] passphrase = "backup passphrase".toCharArray();
        alice.backups().exportTo(file, passphrase);
        alice.close();
        bob.write("alice", "are you there?");
        TestServer.await("the handshake is out", () -> network.broadcasts().size() == 3);
        clock.pass(Duration.ofSeconds(5));
        alice = TestServer.fresh(clock, nodeA);
        alice.backups().importFrom(file, passphrase);
        alice.personas().use("alice");
        if (senderId(bob).compareTo(senderId(alice)) < 0) {
            // His own offer stands until he makes another one.
            TestServer.await("her offer is out", () -> network.broadcasts().size() == 6);
            clock.pass(Duration.ofMinutes(61));
            bob.messages()
                    .send(new Messages.Send(Optional.empty(), true, "alice", "hello?", Optional.empty(), false, false));
            bob.keep();
            TestServer.await("an answer", () -> alice.received().contains("hello?"));
        } else {
            awaitReceived(alice, List.of("are you there?"));
        }
    }

    private static String senderId(TestServer server) throws Exception {
        return server.personas().current().senderId();
    }

    @Test
    void aMessageWaitsWithItsReasonWhileTheSuiteOfTheSessionIsAway() throws Exception {
        meet();
        alice.write("bob", "one");
        awaitReceived(bob, List.of("one"));
        alice.suites.deny(session(alice, "bob").suite().orElseThrow());
        long waiting = alice.write("bob", "two");
        TestServer.await(
                "it says why", () -> alice.messages().outgoing(waiting).reason().contains("suite"));
        alice.suites.allow(session(alice, "bob").suite().orElseThrow());
        awaitReceived(bob, List.of("one", "two"));
    }

    @Test
    void whatFailsToBeStoredIsNotHalfDone() throws Exception {
        meet();
        bob.store.failCommits(4);
        alice.write("bob", "hello");
        awaitReceived(bob, List.of("hello"));
        alice.store.failCommits(3);
        bob.write("alice", "hello too");
        awaitReceived(alice, List.of("hello too"));
        Map<String, Integer> counts = new HashMap<>();
        bob.received().forEach(text -> counts.merge(text, 1, Integer::sum));
        assertEquals(Map.of("hello", 1), counts);
    }
}
