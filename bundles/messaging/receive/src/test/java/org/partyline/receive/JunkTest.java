package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.protocol.GatedDerivation;

/** Strangers put junk on the network, with copied locators and without. */
class JunkTest {
    private static final int LOCATOR = 16;

    private final HandSetClock clock = new HandSetClock();
    private final ReceiveBench bench = new ReceiveBench(clock);
    private final TestNetwork.Node node = bench.network.node("a");
    private final GatedDerivation gate = new GatedDerivation();
    private final Random junk = new Random(7);
    private ChannelMembership plaza;
    private Speaker inPlaza;
    private Speaker inLobby;
    private byte[] seed;

    @BeforeEach
    void twoChannels() throws Exception {
        bench.add(node);
        plaza = bench.stage.join("plaza", Mode.OPEN);
        inPlaza = new Speaker(bench.stage, plaza);
        inLobby = new Speaker(bench.stage, bench.join("lobby"));
        seed = inLobby.newSeed();
        bench.stage.suites.add(gate);
    }

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private void awaitReceived(String... texts) {
        Eventually.that("received " + List.of(texts), () -> bench.texts().containsAll(List.of(texts)));
    }

    /** Returns a packet that someone seals in the open channel. */
    private byte[] plaza(String text) {
        return inPlaza.sealed(inPlaza.text(text));
    }

    /** Makes the chain in the lobby known. */
    private void openChain() {
        meet(inLobby.opener(seed, "alice", "so that the chain is known"));
        awaitReceived("so that the chain is known");
    }

    private byte[] lobby(int position, String text) {
        return inLobby.onChain(seed, position, inLobby.text(text));
    }

    /** Returns the same locator followed by junk. */
    private byte[] copy(byte[] genuine) {
        byte[] copy = genuine.clone();
        for (int i = 1 + LOCATOR; i < copy.length; i++) {
            copy[i] = (byte) junk.nextInt();
        }
        return copy;
    }

    private byte[] stranger() {
        byte[] packet = new byte[80];
        junk.nextBytes(packet);
        packet[0] = 2;
        return packet;
    }

    private void meet(byte[] payload) {
        meet(payload, Network.REGTEST, Optional.empty());
    }

    /** Makes a node report it. */
    private void meet(byte[] payload, Network on, Optional<BlockRef> block) {
        byte[] transaction = new byte[TxId.LENGTH];
        junk.nextBytes(transaction);
        bench.queue.payload(node.name(), on, payload, TxId.ofBytes(transaction), block, clock.instant());
    }

    @Test
    void aThousandCopiesOfALocatorBeforeItsPacketCostOneDerivationAndHoldNobodyUp() throws Exception {
        openChain();
        byte[] genuine = plaza("the true one");
        int before = gate.begun();
        gate.shut();
        for (int i = 0; i < 500; i++) {
            meet(copy(genuine));
        }
        bench.barrier();
        for (int i = 0; i < 500; i++) {
            meet(copy(genuine));
        }
        meet(genuine);
        // The derivation has begun, and does not end: messages in another channel arrive anyway.
        gate.awaitBegun(before + 1);
        meet(lobby(0, "meanwhile"));
        awaitReceived("meanwhile");
        assertFalse(bench.texts().contains("the true one"));
        gate.open();
        awaitReceived("the true one");
        for (int i = 0; i < 20; i++) {
            meet(copy(genuine));
        }
        meet(genuine);
        bench.settle();
        assertEquals(before + 1, gate.begun(), "one derivation for all packets with the locator");
        assertEquals(1, bench.texts().stream().filter("the true one"::equals).count());
        assertEquals(0, bench.stage.recognition.secrets.ready(), "the secret is wiped once its packet is open");
    }

    @Test
    void copiesThatCameAfterTheDerivationCostNoneEither() throws Exception {
        byte[] genuine = plaza("late");
        int before = gate.begun();
        meet(copy(genuine));
        bench.settle();
        assertEquals(before + 1, gate.begun());
        for (int i = 0; i < 100; i++) {
            meet(copy(genuine));
        }
        meet(genuine);
        awaitReceived("late");
        assertEquals(before + 1, gate.begun());
    }

    @Test
    void anotherChannelsSealedPacketIsDerivedBesideOneThatTakesLong() throws Exception {
        Speaker inSquare = new Speaker(bench.stage, bench.stage.join("square", Mode.OPEN));
        byte[] first = plaza("slow");
        byte[] second = plaza("slow too");
        byte[] other = inSquare.sealed(inSquare.text("quick"));
        int before = gate.begun();
        gate.shutFirst(1);
        meet(first);
        gate.awaitBegun(before + 1);
        meet(second);
        meet(other);
        awaitReceived("quick");
        assertEquals(List.of("quick"), bench.texts());
        gate.open();
        awaitReceived("slow", "slow too");
    }

    @Test
    void whatIsDerivedWhenTheStoreIsLockedIsWipedAndReadAfterUnlock() throws Exception {
        byte[] genuine = plaza("across the lock");
        int before = gate.begun();
        gate.shut();
        meet(copy(genuine));
        meet(genuine);
        gate.awaitBegun(before + 1);
        bench.barrier();
        byte[] root = gate.lastSecret();
        assertTrue(isSet(root), "it is being derived of the day's root");
        bench.lock();
        assertFalse(isSet(root), "lock wipes the root of a derivation that is under way");
        gate.open();
        bench.unlock();
        awaitReceived("across the lock");
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
        byte[] genuine = plaza("across a crash");
        byte[] early = inLobby.opener(seed, "alice", "begins a chain");
        gate.shut();
        bench.stage.nodes.unwatch();
        BlockRef block = new BlockRef(7, TxId.ofStripped(new byte[] {7}), clock.instant());
        meet(genuine, Network.REGTEST, Optional.of(block));
        meet(early, Network.REGTEST, Optional.of(block));
        meet(stranger(), Network.REGTEST, Optional.of(block));
        bench.queue.blockConnected(node.name(), Network.REGTEST, block);
        bench.barrier();
        assertEquals(block, bench.cursor(node.name()));
        // The machine fails here: only the files are left.
        MemoryStore files = bench.stage.store.copyAndOpen();
        assertEquals(1, files.count(HeldPackets.UNMATCHED));
        assertEquals(2, files.count(HeldPackets.PARKED));
        try (ReceiveBench next = new ReceiveBench(bench, files)) {
            Eventually.that("both are read", () -> next.texts().size() == 2);
            assertTrue(next.texts().containsAll(List.of("across a crash", "begins a chain")));
            next.flush();
            assertEquals(0, files.count(HeldPackets.PARKED));
        }
    }

    @Test
    void aChannelThatIsLeftWhileAKeyIsDerivedShowsNothingAndStopsNothing() throws Exception {
        openChain();
        byte[] genuine = plaza("too late");
        int before = gate.begun();
        gate.shut();
        meet(genuine);
        gate.awaitBegun(before + 1);
        bench.barrier();
        bench.stage.guard.open(() -> {
            bench.stage.registry.remove(plaza);
            return bench.stage.guard.transact(tx -> tx.delete(MembershipRecord.TABLE, Keys.of(plaza.id())));
        });
        gate.open();
        meet(lobby(0, "after"));
        awaitReceived("after");
        bench.settle();
        assertFalse(bench.texts().contains("too late"));
        assertEquals(0, bench.stage.recognition.secrets.ready());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDerivationThatFailsIsTriedAgain(boolean byException) throws Exception {
        byte[] genuine = plaza("at the second try");
        int before = gate.begun();
        if (byException) {
            gate.failByException(1);
        } else {
            gate.fail(1);
        }
        meet(genuine);
        gate.awaitFailed();
        Eventually.that("it is read", () -> {
            maintain();
            return bench.texts().contains("at the second try");
        });
        assertEquals(before + 2, gate.begun());
    }

    @Test
    void aDerivationThatFailsIsTriedAgainWhenABundleStarts() throws Exception {
        byte[] genuine = plaza("at the second try");
        gate.fail(1);
        meet(genuine);
        gate.awaitFailed();
        Eventually.that("it is read", () -> {
            bench.stage.bus.publish(new Bus.PartsReturned());
            return bench.texts().contains("at the second try");
        });
    }

    /** Nothing else shows that they are missing. */
    @Test
    void packetsWhoseKeysCannotBeDerivedForADayAreDroppedWithANotice() throws Exception {
        byte[] genuine = plaza("never");
        gate.fail(Integer.MAX_VALUE);
        meet(genuine);
        gate.awaitFailed();
        bench.barrier();
        clock.pass(ReceiveChains.PATIENCE);
        maintain();
        assertEquals(List.of(), notices());
        clock.pass(Duration.ofSeconds(1));
        Eventually.that("it is reported", () -> {
            maintain();
            return !notices().isEmpty();
        });
        assertEquals(List.of(ParkedUpkeep.FAILED), notices());
        assertEquals(0, bench.stage.recognition.parked.size());
        clock.pass(Duration.ofDays(1));
        maintain();
        bench.barrier();
        assertEquals(1, notices().size());
    }

    private List<String> notices() throws StoreException {
        return bench.stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)).stream()
                .filter(MessageRecord::notice)
                .map(MessageRecord::text)
                .toList();
    }

    @Test
    void aKeyThatIsStillDerivedKeepsItsDaysRoot() throws Exception {
        byte[] genuine = plaza("days ago");
        int day = Days.of(clock.instant());
        int before = gate.begun();
        gate.shut();
        meet(genuine);
        gate.awaitBegun(before + 1);
        bench.barrier();
        clock.pass(Duration.ofDays(3));
        bench.network.mine();
        bench.barrier();
        // This is checked before roots are erased.
        assertEquals(OptionalInt.of(day), bench.stage.recognition.secrets.firstDay(plaza.id()));
        gate.open();
        awaitReceived("days ago");
        bench.settle();
        assertEquals(OptionalInt.empty(), bench.stage.recognition.secrets.firstDay(plaza.id()));
    }

    @Test
    void whatWaitsForAChainIsKeptWhileTheKeyOfItsOpenerIsDerived() throws Exception {
        bench.lock();
        meet(inLobby.opener(seed, "alice", "first"));
        meet(lobby(0, "second"));
        bench.barrier();
        clock.pass(Duration.ofHours(25));
        int before = gate.begun();
        gate.shut();
        bench.unlock();
        gate.awaitBegun(before + 1);
        bench.barrier();
        assertEquals(1, bench.unmatched());
        maintain();
        gate.open();
        awaitReceived("first", "second");
        assertEquals(0, bench.unmatched());
    }

    @Test
    void aLocatorThatWasOpenedIsRememberedAndAReplayCostsNothing() throws Exception {
        byte[] genuine = plaza("once");
        BlockRef old = bench.network.mine();
        bench.barrier();
        meet(genuine, Network.REGTEST, Optional.of(old));
        awaitReceived("once");
        clock.pass(Duration.ofDays(6));
        int before = gate.begun();
        meet(copy(genuine), Network.REGTEST, Optional.of(old));
        bench.settle();
        assertEquals(before, gate.begun(), "a replay costs nothing");
        assertEquals(1, bench.count(SeenLocators.TABLE));
    }

    // ---- the cost of junk

    @Test
    void junkAtTheRelayLimitCostsACommitInFiveSeconds() throws Exception {
        bench.barrier();
        long before = bench.stage.store.writes();
        int packets = 0;
        // At the hourly rate, for ten minutes.
        for (int second = 0; second < 600; second++) {
            for (int i = 0; i < 14; i++) {
                meet(stranger());
                packets++;
            }
            bench.barrier();
            clock.pass(Duration.ofSeconds(1));
        }
        bench.flush();
        assertEquals(packets, bench.count(HeldPackets.UNMATCHED));
        long commits = bench.stage.store.writes() - before;
        assertTrue(commits <= 600 / 5 + 1, packets + " packets took " + commits + " commits");
    }

    @Test
    void aBurstOfJunkIsWrittenInBatches() throws Exception {
        bench.barrier();
        long before = bench.stage.store.writes();
        for (int i = 0; i < 4 * PacketWriter.MOST; i++) {
            meet(stranger());
        }
        bench.barrier();
        assertEquals(4, bench.stage.store.writes() - before);
        assertEquals(4 * PacketWriter.MOST, bench.count(HeldPackets.UNMATCHED));
    }

    @Test
    void aStrangersPacketIsWrittenOnceHoweverOftenItIsMet() throws Exception {
        byte[] packet = stranger();
        meet(packet);
        bench.barrier();
        bench.flush();
        long before = bench.stage.store.writes();
        for (int i = 0; i < 10; i++) {
            meet(packet);
        }
        bench.barrier();
        bench.flush();
        assertEquals(before, bench.stage.store.writes());
        assertEquals(1, bench.unmatched());
    }

    @Test
    void unmatchedPacketsAreBoundedInMemoryAndInTheStore() throws Exception {
        meet(stranger());
        bench.barrier();
        bench.flush();
        assertEquals(1, bench.count(HeldPackets.UNMATCHED));
        fillUnmatched(Unmatched.MOST - 1);
        assertEquals(Unmatched.MOST, bench.unmatched());
        meet(stranger());
        bench.barrier();
        assertEquals(Unmatched.MOST, bench.unmatched(), "the oldest makes room for the newest");
        bench.flush();
        assertEquals(1, bench.count(HeldPackets.UNMATCHED), "in the store, too");
    }

    /** The packet from which its key is known may be in a block that is still to be read. */
    @Test
    void anUnmatchedPacketIsForgottenOnceAllOfADayWasReadSinceItArrived() throws Exception {
        bench.network.mine();
        meet(stranger());
        bench.barrier();
        bench.flush();
        node.down = true;
        clock.pass(Duration.ofDays(3));
        maintain();
        bench.flush();
        assertEquals(1, bench.unmatched());
        assertEquals(1, bench.count(HeldPackets.UNMATCHED));
        node.down = false;
        bench.network.mine();
        bench.barrier();
        meet(stranger());
        bench.barrier();
        clock.pass(ReceiveChains.PATIENCE);
        maintain();
        bench.flush();
        assertEquals(1, bench.unmatched());
        assertEquals(1, bench.count(HeldPackets.UNMATCHED), "it arrived a day ago");
        clock.pass(Duration.ofMillis(1));
        maintain();
        bench.flush();
        assertEquals(0, bench.unmatched());
        assertEquals(0, bench.count(HeldPackets.UNMATCHED));
    }

    /** In memory only. */
    private void fillUnmatched(int howMany) throws Exception {
        bench.stage.guard.open(() -> {
            for (int i = 0; i < howMany; i++) {
                byte[] payload =
                        ByteBuffer.allocate(80).put((byte) 2).putInt(5, i).array();
                Candidate candidate = new Candidate(Network.REGTEST.code(), payload, new byte[32], null, 0, "");
                bench.stage.recognition.unmatched.add(candidate.id(), candidate);
            }
            return null;
        });
    }

    // ---- while locked

    private long dropped() {
        bench.flush();
        return bench.stage.store.dropped().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** As the server does twice a minute. */
    private void maintain() throws PartylineException {
        bench.stage.guard.<Void, PartylineException>open(() -> {
            StageBench.offered(bench.receive, StateParticipant.class).expire();
            return null;
        });
    }

    private void takes(byte[] payload) {
        bench.network.takes(bench.network.transaction(List.of(payload)));
    }

    @Test
    void aFloodWhileLockedPushesOutNothingOfOtherBlocksAndItsOwnIsReadAgain() throws Exception {
        bench.stage.store.keepCandidates(200);
        byte[] early = inLobby.opener(seed, "alice", "in an early block");
        byte[] flooded = plaza("in the flooded block");
        bench.lock();
        takes(early);
        bench.network.mine();
        takes(flooded);
        for (int i = 0; i < 1000; i++) {
            takes(stranger());
        }
        bench.network.mine();
        bench.network.mine();
        bench.barrier();
        assertTrue(dropped() > 700, dropped() + " were dropped");
        // Nodes that were unavailable do not report it: only stored packets can be shown.
        node.down = true;
        bench.unlock();
        awaitReceived("in an early block");
        assertTrue(dropped() > 700, "until they were read again");
        node.down = false;
        maintain();
        awaitReceived("in the flooded block");
        Eventually.that("it was read again", () -> {
            bench.queue.reread();
            return dropped() == 0;
        });
        assertEquals(2, bench.texts().size());
    }

    /** Locks the store and drops all but the newest twenty packets, among them a true one. */
    private void dropWhileLocked(String text, boolean mined) throws Exception {
        bench.stage.store.keepCandidates(20);
        byte[] flooded = plaza(text);
        bench.lock();
        takes(flooded);
        for (int k = 0; k < 100; k++) {
            takes(stranger());
        }
        if (mined) {
            bench.network.mine();
        }
        bench.barrier();
        assertTrue(dropped() > 70, dropped() + " were dropped");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachTimeThatPacketsWereDroppedWhileLockedTheyAreReadAgain(boolean mined) throws Exception {
        for (int i = 0; i < 2; i++) {
            String text = "in a flooded block, " + i;
            dropWhileLocked(text, mined);
            bench.unlock();
            awaitReceived(text);
            bench.settle();
            bench.queue.reread();
            bench.settle();
            assertEquals(0, dropped());
        }
        int watched = node.watched.get();
        bench.queue.reread();
        bench.settle();
        assertEquals(watched, node.watched.get(), "nothing is to be read again");
    }

    @Test
    void droppedPacketsWaitForANodeThatReportsWhereToBegin() throws Exception {
        dropWhileLocked("in a flooded block", true);
        node.silentOnBlocks = true;
        bench.unlock();
        bench.settle();
        bench.queue.reread();
        bench.settle();
        assertTrue(dropped() > 70, "they are not taken for read");
        node.silentOnBlocks = false;
        bench.queue.reread();
        awaitReceived("in a flooded block");
        bench.settle();
        bench.queue.reread();
        bench.settle();
        assertEquals(0, dropped());
    }

    @Test
    void nodesThatReturnWhileDroppedPacketsAreReadAgainDoNotStartOver() throws Exception {
        dropWhileLocked("in a flooded block", true);
        // It claims to have more than it has reported.
        node.lie = 1;
        bench.unlock();
        awaitReceived("in a flooded block");
        bench.settle();
        int watched = node.watched.get();
        assertTrue(dropped() > 70, "not all is read");
        bench.queue.nodesReturned();
        bench.settle();
        assertEquals(watched, node.watched.get());
        node.lie = 0;
        bench.queue.reread();
        bench.settle();
        assertEquals(0, dropped());
    }

    @Test
    void whatWasDroppedOnAnotherNetworkIsStillToBeReadThere() throws Exception {
        bench.stage.store.keepCandidates(20);
        bench.lock();
        for (int k = 0; k < 100; k++) {
            meet(stranger(), Network.SIGNET, Optional.empty());
        }
        bench.barrier();
        long there = dropped();
        assertTrue(there > 70);
        bench.unlock();
        bench.settle();
        dropWhileLocked("in a flooded block", true);
        bench.unlock();
        awaitReceived("in a flooded block");
        bench.settle();
        bench.queue.reread();
        bench.settle();
        assertTrue(bench.stage.store.dropped().keySet().stream().allMatch(share -> Shares.isOn(share, Network.SIGNET)));
        assertTrue(dropped() >= there);
    }

    /** As if they are stopped a moment after they were asked to start over. */
    @Test
    void nodesThatWereToReadDroppedPacketsAgainAndWentAreAskedAgain() throws Exception {
        dropWhileLocked("in an earlier block", true);
        bench.unlock();
        awaitReceived("in an earlier block");
        dropWhileLocked("in a flooded block", true);
        bench.stage.put(NodeDirectory.class, (NodeDirectory) Proxy.newProxyInstance(
                NodeDirectory.class.getClassLoader(),
                new Class<?>[] {NodeDirectory.class},
                (self, method, arguments) ->
                        method.getName().equals("rewatch") ? null : method.invoke(bench.stage.nodes, arguments)));
        bench.unlock();
        bench.settle();
        bench.queue.reread();
        bench.settle();
        assertEquals(List.of("in an earlier block"), bench.texts());
        assertTrue(dropped() > 70, "they are not taken for read");
        bench.stop(NodeDirectory.class);
        bench.stage.put(NodeDirectory.class, bench.stage.nodes);
        bench.start(NodeDirectory.class);
        awaitReceived("in a flooded block");
    }

    // ---- beacons

    @Test
    void aBeaconOfAnotherNetworkIsNotOurs() throws Exception {
        byte[] genuine = plaza("on another network");
        int before = gate.begun();
        meet(genuine, Network.TESTNET4, Optional.empty());
        bench.settle();
        assertEquals(before, gate.begun());
        assertEquals(1, bench.unmatched());
    }

    @Test
    void aBeaconOfAnotherDayIsNotOurs() throws Exception {
        byte[] genuine = plaza("two days ago");
        // The days in between were not read, so their roots still exist.
        clock.pass(Duration.ofDays(2));
        int before = gate.begun();
        meet(genuine);
        bench.settle();
        assertEquals(before, gate.begun());
        assertEquals(1, bench.unmatched());
    }

    @Test
    void aBeaconOfYesterdayIsOurs() throws Exception {
        byte[] genuine = plaza("just before midnight");
        int today = Days.of(clock.instant());
        while (Days.of(clock.instant()) == today) {
            clock.pass(Duration.ofHours(1));
        }
        meet(genuine);
        awaitReceived("just before midnight");
    }

    @Test
    void noMoreKeysAreRequestedThanThereIsRoomFor() throws Exception {
        byte[] genuine = plaza("once there is room");
        gate.shut();
        bench.stage.guard.open(() -> {
            Beacon beacon = bench.stage.recognition.beacons.match(genuine);
            for (int i = 0; !bench.stage.recognition.secrets.isFull(); i++) {
                byte[] locator = ByteBuffer.allocate(LOCATOR).putInt(i).array();
                bench.stage.recognition.secrets.want(beacon, plaza.id(), plaza.entry.parameters(), locator);
            }
            return null;
        });
        meet(genuine);
        bench.barrier();
        bench.flush();
        assertEquals(1, bench.count(HeldPackets.PARKED));
        assertTrue(bench.stage.guard.open(() -> bench.stage.recognition.secrets.isFull()));
        assertEquals(16_384, bench.stage.guard.open(() -> bench.stage.recognition.secrets.underived()));
        // As a request does; only this one begins beside the others.
        bench.stage.bus.publish(new Bus.PartsReturned());
        bench.barrier();
        gate.open();
        awaitReceived("once there is room");
    }
}
