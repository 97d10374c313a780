package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.vault.MachineStore;

/** Two servers with the real protocol bundles talk over a network without rules. */
class ServersTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
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

    private void awaitReceived(TestServer server, List<String> texts) throws Exception {
        try {
            TestServer.await(
                    "received " + texts.size() + " messages",
                    () -> server.received().size() >= texts.size());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", but " + server.received(), e);
        }
        assertEquals(texts, server.received());
    }

    @Test
    void wordsGoBothWaysWithTheSendersNickname() throws Exception {
        long id = alice.send("lobby", "hello");
        awaitReceived(bob, List.of("hello"));
        bob.send("lobby", "hello yourself");
        awaitReceived(alice, List.of("hello yourself"));
        Messages.Message message = bob.messages().messages(Messages.Query.ALL).get(0);
        assertEquals("alice", message.sender());
        TestServer.await("seen", () -> alice.state(id) == State.RELAYED);
        network.mine();
        TestServer.await("confirmed", () -> alice.state(id) == State.CONFIRMED);
        TestServer.await(
                "the receiver knows the block",
                () -> bob.messages().read(message.id()).block().isPresent());
    }

    @Test
    void aLongMessageArrivesWhole() throws Exception {
        String text = "the quick brown fox jumps over the lazy dog; ".repeat(12);
        alice.send("lobby", text);
        awaitReceived(bob, List.of(text));
        assertTrue(network.broadcasts().size() > 5, "it went in pieces");
    }

    @Test
    void aMessageOverTheLimitIsRefusedWithTheLimitAndNothingIsStored() throws Exception {
        PayloadTooLargeException refusal =
                assertThrows(PayloadTooLargeException.class, () -> alice.send("lobby", "x".repeat(5000)));
        assertTrue(refusal.getMessage().contains(Integer.toString(refusal.limit())));
        String fits = "y".repeat(refusal.limit());
        alice.send("lobby", fits);
        awaitReceived(bob, List.of(fits));
        assertThrows(PayloadTooLargeException.class, () -> alice.send("lobby", "x".repeat(refusal.limit() + 1)));
    }

    @Test
    void openModeNeedsNoEarlierState() throws Exception {
        alice.join("plaza", Mode.OPEN);
        alice.send("plaza", "first");
        alice.send("plaza", "second, " + "long enough for several pieces ".repeat(4));
        TestServer.await(
                "both are out",
                () -> alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.RELAYED));
        bob.join("plaza", Mode.OPEN);
        TestServer.await("late joiner reads both", () -> bob.received().size() == 2);
        assertTrue(bob.received().contains("first"));
    }

    @Test
    void aTransactionThatComesTooEarlyIsTakenUpWhenItsChainBegins() throws Exception {
        network.hold();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add("message number " + i + " of twenty");
            alice.send("lobby", texts.get(i));
        }
        TestServer.await("all are out", () -> network.broadcasts().size() == 21);
        network.release(all -> {
            Collections.shuffle(all, new Random(7));
            return all;
        });
        awaitReceived(bob, texts);
        TestServer.await("told of all", () -> bob.told().size() == 20);
        assertEquals(texts, bob.told(), "told in the sender's order");
    }

    @Test
    void replaysCostNothingAndShowNothing() throws Exception {
        alice.send("lobby", "once");
        alice.send("lobby", "and once more, on the chain of the first");
        awaitReceived(bob, List.of("once", "and once more, on the chain of the first"));
        for (byte[] raw : List.copyOf(network.broadcasts())) {
            List<byte[]> payloads = new ArrayList<>();
            TransactionScanner.scan(
                    raw,
                    (output, offset, length) ->
                            payloads.add(java.util.Arrays.copyOfRange(raw, offset, offset + length)));
            network.accept(network.transaction(payloads));
        }
        bob = bob.restart(nodeB);
        alice.send("lobby", "after");
        TestServer.await("the next arrives", () -> bob.received().contains("after"));
        assertEquals(3, bob.received().size());
    }

    @Test
    void aBurnMessageIsShownOnce() throws Exception {
        alice.messages().send(new Messages.Send(Optional.empty(), "lobby", "burn me", Optional.empty(), true));
        TestServer.await("arrived", () -> bob.received().equals(List.of("(burn)")));
        long id = bob.messages().messages(Messages.Query.ALL).get(0).id();
        assertEquals("burn me", bob.messages().read(id).text().orElseThrow());
        assertThrows(NoSuchThingException.class, () -> bob.messages().read(id));
        assertTrue(bob.received().isEmpty());
    }

    @Test
    void aMessageLeavesWhenItsTimeEnds() throws Exception {
        alice.messages()
                .send(new Messages.Send(Optional.empty(), "lobby", "short", Optional.of(Duration.ofMinutes(5)), false));
        awaitReceived(bob, List.of("short"));
        clock.pass(Duration.ofMinutes(6));
        assertTrue(bob.received().isEmpty());
        assertTrue(alice.messages().messages(Messages.Query.ALL).isEmpty());
    }

    @Test
    void aQueuedMessageExpiresWithoutLeaving() throws Exception {
        nodeA.down = true;
        long id = alice.messages()
                .send(new Messages.Send(Optional.empty(), "lobby", "late", Optional.of(Duration.ofMinutes(1)), false))
                .id();
        TestServer.await(
                "waits for the node",
                () -> alice.messages().outgoing(id).reason().contains("node"));
        clock.pass(Duration.ofMinutes(2));
        nodeA.down = false;
        alice.nodes.addTransport(nodeA);
        TestServer.await("expired", () -> alice.state(id) == State.EXPIRED);
        assertTrue(network.broadcasts().isEmpty());
    }

    @Test
    void aCancelledMessageDoesNotLeave() throws Exception {
        nodeA.poor = true;
        long id = alice.send("lobby", "no");
        TestServer.await(
                "waits for coins", () -> alice.messages().outgoing(id).reason().contains("0 sat"));
        assertEquals(State.RECALLED, alice.messages().cancel(id).state());
        nodeA.poor = false;
        long next = alice.send("lobby", "yes");
        TestServer.await("the next one is seen", () -> alice.state(next) == State.RELAYED);
        awaitReceived(bob, List.of("yes"));
        assertThrows(NoSuchThingException.class, () -> alice.messages().cancel(next));
    }

    @Test
    void whileLockedPacketsAreCollectedAndNothingIsRevealed() throws Exception {
        bob.vault().lock();
        assertEquals(Store.State.LOCKED, bob.vault().state());
        alice.send("lobby", "for later");
        TestServer.await(
                "collected",
                () -> alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.RELAYED));
        TestServer.await("collected", () -> bob.vault().collected() == 1);
        // The node reports everything again, as after a restart.
        bob.nodes.addTransport(nodeB);
        alice.send("lobby", "and this");
        TestServer.await("each is collected once", () -> bob.vault().collected() == 2);
        assertThrows(StoreLockedException.class, () -> bob.received());
        assertThrows(StoreLockedException.class, () -> bob.send("lobby", "x"));
        bob.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitReceived(bob, List.of("for later", "and this"));
    }

    @Test
    void whatWasConfirmedWhileTheServerWasDownIsFound() throws Exception {
        bob.close();
        alice.send("lobby", "one");
        alice.send("lobby", "two");
        TestServer.await(
                "both seen",
                () -> alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.RELAYED));
        network.mine();
        alice.send("lobby", "three");
        bob = bob.restart(nodeB);
        awaitReceived(bob, List.of("one", "two", "three"));
    }

    @Test
    void daysLaterTheMissedDaysAreReadBeforeTheirRootsAreErased() throws Exception {
        bob.close();
        List<String> texts = new ArrayList<>();
        for (int day = 0; day < 4; day++) {
            texts.add("day " + day);
            long id = alice.send("lobby", texts.get(day));
            TestServer.await("seen", () -> alice.state(id) == State.RELAYED);
            network.mine();
            clock.pass(Duration.ofHours(25));
        }
        bob = bob.restart(nodeB);
        awaitReceived(bob, texts);
    }

    @Test
    void suitesComeAndGoWhileMessagesFlow() throws Exception {
        AeadSuite[] suites = {
            alice.suite("XCHACHA20_POLY1305"), alice.suite("AES_256_GCM"), alice.suite("CHACHA20_POLY1305")
        };
        AeadSuite[] bobs = {bob.suite("XCHACHA20_POLY1305"), bob.suite("AES_256_GCM"), bob.suite("CHACHA20_POLY1305")};
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            texts.add("message " + i);
            alice.send("lobby", texts.get(i));
            AeadSuite mine = suites[i % 3];
            AeadSuite theirs = bobs[(i + 1) % 3];
            if (i % 6 < 3) {
                alice.stop(mine);
                bob.stop(theirs);
            } else {
                alice.start(mine);
                bob.start(theirs);
            }
        }
        for (int i = 0; i < 3; i++) {
            alice.start(suites[i]);
            bob.start(bobs[i]);
        }
        TestServer.await("all arrive", () -> bob.received().size() >= 60);
        assertEquals(texts, bob.received());
    }

    @Test
    void withTheLastSuiteStoppedSendsWaitAndSayWhy() throws Exception {
        List<AeadSuite> all = List.of(
                alice.suite("XCHACHA20_POLY1305"), alice.suite("AES_256_GCM"), alice.suite("CHACHA20_POLY1305"));
        all.forEach(alice::stop);
        Messages.Receipt receipt = alice.messages()
                .send(new Messages.Send(Optional.empty(), "lobby", "patience", Optional.empty(), false));
        assertTrue(receipt.waits().contains("cipher suite"), receipt.waits());
        TestServer.await(
                "the outbox says why",
                () -> alice.messages().outgoing(receipt.id()).reason().contains("cipher suite"));
        alice.start(all.get(1));
        awaitReceived(bob, List.of("patience"));
    }

    @Test
    void aDeniedSuiteOpensNothingUntilItIsAllowed() throws Exception {
        bob.suites.deny("XCHACHA20_POLY1305");
        alice.send("lobby", "sealed with what bob denies");
        TestServer.await(
                "out", () -> alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.RELAYED));
        alice.suites.prefer(List.of("AES_256_GCM"));
        alice.send("lobby", "sealed with what bob allows");
        awaitReceived(bob, List.of("sealed with what bob allows"));
        bob.suites.allow("XCHACHA20_POLY1305");
        TestServer.await("the parked one is opened", () -> bob.received().size() == 2);
    }

    @Test
    void aBrokenDiskLosesNothingAndShowsNothingTwice() throws Exception {
        alice.send("lobby", "first");
        awaitReceived(bob, List.of("first"));
        bob.store.failCommits(1);
        alice.send("lobby", "second");
        alice.send("lobby", "third");
        awaitReceived(bob, List.of("first", "second", "third"));
        TestServer.await("told", () -> bob.told().size() == 3);
        assertEquals(List.of("first", "second", "third"), bob.told());
    }

    @Test
    void aSenderWhoseDiskFailsUsesNoChainPositionTwice() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            if (i % 3 == 1) {
                alice.store.failCommits(1 + i % 2);
            }
            String text = "words number " + i + " that do not ride with an opener";
            try {
                alice.send("lobby", text);
                texts.add(text);
            } catch (org.partyline.api.store.StoreException e) {
                assertTrue(e.getMessage().contains("disk"));
            }
        }
        alice.store.failCommits(0);
        TestServer.await("all arrive", () -> bob.received().size() >= texts.size());
        assertEquals(texts, bob.received());
        Set<String> locators = new HashSet<>();
        for (byte[] packet : packets()) {
            assertTrue(
                    locators.add(java.util.HexFormat.of().formatHex(packet, 1, 9)), "a locator stands in two packets");
        }
    }

    /** Returns each packet that was handed to a node, once. */
    private List<byte[]> packets() {
        Set<java.nio.ByteBuffer> distinct = new java.util.LinkedHashSet<>();
        for (byte[] raw : network.broadcasts()) {
            TransactionScanner.scan(
                    raw,
                    (output, offset, length) -> distinct.add(
                            java.nio.ByteBuffer.wrap(java.util.Arrays.copyOfRange(raw, offset, offset + length))));
        }
        return distinct.stream().map(java.nio.ByteBuffer::array).toList();
    }

    @Test
    void aNodeThatDiesAfterTakingGetsTheSameTransactionAgain() throws Exception {
        nodeA.dieAfterTaking = 1;
        long id = alice.send("lobby", "did you get it?");
        TestServer.await("seen", () -> alice.state(id).ordinal() >= State.SENT.ordinal());
        awaitReceived(bob, List.of("did you get it?"));
        Set<String> transactions = new HashSet<>();
        network.broadcasts()
                .forEach(raw -> transactions.add(TransactionScanner.id(raw).toString()));
        assertEquals(1, transactions.size(), "the same transaction, never a second one");
    }

    @Test
    void aMessageThatWaitsForANodeLeavesOnceTheNodeIsReady() throws Exception {
        nodeA.down = true;
        long id = alice.send("lobby", "when you can");
        TestServer.await("waits", () -> alice.messages().outgoing(id).reason().contains("ready"));
        // No time passes: the wait ends because of the node, not because a pause is over.
        nodeA.down = false;
        awaitReceived(bob, List.of("when you can"));
    }

    @Test
    void aRestartedSenderSendsTheSameTransactionsAgain() throws Exception {
        nodeA.down = true;
        alice.send("lobby", "stored before the crash");
        alice = alice.restart(nodeA);
        nodeA.down = false;
        alice.nodes.addTransport(nodeA);
        awaitReceived(bob, List.of("stored before the crash"));
        alice = alice.restart(nodeA);
        alice.send("lobby", "stored after the crash");
        TestServer.await("both", () -> bob.received().size() == 2);
    }

    @Test
    void twoPersonasOfOneServerHearEachOther() throws Exception {
        alice.personas().create("carol");
        alice.personas().use("carol");
        alice.join("lobby", Mode.RATCHET);
        alice.send("lobby", "carol here");
        awaitReceived(bob, List.of("carol here"));
        TestServer.await("alice hears carol", () -> alice.received().equals(List.of("carol here")));
        alice.personas().use("alice");
        alice.send("lobby", "alice here");
        TestServer.await("bob hears both", () -> bob.received().size() == 2);
        TestServer.await("carol hears alice", () -> alice.received().size() == 2);
    }

    @Test
    void aChainEndsAfterTheConfiguredNumberOfMessages() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            texts.add("m" + i);
            alice.send("lobby", "m" + i);
        }
        TestServer.await("all arrive", () -> bob.received().size() == 60);
        assertEquals(texts, bob.received());
        TestServer.await(
                "three chains", () -> bob.channels().listAll().get(0).senders().size() == 1);
        assertEquals(60, network.broadcasts().size());
    }

    @Test
    void inspectExplainsOurPacketAndAStrangers() throws Exception {
        alice.send("lobby", "look at me");
        awaitReceived(bob, List.of("look at me"));
        String id = TransactionScanner.id(network.broadcasts().get(0)).toString();
        Messages.Inspection inspection = bob.messages().inspect(id).get(0);
        assertEquals("lobby", inspection.channel().orElseThrow());
        assertTrue(inspection.json().orElseThrow().startsWith("{\"version\":2,\"msg_type\":\"TEXT\""));
        byte[] decoy = new byte[64];
        new Random(1).nextBytes(decoy);
        decoy[0] = 2;
        Messages.Inspection stranger = bob.messages()
                .inspect(java.util.HexFormat.of().formatHex(decoy))
                .get(0);
        assertTrue(stranger.json().isEmpty());
        assertFalse(stranger.verdict().isEmpty());
        // The same, without opening anything.
        byte[] raw = network.broadcasts().get(0);
        List<Nodes.Sighting> seen = new ArrayList<>();
        TransactionScanner.scan(
                raw, (output, offset, length) -> seen.add(sighting(Arrays.copyOfRange(raw, offset, offset + length))));
        assertEquals(List.of(Optional.of(Messages.Use.SENT)), alice.messages().uses(seen));
        assertEquals(List.of(Optional.of(Messages.Use.RECEIVED)), bob.messages().uses(seen));
        assertEquals(List.of(Optional.empty()), bob.messages().uses(List.of(sighting(decoy))));
    }

    private static Nodes.Sighting sighting(byte[] payload) {
        return new Nodes.Sighting(Network.REGTEST, TxId.of("ab".repeat(32)), payload, false, Instant.EPOCH);
    }

    @Test
    void theOpenerOfAMessageOfOursIsNotShownAsADecoy() throws Exception {
        String text = "so long that it does not go with what opens its chain, and needs a packet of its own";
        alice.send("lobby", text);
        awaitReceived(bob, List.of(text));
        String id = TransactionScanner.id(network.broadcasts().get(0)).toString();
        for (TestServer server : List.of(alice, bob)) {
            String json = server.messages().inspect(id).get(0).json().orElseThrow();
            assertTrue(json.startsWith("{\"version\":2,\"msg_type\":\"OPENER\""), json);
        }
        assertTrue(alice.messages().inspect(id).get(0).verdict().startsWith("our message "));
    }

    @Test
    void aMessageWithoutWordsOrWithAKeyThatWasMeantOtherwiseIsRefused() throws Exception {
        for (String text : List.of("", " \n", "ls\u0003", "\u0004", "\u001b[A", "a\rb", "\u009b0m")) {
            assertThrows(NoSuchThingException.class, () -> alice.send("lobby", text), text);
        }
        long id = alice.send("lobby", "two\n\tlines");
        assertThrows(NoSuchThingException.class, () -> alice.conversations().edit(id, "ls\u0003"));
        assertThrows(NoSuchThingException.class, () -> alice.conversations().edit(id, " "));
        awaitReceived(bob, List.of("two\n\tlines"));
    }

    @Test
    void leavingAChannelErasesItsMessages() throws Exception {
        alice.send("lobby", "gone soon");
        awaitReceived(bob, List.of("gone soon"));
        bob.channels().leave(Optional.empty(), "lobby");
        assertTrue(bob.received().isEmpty());
        assertThrows(NoSuchThingException.class, () -> bob.send("lobby", "x"));
        alice.send("lobby", "not heard");
        TestServer.await(
                "out", () -> alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.RELAYED));
        assertTrue(bob.received().isEmpty());
    }

    private void sendAndMine(String text) throws Exception {
        long id = alice.send("lobby", text);
        TestServer.await("seen", () -> alice.state(id) == State.RELAYED);
        network.mine();
        TestServer.await("confirmed", () -> alice.state(id) == State.CONFIRMED);
    }

    @Test
    void whatWasCollectedOverDaysIsReadBeforeAnyRootGoes() throws Exception {
        bob.vault().lock();
        List<String> texts = new ArrayList<>();
        for (int day = 0; day < 4; day++) {
            texts.add("locked, day " + day);
            sendAndMine(texts.get(day));
            clock.pass(Duration.ofHours(25));
        }
        bob.vault().unlock(TestServer.STORE_PASSPHRASE);
        bob.keep();
        awaitReceived(bob, texts);
        bob.keep();
        sendAndMine("and today");
        TestServer.await("today too", () -> bob.received().contains("and today"));
    }

    @Test
    void aKeepersRoundInTheMiddleOfCatchingUpLosesNothing() throws Exception {
        bob.close();
        List<String> texts = new ArrayList<>();
        for (int day = 0; day < 4; day++) {
            sendAndMine("away, day " + day);
            texts.add("away, day " + day);
            sendAndMine("on its chain, day " + day);
            texts.add("on its chain, day " + day);
            clock.pass(Duration.ofHours(30));
        }
        nodeB.down = true;
        bob = bob.restart();
        bob.keep();
        nodeB.down = false;
        bob.nodes.addTransport(nodeB);
        bob.keep();
        awaitReceived(bob, texts);
    }

    @Test
    void aMessageThatWaitedTooLongIsSealedAgainWithTheTimeItLeaves() throws Exception {
        alice.send("lobby", "starts the chain");
        awaitReceived(bob, List.of("starts the chain"));
        nodeA.poor = true;
        long id = alice.messages()
                .send(new Messages.Send(
                        Optional.empty(), "lobby", "patient words", Optional.of(Duration.ofDays(7)), false))
                .id();
        TestServer.await(
                "waits for coins", () -> alice.messages().outgoing(id).reason().contains("0 sat"));
        clock.pass(Duration.ofHours(49));
        nodeA.poor = false;
        alice.nodes.addTransport(nodeA);
        TestServer.await("it is out", () -> alice.state(id).ordinal() >= State.SENT.ordinal());
        bob.keep();
        TestServer.await("it arrives", () -> bob.received().contains("patient words"));
    }

    @Test
    void aClockThatWasFastDoesNotMakeReadersRefuse() throws Exception {
        clock.pass(Duration.ofHours(2));
        alice.send("lobby", "from the future");
        TestServer.await(
                "sent", () -> alice.messages().outbox(false).stream().allMatch(out -> out.state() == State.RELAYED));
        clock.pass(Duration.ofHours(-2));
        alice.send("lobby", "from the present");
        TestServer.await("it is read", () -> bob.received().contains("from the present"));
    }

    @Test
    void anEvictedTransactionIsHandedOverAgain() throws Exception {
        long id = alice.send("lobby", "evicted once");
        awaitReceived(bob, List.of("evicted once"));
        TestServer.await("seen", () -> alice.state(id) == State.RELAYED);
        network.evictAll();
        clock.pass(Duration.ofMinutes(11));
        alice.nodes.addTransport(nodeA);
        TestServer.await("twice with the node", () -> network.broadcasts().size() == 2);
        Set<String> transactions = new HashSet<>();
        network.broadcasts()
                .forEach(raw -> transactions.add(TransactionScanner.id(raw).toString()));
        assertEquals(1, transactions.size());
    }

    @Test
    void aMessageWhoseHandOverFailedEndsWithItsTimeAndLetsTheNextOneGo() throws Exception {
        nodeA.down = false;
        nodeA.dieAfterTaking = Integer.MAX_VALUE;
        network.hold();
        long id = alice.messages()
                .send(new Messages.Send(Optional.empty(), "lobby", "stuck", Optional.of(Duration.ofMinutes(5)), false))
                .id();
        TestServer.await("tried", () -> alice.messages().outgoing(id).reason().contains("broke off"));
        network.evictAll();
        clock.pass(Duration.ofMinutes(6));
        nodeA.dieAfterTaking = 0;
        network.release(all -> List.of());
        alice.nodes.addTransport(nodeA);
        TestServer.await("given up", () -> alice.state(id) == State.EXPIRED);
        alice.send("lobby", "the next one");
        TestServer.await("the next one arrives", () -> bob.received().equals(List.of("the next one")));
    }

    @Test
    void nothingHeldBackIsToldAfterTheStoreIsLocked() throws Exception {
        alice.send("lobby", "zero");
        awaitReceived(bob, List.of("zero"));
        alice.send("lobby", "one");
        TestServer.await("one", () -> bob.told().size() == 2);
        network.hold();
        alice.send("lobby", "two");
        alice.send("lobby", "three");
        TestServer.await("both out", () -> network.broadcasts().size() == 4);
        network.release(all -> all.subList(1, 2));
        TestServer.await("three is there", () -> bob.received().contains("three"));
        bob.vault().lock();
        clock.pass(Duration.ofSeconds(30));
        assertFalse(bob.told().contains("three"));
    }

    @Test
    void aCopyOfTheStoreThatIsPutBackUsesNoChainPositionAgain() throws Exception {
        alice.send("lobby", "the first words, on a chain of their own");
        awaitReceived(bob, List.of("the first words, on a chain of their own"));
        MachineStore copy = alice.store.copy();
        alice.send("lobby", "sent after the copy was made");
        TestServer.await("received", () -> bob.received().size() == 2);
        alice.close();
        alice = new TestServer(copy, clock, new java.util.HashMap<>(), nodeA);
        alice.vault().unlock(TestServer.STORE_PASSPHRASE);
        alice.send("lobby", "sent from the copy of the store");
        TestServer.await("received too", () -> bob.received().size() == 3);
        Set<String> locators = new HashSet<>();
        for (byte[] packet : packets()) {
            assertTrue(
                    locators.add(java.util.HexFormat.of().formatHex(packet, 1, 9)), "a locator stands in two packets");
        }
    }
}
