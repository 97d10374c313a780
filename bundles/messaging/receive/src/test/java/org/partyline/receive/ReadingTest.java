package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;

/** A packet's way in, with plain neighbours. */
class ReadingTest {
    private final ReceiveBench bench = new ReceiveBench();
    private ChannelMembership lobby;
    private Speaker bob;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.join("lobby");
        bob = new Speaker(bench.stage, lobby);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void whatIsSaidOnAChainIsKeptAndToldOnce() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"), bob.onChain(seed, 0, bob.text("two")));
        bench.network.mine();
        bench.settle();
        assertEquals(List.of("one", "two"), bench.texts());
        bench.assertTold("one", "two");
        assertEquals(0, bench.unmatched(), "what a block shows again is known");
        assertTrue(bench.stage.inbox.sightings.stream()
                .anyMatch(candidate -> candidate.inBlock().isPresent()));
        List<String> sessions = bench.stage.inbox.messages().stream()
                .map(MessageRecord::session)
                .toList();
        assertEquals(16, sessions.get(0).length(), "a chain has a name");
        assertEquals(sessions.get(0), sessions.get(1));
        String view = bench.stage.inbox.messages().get(1).views().get(0);
        assertTrue(view.contains(HexFormat.of().formatHex(lobby.entry.salt())), view);
    }

    @Test
    void itGoesOnWhereItWasAfterARestart() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        bench.restart();
        bench.hear(bob.onChain(seed, 0, bob.text("two")));
        assertEquals(List.of("one", "two"), bench.texts());
    }

    @Test
    void onlyPayloadsThatMayBePacketsAreWanted() {
        byte[] raw = new byte[1000];
        int at = 7;
        for (int length : Packets.BUCKETS) {
            raw[at] = Packets.VERSION;
            assertTrue(bench.queue.isWanted(raw, at, length));
            assertFalse(bench.queue.isWanted(raw, at, length + 1));
            assertFalse(bench.queue.isWanted(raw, at + 1, length), "another version");
        }
        raw[at] = '{';
        assertTrue(bench.queue.isWanted(raw, at, 80), "of version 1");
        assertFalse(bench.queue.isWanted(raw, at, 79));
        raw[at] = '[';
        assertFalse(bench.queue.isWanted(raw, at, 80));
    }

    private static void fail(String why) {
        throw new AssertionError(why);
    }

    /** Makes the inbox fail when it accepts the next message. */
    private AtomicInteger fail(Throwable with) {
        AtomicInteger failed = new AtomicInteger();
        bench.stage.put(Inbox.class, (Inbox) Proxy.newProxyInstance(
                Inbox.class.getClassLoader(), new Class<?>[] {Inbox.class}, (self, method, all) -> {
                    if (method.getName().equals("accept") && failed.getAndIncrement() == 0) {
                        throw with;
                    }
                    return method.invoke(bench.stage.inbox, all);
                }));
        return failed;
    }

    static Stream<Throwable> passing() {
        return Stream.of(new StoreException("the disk is full"), new NoClassDefFoundError("a bundle is replaced"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatFailsForAWhileIsTriedAgainBeforeTheNextPacketAndShownOnce(Throwable failure) throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        AtomicInteger failed = fail(failure);
        bench.hear(bob.onChain(seed, 0, bob.text("two")), bob.onChain(seed, 1, bob.text("three")));
        assertEquals(3, failed.get());
        assertEquals(List.of("one", "two", "three"), bench.texts());
        bench.assertTold("one", "two", "three");
    }

    @Test
    void aPacketThatCannotBeHandledStopsNoOther() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        fail(new IllegalStateException("as a test wants it"));
        bench.hear(bob.onChain(seed, 0, bob.text("two")), bob.onChain(seed, 1, bob.text("three")));
        assertEquals(List.of("one", "three"), bench.texts());
        bench.network.mine();
        bench.settle();
        assertEquals(List.of("one", "three", "two"), bench.texts(), "its block brings it again");
    }

    @Test
    void aCollectedPacketThatCannotBeHandledStopsNoOther() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        bench.lock();
        bench.hear(bob.onChain(seed, 0, bob.text("two")), bob.onChain(seed, 1, bob.text("three")));
        bench.flush();
        assertEquals(2, bench.stage.store.collected());
        fail(new IllegalStateException("as a test wants it"));
        bench.unlock();
        bench.settle();
        assertEquals(List.of("one", "three"), bench.texts());
        assertEquals(0, bench.stage.store.collected());
        assertFalse(bench.queue.isDraining());
    }

    @Test
    void whatWaitsIsCounted() throws Exception {
        Backlog backlog = StageBench.offered(bench.receive, Backlog.class);
        byte[] seed = bob.newSeed();
        byte[] opener = bob.opener(seed, "bob", "one");
        bench.hear(bob.onChain(seed, 0, bob.text("too early")));
        bench.hear(bob.onChain(seed, 1, bob.text("too early, too")));
        bench.stage.suites.remove(bench.stage.suites.argon2id());
        bench.hear(opener);
        assertEquals(new Backlog.Level(0, 2, 1), backlog.level());
        bench.settle();
        bench.lock();
        assertEquals(new Backlog.Level(0, 0, 0), backlog.level());
    }

    @Test
    void aReaderThatHasStoppedSaysSo() {
        assertEquals(Optional.empty(), bench.receive.failure());
        bench.receive.stop();
        assertTrue(bench.receive.failure().isPresent());
        assertEquals("suites", bench.receive.name());
    }

    /** It may succeed once the missing bundle is back. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPacketWhoseBundleGoesWhileItIsHandledIsKept(boolean locked) throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        if (locked) {
            bench.lock();
        } else {
            fail(new AbsentException("a bundle is replaced"));
        }
        bench.hear(bob.onChain(seed, 0, bob.text("two")));
        if (locked) {
            fail(new AbsentException("a bundle is replaced"));
            bench.unlock();
        }
        bench.barrier();
        bench.flush();
        assertEquals(List.of("one"), bench.texts());
        assertEquals(1, bench.stage.store.collected());
        assertTrue(bench.queue.isDraining());
        bench.stage.bus.publish(new Bus.PartsReturned());
        bench.settle();
        assertEquals(List.of("one", "two"), bench.texts());
        assertEquals(0, bench.stage.store.collected());
        assertFalse(bench.queue.isDraining());
    }

    /** Makes someone lock the store as soon as the packet that is handled now was. */
    private void lockAfterNext() {
        AtomicBoolean locking = new AtomicBoolean();
        bench.stage.put(Inbox.class, (Inbox) Proxy.newProxyInstance(
                Inbox.class.getClassLoader(), new Class<?>[] {Inbox.class}, (self, method, all) -> {
                    if (method.getName().equals("arrived") && !locking.getAndSet(true)) {
                        Thread thread = new Thread(bench::lock, "test-lock");
                        thread.start();
                        // The lock is fair: whoever waits for it first is next.
                        Eventually.that("it waits", () -> thread.getState() == Thread.State.WAITING);
                    }
                    return method.invoke(bench.stage.inbox, all);
                }));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aStoreThatIsLockedWhileCollectedPacketsAreReadKeepsThem(int packets) throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        bench.lock();
        List<String> all = new ArrayList<>(List.of("one"));
        for (int i = 0; i < packets; i++) {
            all.add("collected " + i);
            bench.hear(bob.onChain(seed, i, bob.text("collected " + i)));
        }
        lockAfterNext();
        bench.unlock();
        Eventually.that("it is locked", () -> bench.stage.store.state() == Store.State.LOCKED);
        bench.barrier();
        assertEquals(packets, bench.stage.store.collected());
        bench.stage.put(Inbox.class, bench.stage.inbox);
        bench.unlock();
        bench.settle();
        assertEquals(all, bench.texts());
        assertEquals(0, bench.stage.store.collected());
    }

    @Test
    void aLockedStoreHoldsNothingUp() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        bench.lock();
        bench.stage.bus.within(Bus.Outdated.class, outdated -> fail("nothing is loaded while it is locked"));
        bench.queue.drainCollected();
        bench.stage.bus.publish(new Bus.PartsReturned());
        bench.hear(bob.onChain(seed, 0, bob.text("two")));
        bench.flush();
        assertEquals(1, bench.stage.store.collected());
        bench.unlock();
        bench.settle();
        assertEquals(List.of("one", "two"), bench.texts());
    }

    /** After a power cut between the two, the packet is read twice rather than never. */
    @Test
    void aCollectedPacketIsDroppedOnlyOnceItIsStoredAsOneThatWaits() throws Exception {
        bench.lock();
        bench.hear(bob.onChain(bob.newSeed(), 0, bob.text("on a chain of which nobody knows yet")));
        bench.flush();
        bench.stage.store.failCommitsAfter(1);
        bench.unlock();
        Eventually.that("it is stored", () -> bench.stage.store.count(HeldPackets.UNMATCHED) == 1);
        assertEquals(1, bench.stage.store.collected());
        bench.stage.store.failCommits(0);
        bench.settle();
        assertEquals(0, bench.stage.store.collected());
        assertEquals(1, bench.count(HeldPackets.UNMATCHED));
    }

    @Test
    void whatWaitsIsTriedAgainOnceCollectedPacketsWereReadAndOnceServicesAreBack() {
        bench.settle();
        AtomicInteger retries = new AtomicInteger();
        bench.stage.bus.on(Bus.Retry.class, retry -> retries.incrementAndGet());
        bench.queue.drainCollected();
        bench.settle();
        assertEquals(1, retries.get());
        bench.stage.bus.publish(new Bus.PartsReturned());
        bench.settle();
        assertEquals(2, retries.get());
    }

    /** The bundle that loads the store was missing. */
    @Test
    void aStoreThatIsOpenButNotLoadedIsLoadedWhenServicesReturnAndWhatCameMeanwhileIsRead() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        bench.flush();
        bench.stage.forget();
        bench.hear(bob.onChain(seed, 0, bob.text("two")));
        bench.flush();
        assertEquals(1, bench.stage.store.collected());
        bench.stage.bus.within(Bus.Outdated.class, outdated -> bench.open());
        bench.stage.bus.publish(new Bus.PartsReturned());
        bench.settle();
        assertEquals(List.of("one", "two"), bench.texts());
        assertEquals(0, bench.stage.store.collected());
    }

    @Test
    void aKeyThatAPreviousReaderRequestedIsDerived() throws Exception {
        ChannelMembership plaza = bench.join("plaza");
        Speaker carol = new Speaker(bench.stage, plaza);
        byte[] packet = carol.sealed(carol.text("hello"));
        bench.stage.guard.open(() -> {
            Beacon beacon = bench.stage.recognition.beacons.match(packet);
            bench.stage.recognition.secrets.want(
                    beacon,
                    plaza.id(),
                    plaza.entry.parameters(),
                    Arrays.copyOfRange(packet, 1, 1 + Packets.SEALED_LOCATOR));
            return null;
        });
        bench.stage.bus.publish(new Bus.PartsReturned());
        Eventually.that(
                "it is derived", () -> bench.stage.guard.open(() -> bench.stage.recognition.secrets.ready() == 1));
    }

    @Test
    void whoJoinsWhileNobodyReadsIsReadForWhenSomebodyDoes() throws Exception {
        StageBench elsewhere = new StageBench(bench.clock);
        Speaker carol = new Speaker(elsewhere, elsewhere.join("plaza", Mode.RATCHET));
        bench.hear(carol.opener(carol.newSeed(), "carol", "one"));
        assertEquals(1, bench.unmatched());
        bench.stop();
        bench.join("plaza");
        bench.start();
        bench.settle();
        assertEquals(List.of("one"), bench.texts());
        elsewhere.close();
    }

    @Test
    void aNetworkIsReadOnceANodeHasReportedItsMempool() {
        bench.network.mine();
        bench.settle();
        bench.stop();
        bench.start();
        InitialSync sync = bench.stage.context.initialSync();
        assertFalse(sync.isSettled(Network.REGTEST), "someone waits for it from now on");
        lookTwice();
        assertTrue(sync.isSettled(Network.REGTEST));
        assertTrue(bench.queue.isCaughtUp(Network.REGTEST));
        assertFalse(bench.queue.isCaughtUp(Network.SIGNET));
    }

    /** Each task is followed by a look at what is settled. */
    private void lookTwice() {
        bench.barrier();
        bench.barrier();
        bench.barrier();
    }

    /** @param received how many transactions each node has reported so far */
    private void count(AtomicLong received) {
        bench.stage.put(NodeDirectory.class, (NodeDirectory) Proxy.newProxyInstance(
                NodeDirectory.class.getClassLoader(), new Class<?>[] {NodeDirectory.class}, (self, method, all) -> {
                    if (!method.getName().equals("all")) {
                        return method.invoke(bench.stage.nodes, all);
                    }
                    return bench.stage.nodes.all().stream()
                            .map(node -> new KnownNode(
                                    node.name(), node.network(), node.paused(), node.status(), received.get()))
                            .toList();
                }));
    }

    @Test
    void aNodeThatBeginsAnewReportsItsWholeMempoolOnceMore() {
        AtomicLong received = new AtomicLong(5);
        count(received);
        bench.network.mine();
        bench.network.takes(bench.network.transaction(List.of(new byte[80])));
        bench.network.takes(bench.network.transaction(List.of(new byte[80])));
        bench.settle();
        received.set(3);
        assertTrue(bench.queue.cursor("a", Network.REGTEST).isPresent());
        received.set(4);
        InitialSync sync = bench.stage.context.initialSync();
        assertFalse(sync.isSettled(Network.REGTEST));
        lookTwice();
        assertFalse(sync.isSettled(Network.REGTEST), "one of two");
        received.set(5);
        lookTwice();
        assertTrue(sync.isSettled(Network.REGTEST));
    }

    @Test
    void theTransactionsOfBlocksAreNotThoseOfTheMempool() {
        AtomicLong received = new AtomicLong(5);
        count(received);
        bench.network.mine();
        bench.network.takes(bench.network.transaction(List.of(new byte[80])));
        bench.settle();
        InitialSync sync = bench.stage.context.initialSync();
        assertFalse(sync.isSettled(Network.REGTEST));
        lookTwice();
        assertFalse(sync.isSettled(Network.REGTEST));
        AtomicInteger retries = new AtomicInteger();
        bench.stage.bus.on(Bus.Retry.class, retry -> retries.incrementAndGet());
        received.set(6);
        lookTwice();
        assertTrue(sync.isSettled(Network.REGTEST));
        assertEquals(1, retries.get(), "what waited for it goes on");
    }

    @Test
    void everythingIsReadUpToNowOrUpToTheLastBlock() throws Exception {
        BlockRef block = bench.network.mine();
        bench.settle();
        bench.clock.pass(Duration.ofHours(1));
        assertEquals(bench.clock.instant(), bench.queue.horizon(Network.REGTEST, bench.clock.instant()));
        bench.stage.nodes.pause("a");
        assertEquals(block.time(), bench.queue.horizon(Network.REGTEST, bench.clock.instant()));
    }

    @Test
    void readingGoesBackWhenABlockIsGone() throws Exception {
        bench.network.mine(2);
        bench.settle();
        bench.queue.blockDisconnected("a", Network.REGTEST, bench.cursor("a"));
        bench.barrier();
        assertEquals(1, bench.cursor("a").height());
    }

    @Test
    void whatCouldNotBeWrittenBeforeALockIsCollected() throws Exception {
        bench.hear(bob.onChain(bob.newSeed(), 0, bob.text("on a chain of which nobody knows yet")));
        bench.stage.store.failCommits(1);
        bench.lock();
        assertEquals(0, bench.stage.store.collected());
        bench.flush();
        assertEquals(1, bench.stage.store.collected());
    }

    @Test
    void itsServicesAreThereUntilItStops() {
        Set<Class<?>> registered = StageBench.publish(bench.receive::publish);
        assertEquals(Set.of(Reception.class, StateParticipant.class, Backlog.class), registered);
        bench.receive.stop();
        assertEquals(Set.of(), registered);
    }
}
