package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.cover.PoissonTiming;
import org.partyline.engine.chains.SeenLocators;
import org.partyline.engine.mailbox.FragmentRecord;
import org.partyline.engine.mailbox.Inbox;
import org.partyline.engine.recognition.HeldPackets;
import org.partyline.engine.recognition.Unmatched;
import org.partyline.receive.PacketWriter;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Strangers put junk on the network, with copied locators and without. */
class JunkTest {
    private static final int LOCATOR = 16;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node nodeA = network.node("a");
    private final TestNetwork.Node nodeB = network.node("b");
    private final Random junk = new Random(7);
    private GatedDerivation gate;
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServersInTwoChannels() throws Exception {
        alice = TestServer.fresh(clock, nodeA);
        bob = TestServer.fresh(clock, nodeB);
        alice.personas().rename("me", "alice");
        bob.personas().rename("me", "bob");
        for (TestServer server : List.of(alice, bob)) {
            server.join("plaza", Mode.OPEN);
            server.join("lobby", Mode.RATCHET);
        }
        gate = new GatedDerivation();
        bob.provide(gate);
    }

    @AfterEach
    void close() {
        gate.open();
        alice.close();
        bob.close();
    }

    private static void awaitReceived(TestServer server, String... texts) throws Exception {
        TestServer.await("received " + List.of(texts), () -> server.received().containsAll(List.of(texts)));
    }

    private void awaitOut(TestServer server) throws Exception {
        TestServer.await(
                "all is out",
                () -> server.messages().outbox(false).stream().allMatch(out -> out.state() == State.SEEN));
    }

    /** A message of alice that nobody has heard yet. */
    private byte[] held(String channel, String text) throws Exception {
        network.hold();
        int before = network.broadcasts().size();
        alice.send(channel, text);
        TestServer.await("it is out", () -> network.broadcasts().size() > before);
        byte[] raw = network.broadcasts().get(before);
        network.release(all -> List.of());
        return raw;
    }

    private byte[] payload(byte[] raw) {
        List<byte[]> found = new ArrayList<>();
        TransactionScanner.scan(
                raw, (output, offset, length) -> found.add(Arrays.copyOfRange(raw, offset, offset + length)));
        return found.get(0);
    }

    /** A transaction with the same locator and junk behind it. */
    private byte[] copy(byte[] genuine) {
        byte[] copy = genuine.clone();
        for (int i = 1 + LOCATOR; i < copy.length; i++) {
            copy[i] = (byte) junk.nextInt();
        }
        return network.transaction(List.of(copy));
    }

    private byte[] stranger() {
        byte[] packet = new byte[80];
        junk.nextBytes(packet);
        packet[0] = 2;
        return network.transaction(List.of(packet));
    }

    private void meet(TestServer server, byte[] raw) {
        server.meet(raw, nodeB, Optional.empty());
    }

    @Test
    void aThousandCopiesOfALocatorBeforeItsPacketCostOneDerivationAndHoldNobodyUp() throws Exception {
        alice.send("lobby", "so that the chain is known");
        awaitReceived(bob, "so that the chain is known");
        int before = gate.begun();
        gate.shut();
        byte[] genuine = held("plaza", "the true one");
        for (int i = 0; i < 500; i++) {
            meet(bob, copy(payload(genuine)));
        }
        bob.barrier();
        for (int i = 0; i < 500; i++) {
            meet(bob, copy(payload(genuine)));
        }
        meet(bob, genuine);
        // The derivation is under way, and does not end: what is sent in another channel arrives all the same.
        gate.awaitBegun(before + 1);
        alice.send("lobby", "meanwhile");
        awaitReceived(bob, "meanwhile");
        assertFalse(bob.received().contains("the true one"));
        gate.open();
        awaitReceived(bob, "the true one");
        for (int i = 0; i < 20; i++) {
            meet(bob, copy(payload(genuine)));
        }
        meet(bob, genuine);
        bob.read();
        assertEquals(before + 1, gate.begun(), "one derivation for all packets with the locator");
        assertEquals(1, bob.received().stream().filter("the true one"::equals).count());
        assertEquals(0, bob.secretsKept(), "the secret is wiped once its packet is open");
    }

    @Test
    void copiesThatCameAfterTheDerivationCostNoneEither() throws Exception {
        byte[] genuine = held("plaza", "late");
        int before = gate.begun();
        meet(bob, copy(payload(genuine)));
        bob.read();
        assertEquals(before + 1, gate.begun());
        for (int i = 0; i < 100; i++) {
            meet(bob, copy(payload(genuine)));
        }
        meet(bob, genuine);
        awaitReceived(bob, "late");
        assertEquals(before + 1, gate.begun());
    }

    @Test
    void anotherChannelsSealedPacketIsDerivedBesideOneThatTakesLong() throws Exception {
        for (TestServer server : List.of(alice, bob)) {
            server.join("square", Mode.OPEN);
        }
        byte[] first = held("plaza", "slow");
        byte[] second = held("plaza", "slow too");
        byte[] other = held("square", "quick");
        int before = gate.begun();
        gate.shutFirst(1);
        meet(bob, first);
        gate.awaitBegun(before + 1);
        meet(bob, second);
        meet(bob, other);
        awaitReceived(bob, "quick");
        assertEquals(List.of("quick"), bob.received());
        gate.open();
        awaitReceived(bob, "slow", "slow too");
    }

    @Test
    void whatIsDerivedWhenTheStoreIsLockedIsWipedAndReadAfterUnlock() throws Exception {
        int before = gate.begun();
        gate.shut();
        byte[] genuine = held("plaza", "across the lock");
        meet(bob, copy(payload(genuine)));
        meet(bob, genuine);
        gate.awaitBegun(before + 1);
        bob.barrier();
        byte[] root = gate.lastSecret();
        assertTrue(isSet(root), "it is being derived of the day's root");
        bob.vault().lock();
        assertFalse(isSet(root), "lock wipes the root of a derivation that is under way");
        gate.open();
        bob.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitReceived(bob, "across the lock");
    }

    private static boolean isSet(byte[] bytes) {
        for (byte each : bytes) {
            if (each != 0) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aBlockCountsAsReadOnlyOnceItsPacketsThatWaitForAKeyAreRemembered() throws Exception {
        gate.shut();
        byte[] genuine = held("plaza", "across a crash");
        byte[] early = held("lobby", "begins a chain");
        bob.closeWatch();
        BlockRef block = new BlockRef(7, org.partyline.api.TxId.ofStripped(new byte[] {7}), clock.instant());
        bob.meet(genuine, nodeB, Optional.of(block));
        bob.meet(early, nodeB, Optional.of(block));
        bob.meet(stranger(), nodeB, Optional.of(block));
        bob.connect(nodeB, block);
        bob.barrier();
        assertEquals(Optional.of(block.encode()), bob.store.note("cursor.regtest.b"));
        // The machine dies here: nothing is left but the files.
        MachineStore files = bob.store.copy();
        assertEquals(1, files.count(HeldPackets.UNMATCHED));
        assertEquals(2, files.count(HeldPackets.PARKED));
        gate.open();
        TestServer next = new TestServer(files, clock, new java.util.HashMap<>());
        try {
            next.vault().unlock(TestServer.STORE_PASSPHRASE);
            awaitReceived(next, "across a crash", "begins a chain");
            next.flush();
            assertEquals(0, files.count(HeldPackets.PARKED));
        } finally {
            next.close();
        }
    }

    @Test
    void aChannelThatIsLeftWhileAKeyIsDerivedShowsNothingAndStopsNothing() throws Exception {
        int before = gate.begun();
        gate.shut();
        meet(bob, held("plaza", "too late"));
        gate.awaitBegun(before + 1);
        bob.barrier();
        bob.channels().leave(Optional.empty(), "plaza");
        gate.open();
        alice.send("lobby", "after");
        awaitReceived(bob, "after");
        bob.read();
        assertEquals(List.of("after"), bob.received());
        assertEquals(0, bob.secretsKept());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDerivationThatFailsIsTriedAgain(boolean byException) throws Exception {
        if (byException) {
            gate.failByException(1);
        } else {
            gate.fail(1);
        }
        meet(bob, held("plaza", "at the second try"));
        gate.awaitFailed();
        bob.keepUntil(() -> bob.received().contains("at the second try"));
    }

    @Test
    void aKeyThatIsStillDerivedKeepsItsDaysRoot() throws Exception {
        int before = gate.begun();
        gate.shut();
        meet(bob, held("plaza", "days ago"));
        gate.awaitBegun(before + 1);
        bob.barrier();
        clock.pass(Duration.ofDays(3));
        network.mine();
        bob.barrier();
        bob.keep();
        gate.open();
        awaitReceived(bob, "days ago");
    }

    @Test
    void aLocatorThatWasOpenedIsRememberedUntilItsDaysRootIsErased() throws Exception {
        byte[] genuine = held("plaza", "once");
        BlockRef old = network.mine();
        bob.barrier();
        bob.meet(genuine, nodeB, Optional.of(old));
        awaitReceived(bob, "once");
        // The node is away, so that day's blocks are not all read, and its root stays.
        nodeB.down = true;
        clock.pass(Duration.ofDays(6));
        bob.keep();
        int before = gate.begun();
        bob.meet(copy(payload(genuine)), nodeB, Optional.of(old));
        bob.read();
        assertEquals(before, gate.begun(), "a replay costs nothing");
        assertEquals(1, bob.store.count(SeenLocators.TABLE));
        nodeB.down = false;
        network.mine();
        bob.barrier();
        bob.keep();
        assertEquals(0, bob.store.count(SeenLocators.TABLE), "and is forgotten with the root");
    }

    @Test
    void inspectingDerivesOnceForALocatorAndHoldsNobodyUp() throws Exception {
        byte[] genuine = held("plaza", "looked at");
        byte[] copies = network.transaction(List.of(payload(copy(payload(genuine))), payload(copy(payload(genuine)))));
        int before = gate.begun();
        gate.shutFirst(1);
        CompletableFuture<List<Messages.Inspection>> looked = CompletableFuture.supplyAsync(() -> {
            try {
                return bob.messages().inspect(HexFormat.of().formatHex(copies));
            } catch (PartylineException e) {
                throw new IllegalStateException(e);
            }
        });
        gate.awaitBegun(before + 1);
        alice.send("lobby", "meanwhile");
        awaitReceived(bob, "meanwhile");
        gate.open();
        for (Messages.Inspection each : looked.get()) {
            assertTrue(each.verdict().contains("somebody copied the locator"), each.verdict());
        }
        assertEquals(before + 2, gate.begun(), "one for both copies, and one for what was sent meanwhile");
    }

    // ---- what junk costs

    @Test
    void junkAtTheRelayLimitCostsACommitInFiveSeconds() throws Exception {
        bob.barrier();
        long before = bob.store.writes();
        int packets = 0;
        // As an hour has it, for ten minutes of it.
        for (int second = 0; second < 600; second++) {
            for (int i = 0; i < 14; i++) {
                meet(bob, stranger());
                packets++;
            }
            bob.barrier();
            clock.pass(Duration.ofSeconds(1));
        }
        bob.flush();
        assertEquals(packets, bob.store.count(HeldPackets.UNMATCHED));
        long commits = bob.store.writes() - before;
        assertTrue(commits <= 600 / 5 + 1, packets + " packets took " + commits + " commits");
    }

    @Test
    void aBurstOfJunkIsWrittenInBatches() throws Exception {
        bob.barrier();
        long before = bob.store.writes();
        for (int i = 0; i < 4 * PacketWriter.MOST; i++) {
            meet(bob, stranger());
        }
        bob.barrier();
        assertEquals(4, bob.store.writes() - before);
        assertEquals(4 * PacketWriter.MOST, bob.store.count(HeldPackets.UNMATCHED));
    }

    @Test
    void aStrangersPacketIsWrittenOnceHoweverOftenItIsMet() throws Exception {
        byte[] raw = stranger();
        meet(bob, raw);
        bob.barrier();
        bob.flush();
        long before = bob.store.writes();
        for (int i = 0; i < 10; i++) {
            meet(bob, raw);
        }
        bob.barrier();
        bob.flush();
        assertEquals(before, bob.store.writes());
        assertEquals(1, bob.unmatched());
    }

    @Test
    void unmatchedPacketsAreBoundedInMemoryAndInTheStore() throws Exception {
        meet(bob, stranger());
        bob.barrier();
        bob.flush();
        assertEquals(1, bob.store.count(HeldPackets.UNMATCHED));
        bob.fillUnmatched(Unmatched.MOST - 1);
        assertEquals(Unmatched.MOST, bob.unmatched());
        meet(bob, stranger());
        bob.barrier();
        assertEquals(Unmatched.MOST, bob.unmatched(), "the oldest makes room for the newest");
        bob.flush();
        assertEquals(1, bob.store.count(HeldPackets.UNMATCHED), "in the store, too");
    }

    @Test
    void incompleteMessagesOfAChannelAreBounded() throws Exception {
        network.hold();
        List<byte[]> first = new ArrayList<>();
        List<byte[]> second = new ArrayList<>();
        int messages = Inbox.MOST_INCOMPLETE + 1;
        for (int i = 0; i < messages; i++) {
            alice.send("plaza", "number " + i + " is a text that goes in two pieces, not in one");
        }
        TestServer.await("all are out", () -> network.broadcasts().size() == 2 * messages);
        for (int i = 0; i < messages; i++) {
            first.add(network.broadcasts().get(2 * i));
            second.add(network.broadcasts().get(2 * i + 1));
        }
        network.release(all -> List.of());
        for (byte[] piece : first) {
            meet(bob, piece);
            bob.read();
        }
        assertEquals(Inbox.MOST_INCOMPLETE, bob.store.count(FragmentRecord.TABLE));
        // The oldest had to go, and its other piece, the last to come, completes nothing.
        java.util.Collections.reverse(second);
        for (byte[] piece : second) {
            meet(bob, piece);
            bob.read();
        }
        List<String> received = bob.received();
        assertEquals(Inbox.MOST_INCOMPLETE, received.size());
        assertFalse(received.stream().anyMatch(text -> text.startsWith("number 0 ")));
    }

    /** A chance that hits the same message ids again and again, as 65,536 of them do where many messages are on their way. */
    private static final class FewIds extends SecureRandom {
        private static final long serialVersionUID = 1L;
        static final int IDS = 12;

        @Override
        public int nextInt(int bound) {
            return super.nextInt(bound == 1 << Short.SIZE ? IDS : bound);
        }
    }

    @Test
    void noTwoMessagesInPiecesGetTheSameMessageId() throws Exception {
        try (TestServer carol = new TestServer(
                new MachineStore(),
                clock,
                new HashMap<>(),
                new PoissonTiming(),
                new FewIds(),
                List.of(nodeA),
                List.of(nodeA))) {
            carol.vault().create(TestServer.STORE_PASSPHRASE);
            carol.awaitCursor(nodeA);
            carol.personas().rename("me", "carol");
            carol.join("plaza", Mode.OPEN);
            carol.join("lobby", Mode.RATCHET);
            carol.send("lobby", "so that the chain is known");
            awaitReceived(bob, "so that the chain is known");
            int before = network.broadcasts().size();
            network.hold();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < FewIds.IDS; i++) {
                String text = "number " + i + " is a text that goes in two pieces, not in one";
                texts.add(text);
                carol.send(i % 2 == 0 ? "plaza" : "lobby", text);
            }
            TestServer.await("all are out", () -> network.broadcasts().size() == before + 2 * FewIds.IDS);
            network.release(all -> List.of());
            List<byte[]> pieces = network.broadcasts().subList(before, before + 2 * FewIds.IDS);
            for (int half = 0; half < 2; half++) {
                for (int i = half; i < pieces.size(); i += 2) {
                    meet(bob, pieces.get(i));
                }
                bob.read();
            }
            TestServer.await("all are whole", () -> bob.received().containsAll(texts));
        }
    }

    @Test
    void noTwoMessagesInPiecesGetTheSameMessageIdOnASession() throws Exception {
        try (TestServer carol = new TestServer(
                new MachineStore(),
                clock,
                new HashMap<>(),
                new PoissonTiming(),
                new FewIds(),
                List.of(nodeA),
                List.of(nodeA))) {
            carol.vault().create(TestServer.STORE_PASSPHRASE);
            carol.awaitCursor(nodeA);
            carol.personas().rename("me", "carol");
            carol.know(bob, "bob");
            bob.know(carol, "carol");
            carol.write("bob", "so that the session is open");
            awaitReceived(bob, "so that the session is open");
            int before = network.broadcasts().size();
            network.hold();
            List<String> texts = new ArrayList<>();
            // What opened the session went in pieces, too.
            int messages = FewIds.IDS - 2;
            for (int i = 0; i < messages; i++) {
                String text = "number " + i + " is a text that goes in two pieces, not in one";
                texts.add(text);
                carol.write("bob", text);
            }
            TestServer.await("all are out", () -> network.broadcasts().size() == before + 2 * messages);
            List<byte[]> pieces = List.copyOf(network.broadcasts()).subList(before, before + 2 * messages);
            network.release(all -> List.of());
            for (int half = 0; half < 2; half++) {
                for (int i = half; i < pieces.size(); i += 2) {
                    meet(bob, pieces.get(i));
                }
                bob.read();
            }
            TestServer.await("all are whole", () -> bob.received().containsAll(texts));
        }
    }

    // ---- while locked

    @Test
    void aFloodWhileLockedPushesOutNothingOfOtherBlocksAndItsOwnIsReadAgain() throws Exception {
        bob.store.keepCandidates(200);
        bob.vault().lock();
        alice.send("lobby", "in an early block");
        awaitOut(alice);
        network.mine();
        byte[] flooded = held("plaza", "in the flooded block");
        network.takes(flooded);
        for (int i = 0; i < 1000; i++) {
            network.takes(stranger());
        }
        network.mine();
        network.mine();
        bob.barrier();
        assertTrue(bob.vault().dropped() > 700, bob.vault().dropped() + " were dropped");
        // Nodes that were away do not tell: only what was kept can be shown.
        nodeB.down = true;
        bob.vault().unlock(TestServer.STORE_PASSPHRASE);
        awaitReceived(bob, "in an early block");
        assertTrue(bob.vault().dropped() > 700, "until they were read again");
        nodeB.down = false;
        bob.reread();
        awaitReceived(bob, "in the flooded block");
        TestServer.await("it was read again", () -> {
            bob.reread();
            return bob.vault().dropped() == 0;
        });
        assertEquals(2, bob.received().size());
    }

    // ---- beacons

    @Test
    void aBeaconOfAnotherNetworkIsNotOurs() throws Exception {
        byte[] genuine = held("plaza", "on another network");
        int before = gate.begun();
        bob.meet(genuine, nodeB, Network.TESTNET4, Optional.empty());
        bob.read();
        assertEquals(before, gate.begun());
        assertEquals(1, bob.unmatched());
    }

    @Test
    void aBeaconOfAnotherDayIsNotOurs() throws Exception {
        byte[] genuine = held("plaza", "two days ago");
        nodeB.down = true;
        clock.pass(Duration.ofDays(2));
        // The days in between were not read, so their roots are still here.
        bob.keep();
        int before = gate.begun();
        meet(bob, genuine);
        bob.read();
        assertEquals(before, gate.begun());
        assertEquals(1, bob.unmatched());
        nodeB.down = false;
    }
}
