package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.ReadingSettings;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;
import org.partyline.testkit.messaging.TestNodes;
import org.partyline.testkit.protocol.PlainChains;

/** Other bundles stop and start while packets arrive. */
class AbsenceTest {
    private final ReceiveBench bench = new ReceiveBench();
    private ChannelMembership lobby;
    private Speaker bob;
    private byte[] seed;
    private int position;

    @BeforeEach
    void aChain() throws Exception {
        // Longer than any wait of a test: messages are reported in the order of their chain.
        bench.stage.settings.reading(new ReadingSettings(true, Duration.ofHours(1), Duration.ofDays(14)));
        lobby = bench.join("lobby");
        bob = new Speaker(bench.stage, lobby);
        seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "before"));
        assertEquals(List.of("before"), bench.texts());
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Returns a receiving side that has not begun to read, with other files and settings. */
    private ReceiveStage anew(MemoryStore files, OperatorSettings settings) {
        return new ReceiveStage(new StateServices(
                files,
                new StateGuard(files, bench.stage.operations),
                bench.stage.operations,
                bench.stage.context.protocols(),
                settings,
                bench.stage.clock,
                bench.stage.random,
                bench.stage.notices));
    }

    /** It is not known yet what their packets would be needed for. */
    @Test
    void noNodeIsWatchedBeforeThereIsAStore() throws Exception {
        MemoryStore none = new MemoryStore();
        ReceiveStage first = anew(none, bench.stage.settings);
        TestNetwork.Node node = bench.network.node("early");
        TestNodes nodes = new TestNodes(bench.stage.clock);
        nodes.add(node);
        first.setNodeDirectory(nodes);
        assertEquals(0, node.watched.get());
        none.create("a passphrase".toCharArray());
        StateParticipant state = StageBench.offered(first, StateParticipant.class);
        state.opened();
        assertEquals(1, node.watched.get());
        state.opened();
        assertEquals(1, node.watched.get(), "they are watched already");
        first.unsetNodeDirectory(nodes);
        TestNetwork.Node late = bench.network.node("late");
        nodes.add(late);
        assertEquals(0, late.watched.get());
        first.stop();
    }

    @Test
    void nodesThatWentBeforeThereWasAStoreAreNotWatched() throws Exception {
        MemoryStore none = new MemoryStore();
        ReceiveStage first = anew(none, bench.stage.settings);
        TestNetwork.Node node = bench.network.node("early");
        TestNodes nodes = new TestNodes(bench.stage.clock);
        nodes.add(node);
        first.setNodeDirectory(nodes);
        first.unsetNodeDirectory(nodes);
        none.create("a passphrase".toCharArray());
        StageBench.offered(first, StateParticipant.class).opened();
        assertEquals(0, node.watched.get());
        first.stop();
    }

    @Test
    void noNodeIsWatchedBeforeTheSettingsAreKnown() {
        AtomicBoolean known = new AtomicBoolean();
        ReceiveStage first = anew(MemoryStore.open(), (OperatorSettings) Proxy.newProxyInstance(
                OperatorSettings.class.getClassLoader(),
                new Class<?>[] {OperatorSettings.class},
                (self, method, arguments) -> {
                    if (!known.get()) {
                        throw new AbsentException("the settings are not here");
                    }
                    return method.invoke(bench.stage.settings, arguments);
                }));
        TestNetwork.Node node = bench.network.node("early");
        TestNodes nodes = new TestNodes(bench.stage.clock);
        nodes.add(node);
        first.setNodeDirectory(nodes);
        bench.stage.bus.publish(new Bus.PartsReturned());
        assertEquals(0, node.watched.get());
        known.set(true);
        bench.stage.bus.publish(new Bus.PartsReturned());
        assertEquals(1, node.watched.get());
        first.stop();
        TestNetwork.Node late = bench.network.node("late");
        nodes.add(late);
        assertEquals(0, late.watched.get(), "nobody reads any more");
    }

    @Test
    void aReaderThatGoesWritesWhatItHasReadAndNoKeyIsErasedUntilThereIsAnother() throws Exception {
        bench.hear(bob.onChain(bob.newSeed(), 0, bob.text("on a chain of which nobody knows yet")));
        assertEquals(0, bench.count(HeldPackets.UNMATCHED));
        assertTrue(bench.stage.context.initialSync().isReading());
        bench.stop();
        assertEquals(1, bench.count(HeldPackets.UNMATCHED));
        assertFalse(bench.stage.context.initialSync().isReading());
        bench.start();
        assertEquals(1, bench.unmatched());
    }

    /** A previous instance may have stopped before it had read all of them. */
    @Test
    void aReaderThatBeginsReadsWhatWasCollectedBeforeAnyKeyIsErased() throws Exception {
        bench.stage.store.lock();
        ReceiveStage next = anew(bench.stage.store, bench.stage.settings);
        assertTrue(((InboundQueue) StageBench.offered(next, Reception.class)).isDraining());
        next.stop();
        ReceiveStage none = anew(new MemoryStore(), bench.stage.settings);
        assertFalse(((InboundQueue) StageBench.offered(none, Reception.class)).isDraining());
        none.stop();
    }

    /** Makes the node report the next packet of Bob's chain; it may have to wait. */
    private void show(String text) {
        byte[] packet = bob.onChain(seed, position++, bob.text(text));
        bench.network.takes(bench.network.transaction(List.of(packet)));
    }

    private void assertRead(String... texts) throws Exception {
        bench.settle();
        assertEquals(List.of(texts), bench.texts());
        bench.network.mine();
        bench.settle();
        assertEquals(List.of(texts), bench.texts(), "nothing twice");
        bench.assertTold(texts);
    }

    /** Until packets are read again, it is remembered which blocks they must not be believed to be in. */
    @Test
    void aBlockThatIsRemovedWhileTheCodecIsAwayIsRememberedUntilItIsBack() throws Exception {
        bench.stop(PacketCodec.class);
        show("meanwhile");
        BlockRef block = bench.network.mine();
        bench.queue.blockDisconnected("a", Network.REGTEST, block);
        bench.barrier();
        assertEquals(Optional.of(block.encode()), bench.stage.store.note("gone.regtest"));
        bench.queue.blockConnected("a", Network.REGTEST, block);
        bench.barrier();
        assertEquals(Optional.empty(), bench.stage.store.note("gone.regtest"));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PacketCodec.class,
                Fragmenter.class,
                ChannelKeys.class,
                Chains.class,
                Identities.class,
                Handshakes.class,
                SuiteDirectory.class,
                NodeDirectory.class,
                HandshakeManager.class,
                Outbox.class,
                Inbox.class
            })
    void whatArrivesWhileAPartIsAwayIsReadWhenItReturnsAndNothingTwice(Class<?> part) throws Exception {
        bench.stop(part);
        show("meanwhile");
        bench.barrier();
        assertEquals(List.of("before"), bench.texts());
        bench.start(part);
        assertRead("before", "meanwhile");
    }

    /** Each day's packets are found by the day's own beacon. */
    @Test
    void packetsOfDaysOnWhichAPartWasMissingAreReadWhenItReturns() throws Exception {
        bench.stop(PacketCodec.class);
        bench.clock.pass(Duration.ofDays(3));
        Speaker later = new Speaker(bench.stage, lobby);
        bench.hear(later.opener(later.newSeed(), "carol", "of the third day"));
        bench.clock.pass(Duration.ofDays(2));
        bench.start(PacketCodec.class);
        assertRead("before", "of the third day");
    }

    /** Its sender sees that it is in a block, and no later packet shows a gap. */
    @Test
    void aPacketThatIsTooOldInItsFirstBlockIsReported() throws Exception {
        byte[] raw = bench.network.transaction(List.of(bob.onChain(seed, 0, bob.text("late"), Speaker.XCHACHA)));
        bench.clock.pass(Duration.ofDays(1).plusSeconds(1));
        bench.network.mine(TransactionScanner.id(raw), raw);
        bench.settle();
        assertEquals(List.of("before"), bench.texts());
        List<String> notices =
                bench.stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)).stream()
                        .filter(MessageRecord::notice)
                        .map(MessageRecord::text)
                        .toList();
        assertEquals(List.of(ParkedUpkeep.REFUSED), notices);
    }

    @Test
    void whatWasCollectedWhileLockedIsKeptWhenAPartGoesInTheMiddleOfIt() throws Exception {
        bench.lock();
        show("one");
        show("two");
        bench.barrier();
        AtomicBoolean gone = new AtomicBoolean();
        bench.stage.put(Inbox.class, (Inbox) Proxy.newProxyInstance(
                Inbox.class.getClassLoader(), new Class<?>[] {Inbox.class}, (self, method, all) -> {
                    Object result = method.invoke(bench.stage.inbox, all);
                    if (method.getName().equals("arrived") && gone.compareAndSet(false, true)) {
                        bench.stage.stop(Handshakes.class);
                    }
                    return result;
                }));
        bench.unlock();
        bench.barrier();
        assertTrue(gone.get());
        assertEquals(List.of("before", "one"), bench.texts());
        bench.start(Handshakes.class);
        assertRead("before", "one", "two");
    }

    /** Reading does not need the sending bundles. */
    @ParameterizedTest
    @ValueSource(classes = {Pricing.class, Spending.class, QueueSealer.class, SendQueue.class})
    void whoSendsIsNotNeededToRead(Class<?> part) throws Exception {
        bench.stop(part);
        show("meanwhile");
        assertRead("before", "meanwhile");
    }

    @Test
    void whatArrivesWhileNobodyTakesInIsReadByTheNextOneAndNothingTwice() throws Exception {
        bench.stop();
        show("meanwhile");
        bench.start();
        show("after");
        assertRead("before", "meanwhile", "after");
    }

    @Test
    void manyMessagesArriveOnceEachWhilePartsComeAndGo() throws Exception {
        List<Class<?>> swapped = List.of(
                PacketCodec.class,
                Fragmenter.class,
                ChannelKeys.class,
                Chains.class,
                Identities.class,
                Handshakes.class,
                SuiteDirectory.class,
                NodeDirectory.class,
                Outbox.class,
                Inbox.class);
        List<String> sent = new ArrayList<>(List.of("before"));
        for (int i = 0; i < 60; i++) {
            Class<?> part = swapped.get(i / 3 % swapped.size());
            switch (i % 3) {
                case 1 -> bench.stop(part);
                case 2 -> bench.start(part);
                default -> bench.settle();
            }
            sent.add("message " + i);
            show(sent.get(sent.size() - 1));
        }
        bench.settle();
        assertEquals(sent.size(), bench.texts().size());
        Eventually.that("all is told", () -> bench.told().size() >= sent.size());
        assertEquals(sent, bench.told(), "in the order of their chain");
    }

    @Test
    void manyMessagesArriveOnceEachWhileWhoTakesInComesAndGoes() throws Exception {
        List<String> sent = new ArrayList<>(List.of("before"));
        for (int i = 0; i < 15; i++) {
            switch (i % 3) {
                case 1 -> bench.stop();
                case 2 -> bench.start();
                default -> bench.settle();
            }
            sent.add("message " + i);
            show(sent.get(sent.size() - 1));
        }
        assertRead(sent.toArray(String[]::new));
    }

    @Test
    void whenTheNodesAreBackTheyAreReadFromWhereItStoppedAndNothingWasMissed() throws Exception {
        long ours = bench.say(lobby, "ours");
        bench.stop(NodeDirectory.class);
        show("meanwhile");
        bench.network.mine(3);
        bench.start(NodeDirectory.class);
        assertRead("before", "meanwhile");
        assertEquals(State.CONFIRMED, bench.stage.state(ours), "its block was read");
    }

    /** Nodes do not repeat it. */
    @Test
    void aNodeThatIsFoundOnAnotherChainWhileNobodyReadsIsLookedIntoOnceSomebodyDoes() throws Exception {
        Set<Network> distrusted = bench.stage.context.initialSync().distrusted();
        bench.stop();
        distrusted.add(Network.REGTEST);
        bench.stage.bus.publish(new Bus.Distrusted());
        assertEquals(Set.of(Network.REGTEST), distrusted);
        bench.start();
        assertEquals(Set.of(), distrusted);
        distrusted.add(Network.REGTEST);
        bench.stage.bus.publish(new Bus.Distrusted());
        bench.settle();
        assertEquals(Set.of(), distrusted);
    }

    @Test
    void aBlockThatIsGoneWhileTheNodesAreAwayIsToldAgain() throws Exception {
        bench.network.mine(2);
        bench.settle();
        BlockRef tip = bench.cursor("a");
        assertEquals(2, tip.height());
        bench.stop(NodeDirectory.class);
        bench.queue.blockDisconnected("a", Network.REGTEST, tip);
        bench.barrier();
        assertEquals(tip, bench.cursor("a"), "where it is read from when they are back");
    }

    @Test
    void aBlockThatIsGoneWhileTheMailboxIsAwayIsTakenBackWhenThatReturns() throws Exception {
        long sent = bench.say(lobby, "mined");
        BlockRef tip = bench.mine(sent);
        assertEquals(State.CONFIRMED, bench.stage.state(sent));
        bench.stop(Outbox.class);
        bench.queue.blockDisconnected("a", Network.REGTEST, tip);
        bench.barrier();
        assertEquals(State.CONFIRMED, bench.stage.state(sent));
        bench.start(Outbox.class);
        bench.settle();
        assertEquals(State.RELAYED, bench.stage.state(sent), "it is in no block any more");
    }

    @Test
    void aBlockThatIsGoneWhileTheStoreIsLockedIsTakenBackWhenItIsOpened() throws Exception {
        long sent = bench.say(lobby, "mined");
        BlockRef tip = bench.mine(sent);
        bench.lock();
        bench.queue.blockDisconnected("a", Network.REGTEST, tip);
        bench.barrier();
        bench.unlock();
        bench.settle();
        assertEquals(State.RELAYED, bench.stage.state(sent));
    }

    @Test
    void whatOnlyANodeOnAnotherChainHasConfirmedIsTakenBack() throws Exception {
        long sent = bench.say(lobby, "mined");
        BlockRef tip = bench.mine(sent);
        TestNetwork.Node node =
                (TestNetwork.Node) bench.stage.nodes.ready(Network.REGTEST).get(0);
        node.fork = tip.height();
        bench.stage.context.initialSync().distrusted().add(Network.REGTEST);
        bench.stage.bus.publish(new Bus.Distrusted());
        bench.settle();
        assertEquals(State.RELAYED, bench.stage.state(sent));
    }

    @Test
    void whoJoinsAChannelWhileTheNodesAreAwayLooksBackWhenTheyReturn() throws Exception {
        bench.network.mine();
        bench.settle();
        bench.stop(NodeDirectory.class);
        bench.join("plaza");
        bench.queue.joined(Network.REGTEST);
        bench.barrier();
        assertEquals(Channels.Look.RUNNING, bench.queue.lookingBack(Network.REGTEST));
        bench.start(NodeDirectory.class);
        bench.settle();
        assertEquals(Channels.Look.DONE, bench.queue.lookingBack(Network.REGTEST));
    }

    /** As if they are stopped a moment after they were asked to start over. */
    @Test
    void nodesThatWereToBeginAnewAndWentAreToldAgain() throws Exception {
        try (ReceiveBench late = new ReceiveBench(bench.clock, bench.network)) {
            bench.network.mine(20);
            late.add(bench.network.node("c"));
            late.stop(NodeDirectory.class);
            List<String> asked = new CopyOnWriteArrayList<>();
            NodeDirectory going = (NodeDirectory) Proxy.newProxyInstance(
                    NodeDirectory.class.getClassLoader(),
                    new Class<?>[] {NodeDirectory.class},
                    (self, method, arguments) -> {
                        if (method.getName().equals("rewatch")) {
                            asked.add(method.getName());
                            return null;
                        }
                        return method.invoke(late.stage.nodes, arguments);
                    });
            late.stage.put(NodeDirectory.class, going);
            late.start(NodeDirectory.class);
            late.join("plaza");
            late.queue.joined(Network.REGTEST);
            late.barrier();
            assertFalse(asked.isEmpty(), "they are asked");
            int times = asked.size();
            late.queue.reread();
            late.barrier();
            assertEquals(times, asked.size(), "they are not asked again");
            late.stop(NodeDirectory.class);
            assertEquals(Channels.Look.RUNNING, late.queue.lookingBack(Network.REGTEST));
            late.stage.put(NodeDirectory.class, late.stage.nodes);
            late.start(NodeDirectory.class);
            late.settle();
            assertEquals(Channels.Look.DONE, late.queue.lookingBack(Network.REGTEST));
        }
    }

    @Test
    void chainsGoOnOverAnotherInstanceOfTheRatchet() throws Exception {
        show("two");
        bench.settle();
        bench.stage.guard.lock();
        try {
            bench.stage.context.protocols().made();
        } finally {
            bench.stage.guard.unlock();
        }
        List<String> reloaded = new CopyOnWriteArrayList<>();
        bench.stage.bus.within(Bus.Outdated.class, outdated -> {
            reloaded.add("reloaded");
            bench.open();
            bench.stage.context.protocols().made();
        });
        bench.stop(Chains.class);
        bench.stage.put(Chains.class, new PlainChains());
        show("three");
        bench.barrier();
        assertEquals(List.of("before", "two"), bench.texts(), "memory belongs to the other one");
        bench.start(Chains.class);
        assertRead("before", "two", "three");
        assertEquals(List.of("reloaded"), reloaded);
        assertEquals(
                1,
                bench.stage
                        .guard
                        .transact(tx -> Tables.all(tx, ReceiveChainRecord.TABLE, ReceiveChainRecord.class))
                        .size(),
                "a swap costs no new chain");
        assertTrue(bench.stage.audited.isEmpty(), bench.stage.audited::toString);
    }

    @Test
    void theFirstMessageOfAChainIsWaitedFor() throws Exception {
        byte[] first = bob.onChain(seed, 0, bob.text("one"));
        bench.hear(bob.onChain(seed, 1, bob.text("two")));
        bench.hear(first);
        bench.assertTold("before", "one", "two");
    }
}
