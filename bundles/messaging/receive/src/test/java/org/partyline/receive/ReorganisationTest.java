package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.PropagationRecord;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests how three nodes report blocks that left the chain. The content of the blocks is written by hand. */
class ReorganisationTest {
    private static final int HEIGHT = 20;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node one = network.node("one");
    private final TestNetwork.Node two = network.node("two");
    private final TestNetwork.Node three = network.node("three");
    private final List<Bus.Retry> retries = new ArrayList<>();
    private StageBench stage;
    private Reorganisation reorganisation;
    private ChannelMembership lobby;

    @BeforeEach
    void threeNodes() throws Exception {
        network.mine(HEIGHT);
        stage = new StageBench(clock);
        List.of(one, two, three).forEach(stage.nodes::add);
        lobby = stage.join("lobby", Mode.OPEN);
        stage.bus.on(Bus.Retry.class, retries::add);
        reorganisation = new Reorganisation(
                stage.guard, stage.store, clock, stage.nodes, stage.bus, stage.wiring.live(Outbox.class));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /** Creates a message of ours that is in a block. */
    private long mined(String text, BlockRef block) throws Exception {
        long id = stage.queue(lobby, text);
        stage.sealer.seal(id);
        SignedTransaction paid =
                one.pay("", List.of(stage.outgoing(id).parts().get(0).packet()), new FeeRate(100));
        stage.outbox.changePart(
                id,
                0,
                part -> part.signed(paid.raw(), paid.id().bytes(), paid.vsize(), paid.fee(), "one", "")
                        .attempt("one", clock.millis()));
        confirm(id, block);
        return id;
    }

    private void confirm(long id, BlockRef block) throws Exception {
        stage.outbox.change(
                id,
                now -> now.with(0, now.parts().get(0).minedIn(now.parts().get(0).transaction())));
        OutgoingMessage now = stage.outgoing(id);
        stage.guard.<Void, StoreException>transact(tx -> {
            PropagationRecords.change(
                    tx,
                    now,
                    now.parts().get(0).transaction(),
                    trace -> trace.entering("one").reportedBy("two").in(block.encode()));
            Optional<MessageRecord> words = message(tx, id);
            if (words.isPresent()) {
                MessageRecords.put(tx, words.get().in(block.height(), List.of()));
            }
            return null;
        });
    }

    private static Optional<MessageRecord> message(StoreTransaction tx, long id) throws StoreException {
        return Tables.find(tx, MessageRecord.TABLE, Keys.of(id), MessageRecord.class);
    }

    private int height(long id) throws StoreException {
        return stage.guard.<Integer, StoreException>transact(
                tx -> message(tx, id).orElseThrow().block());
    }

    private PropagationRecord trace(long id) throws PartylineException {
        return stage.propagation.propagationRecord(stage.outgoing(id).parts().get(0));
    }

    private State state(long id) throws PartylineException {
        return stage.state(id);
    }

    @Test
    void aReorganisationTakesAConfirmationBackAndItsBlockWithIt() throws Exception {
        BlockRef block = network.mine();
        long id = mined("mined twice", block);
        OutgoingMessage before = stage.outgoing(id);
        network.disconnect(3, true);
        reorganisation.disconnected("one", Network.REGTEST, block, false);

        OutgoingMessage after = stage.outgoing(id);
        assertEquals(State.RELAYED, after.state());
        assertEquals(OutgoingMessage.BLOCK_GONE, after.reason());
        assertEquals(-1, height(id));
        assertEquals(new PropagationRecord(List.of("one"), List.of("two"), null), trace(id));
        // It was sent before, so it is not paid for again; it is due at once.
        assertArrayEquals(before.parts().get(0).raw(), after.parts().get(0).raw());
        assertEquals(0, after.parts().get(0).tried());
        assertEquals(1, retries.size());

        network.mine(2);
        confirm(id, network.mine());
        assertEquals(State.CONFIRMED, state(id));
    }

    /** The price of a message may include the replacement of another one's transaction, which may be paid now. */
    @Test
    void aPriceThatAnotherMessageOfTheBlockChangesIsKept() throws Exception {
        BlockRef block = network.mine();
        long first = mined("first", block);
        long second = mined("second", block);
        long fee = stage.outgoing(second).fee();
        stage.put(Outbox.class, (Outbox) Proxy.newProxyInstance(
                Outbox.class.getClassLoader(), new Class<?>[] {Outbox.class}, (self, method, arguments) -> {
                    if (method.getName().equals("update") && ((OutgoingMessage) arguments[1]).id() == first) {
                        StoreTransaction tx = (StoreTransaction) arguments[0];
                        OutgoingRecords.put(
                                tx,
                                OutgoingRecords.find(tx, second).orElseThrow().costing(0, 7));
                    }
                    return method.invoke(stage.outbox, arguments);
                }));
        network.disconnect(1, true);
        reorganisation.disconnected("one", Network.REGTEST, block, false);
        assertEquals(State.RELAYED, state(second));
        assertEquals(fee + 7, stage.outgoing(second).fee());
    }

    @Test
    void whatStandsInOtherBlocksOrOnOtherNetworksStays() throws Exception {
        BlockRef block = network.mine();
        BlockRef other = network.mine();
        long id = mined("elsewhere", other);
        network.disconnect(2, true);
        long watched = stage.propagation.way(stage.outgoing(id)).unsettled();
        clock.pass(Duration.ofMinutes(1));
        reorganisation.disconnected("one", Network.REGTEST, block, false);
        reorganisation.disconnected("one", Network.SIGNET, other, false);
        assertEquals(State.CONFIRMED, state(id));
        assertEquals(watched, stage.propagation.way(stage.outgoing(id)).unsettled());
        assertEquals(other.height(), height(id));
        assertEquals(List.of(), retries);
        reorganisation.disconnected("one", Network.REGTEST, other, false);
        assertEquals(State.RELAYED, state(id));
    }

    @Test
    void aMessageWhoseTimeHasEndedIsKeptUntilItStandsInABlockAgain() throws Exception {
        BlockRef block = network.mine();
        long id = mined("short-lived", block);
        clock.pass(Duration.ofMinutes(30));
        network.disconnect(1, false);
        reorganisation.disconnected("one", Network.REGTEST, block, false);
        assertEquals(
                clock.instant().plus(Duration.ofDays(1)).toEpochMilli(),
                stage.propagation.way(stage.outgoing(id)).unsettled());
        clock.pass(Duration.ofHours(2));
        stage.guard.<Void, StoreException>transact(tx -> {
            tx.deleteExpired(clock.instant());
            return null;
        });
        assertEquals(State.RELAYED, state(id), "it is still there");
        confirm(id, network.mine());
        stage.guard.<Void, StoreException>transact(tx -> {
            tx.deleteExpired(clock.instant());
            return null;
        });
        assertEquals(
                Optional.empty(),
                stage.guard.<Optional<OutgoingMessage>, StoreException>transact(tx -> OutgoingRecords.find(tx, id)),
                "settled, it goes as any other");
    }

    @Test
    void aReorganisationWhileLockedIsTakenUpAfterwards() throws Exception {
        BlockRef block = network.mine();
        long id = mined("while you slept", block);
        network.disconnect(1, true);
        stage.guard.lock();
        try {
            stage.guard.wipe();
            reorganisation.disconnected("one", Network.REGTEST, block, false);
            assertEquals(Optional.of(block.encode()), stage.store.note("gone.regtest"));
            stage.people.begin();
            stage.recognition.begin(stage.channelKeys, stage.chains);
            stage.people.conversations.add(lobby);
            stage.guard.setLoaded();
        } finally {
            stage.guard.unlock();
        }
        assertEquals(State.CONFIRMED, state(id));
        reorganisation.takeUp();
        assertEquals(State.RELAYED, state(id));
        assertTrue(stage.store.note("gone.regtest").isEmpty());
    }

    /** What is collected is handled afterwards, also packets of the block that is gone. */
    @Test
    void aReorganisationWhilePacketsAreCollectedIsTakenUpAfterThem() throws Exception {
        BlockRef block = network.mine();
        long id = mined("at once", block);
        long later = mined("collected", network.mine());
        network.disconnect(2, true);
        reorganisation.disconnected("one", Network.REGTEST, block, true);
        assertEquals(State.RELAYED, state(id));
        confirm(later, block);
        reorganisation.takeUp();
        assertEquals(State.RELAYED, state(later));
    }

    @Test
    void aBlockThatIsInTheChainAgainIsNotUndone() throws Exception {
        BlockRef other = network.mine();
        BlockRef block = network.mine();
        long id = mined("back again", block);
        network.disconnect(2, true);
        reorganisation.disconnected("one", Network.REGTEST, block, true);
        reorganisation.disconnected("one", Network.REGTEST, other, true);
        reorganisation.connected(Network.SIGNET, block);
        assertEquals(
                Optional.of(block.encode() + " " + other.encode()),
                stage.store.note("gone.regtest"),
                "not of its network");
        reorganisation.connected(Network.REGTEST, other);
        assertEquals(Optional.of(block.encode()), stage.store.note("gone.regtest"));
        reorganisation.connected(Network.REGTEST, block);
        assertTrue(stage.store.note("gone.regtest").isEmpty());
        confirm(id, block);
        reorganisation.takeUp();
        assertEquals(State.CONFIRMED, state(id));
    }

    @Test
    void aReorganisationWhileTheOutboxIsAwayIsTakenUpAfterwards() throws Exception {
        BlockRef block = network.mine();
        long id = mined("nobody writes it down", block);
        network.disconnect(1, true);
        stage.take(Outbox.class, stage.outbox);
        reorganisation.disconnected("one", Network.REGTEST, block, false);
        assertEquals(Optional.of(block.encode()), stage.store.note("gone.regtest"));
        stage.put(Outbox.class, stage.outbox);
        assertEquals(State.CONFIRMED, state(id));
        reorganisation.takeUp();
        assertEquals(State.RELAYED, state(id));
    }

    @Test
    void oneNodeThatLeavesABlockWhichTheOthersHaveTakesNothingBack() throws Exception {
        BlockRef block = network.mine();
        long id = mined("stands", block);
        two.fork = block.height();
        reorganisation.disconnected("two", Network.REGTEST, block, false);
        assertEquals(State.CONFIRMED, state(id));
        three.fork = block.height();
        reorganisation.disconnected("two", Network.REGTEST, block, false);
        assertEquals(State.RELAYED, state(id), "two of three left it");
    }

    /** Peers show only blocks after the last check point. */
    @Test
    void nodesWithRecentBlocksOnlyHaveAVote() throws Exception {
        BlockRef block = network.mine();
        long id = mined("stands", block);
        two.fork = block.height();
        one.oldest = HEIGHT - 5;
        three.oldest = HEIGHT - 5;
        reorganisation.disconnected("two", Network.REGTEST, block, false);
        assertEquals(State.CONFIRMED, state(id));
    }

    /** One leaves the block, two have it. */
    @ParameterizedTest
    @ValueSource(strings = {"behind", "without blocks", "silent", "later blocks only"})
    void aNodeThatCannotKnowTheBlockHasNoVote(String why) throws Exception {
        BlockRef block = network.mine();
        long id = mined("stands", block);
        TestNetwork.Node four = network.node("four");
        stage.nodes.add(four);
        four.stuck = why.equals("behind") ? block.height() - 1 : four.stuck;
        four.withoutBlocks = why.equals("without blocks");
        four.silentOnBlocks = why.equals("silent");
        four.oldest = why.equals("later blocks only") ? block.height() + 1 : 0;
        two.fork = block.height();
        reorganisation.disconnected("two", Network.REGTEST, block, false);
        assertEquals(State.CONFIRMED, state(id));
        // Now one has it, too few against the one that left it.
        three.down = true;
        reorganisation.disconnected("two", Network.REGTEST, block, false);
        assertEquals(State.RELAYED, state(id));
    }

    @Test
    void whatIsTakenBackIsTold() throws Exception {
        BlockRef block = network.mine();
        mined("one", block);
        mined("two", block);
        mined("elsewhere", network.mine());
        network.disconnect(2, true);
        reorganisation.disconnected("one", Network.REGTEST, block, false);
        Eventually.that("both are told", () -> relayed() == 2);
    }

    /** Returns how often it was reported that a message is in no block. */
    private long relayed() {
        return stage.events.stream()
                .flatMap(event -> event.outgoing().stream())
                .filter(outgoing -> outgoing.state() == State.RELAYED)
                .count();
    }

    @Test
    void aMessageOfAnotherNetworkInABlockOfTheSameHeightStays() throws Exception {
        BlockRef block = network.mine();
        long id = mined("stands", block);
        lobby = stage.join("lobby", Mode.OPEN, Network.SIGNET);
        long other = mined("on another network", block);
        network.disconnect(1, true);
        reorganisation.disconnected("one", Network.REGTEST, block, false);
        assertEquals(List.of(State.RELAYED, State.CONFIRMED), List.of(state(id), state(other)));
        assertEquals(List.of(-1, block.height()), List.of(height(id), height(other)));
    }

    @Test
    void theLastHundredBlocksAreRememberedWhileLocked() throws Exception {
        List<BlockRef> blocks = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            blocks.add(network.mine());
        }
        long oldest = mined("in the oldest", blocks.get(0));
        long second = mined("in the second", blocks.get(1));
        long newest = mined("in the newest", blocks.get(100));
        network.disconnect(101, true);
        stage.take(Outbox.class, stage.outbox);
        for (BlockRef block : blocks) {
            reorganisation.disconnected("one", Network.REGTEST, block, false);
        }
        stage.put(Outbox.class, stage.outbox);
        reorganisation.takeUp();
        assertEquals(
                List.of(State.CONFIRMED, State.RELAYED, State.RELAYED),
                List.of(state(oldest), state(second), state(newest)));
    }

    @Test
    void aNodeIsFoundOnAnotherChainWhileTheOutboxIsAwayOrTheStoreIsLocked() throws Exception {
        BlockRef liars = new BlockRef(HEIGHT + 1, TxId.ofStripped(new byte[] {7}), clock.instant());
        network.mine();
        mined("in a block of a liar", liars);
        stage.take(Outbox.class, stage.outbox);
        reorganisation.distrust(Network.SIGNET);
        assertEquals(Optional.empty(), stage.store.note("gone.regtest"), "another network");
        reorganisation.distrust(Network.REGTEST);
        assertEquals(Optional.of(liars.encode()), stage.store.note("gone.regtest"));
        stage.forget();
        stage.store.lock();
        reorganisation.distrust(Network.REGTEST);
        assertEquals(Optional.of(liars.encode()), stage.store.note("gone.regtest"), "nothing can be found out");
    }

    @Test
    void whatANodeSaysOfBlocksThatIsOnAnotherChainTakesNothingBack() throws Exception {
        BlockRef block = network.mine();
        long id = mined("stands", block);
        network.disconnect(1, true);
        stage.nodes.setAside(two, NodeFault.OTHER_CHAIN, "it is on another chain");
        reorganisation.disconnected("two", Network.REGTEST, block, false);
        assertEquals(State.CONFIRMED, state(id));
    }

    @Test
    void whatOnlyANodeOnAnotherChainConfirmedIsTakenBackWhenItIsFoundOut() throws Exception {
        BlockRef liars = new BlockRef(HEIGHT + 1, TxId.ofStripped(new byte[] {7}), clock.instant());
        network.mine();
        BlockRef honest = two.blockAt(HEIGHT + 1).orElseThrow();
        long id = mined("in a block of a liar", liars);
        long other = mined("in one that all have", honest);
        stage.nodes.setAside(two, NodeFault.OTHER_CHAIN, "it is on another chain");
        reorganisation.distrust(Network.REGTEST);
        assertEquals(State.RELAYED, state(id));
        assertEquals(State.CONFIRMED, state(other));
    }

    @Test
    void aBlockThatNobodyCanBeAskedForStaysToBeBelieved() throws Exception {
        BlockRef liars = new BlockRef(HEIGHT + 1, TxId.ofStripped(new byte[] {7}), clock.instant());
        long id = mined("in a block of a liar", liars);
        List.of(one, two, three).forEach(node -> node.withoutBlocks = true);
        reorganisation.distrust(Network.REGTEST);
        assertEquals(State.CONFIRMED, state(id));
    }

    /** A node whose chain ends before the block lacks it, if it reports its blocks. */
    @Test
    void nodesThatAreBehindLackABlockThatOnlyANodeOnAnotherChainReported() throws Exception {
        BlockRef liars = new BlockRef(HEIGHT + 2, TxId.ofStripped(new byte[] {7}), clock.instant());
        long id = mined("in a block of a liar", liars);
        List.of(one, two, three).forEach(node -> node.stuck = HEIGHT);
        reorganisation.distrust(Network.REGTEST);
        assertEquals(State.RELAYED, state(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"behind and without blocks", "later blocks only"})
    void nodesThatCannotKnowABlockTakeNothingBack(String why) throws Exception {
        BlockRef block = network.mine();
        network.mine();
        long id = mined("stands", block);
        boolean later = why.equals("later blocks only");
        for (TestNetwork.Node node : List.of(one, two, three)) {
            node.oldest = later ? block.height() + 1 : 0;
            node.withoutBlocks = !later;
            node.stuck = later ? node.stuck : HEIGHT;
        }
        reorganisation.distrust(Network.REGTEST);
        assertEquals(State.CONFIRMED, state(id));
    }

    @Test
    void readingGoesOnFromTheForkAfterARestart() throws Exception {
        List<BlockRef> blocks = List.of(network.mine(), network.mine(), network.mine());
        ScanPosition position = new ScanPosition(stage.store, stage.nodes::all, stage.nodes::ready);
        for (BlockRef block : blocks) {
            position.advance("one", Network.REGTEST, block);
        }
        network.disconnect(2, true);
        position.retreat("one", Network.REGTEST, blocks.get(2));
        position.retreat("one", Network.REGTEST, blocks.get(1));
        assertTrue(stage.store.note("cursor.regtest").orElseThrow().startsWith("21:"), "the position went back");
        ScanPosition restarted = new ScanPosition(stage.store, stage.nodes::all, stage.nodes::ready);
        assertEquals(Optional.of(blocks.get(0)), restarted.of("one", Network.REGTEST));
        assertEquals(Optional.of(blocks.get(0)), restarted.of("two", Network.REGTEST), "a new node begins there, too");
    }

    /** A rejected message may be accepted now. */
    @Test
    void afterEachBlockAndEachThatIsGoneWhatWaitsIsTriedAgain() {
        ReceiveStage receive = stage.add(ReceiveStage::new);
        try {
            // The test plays them.
            stage.nodes.unwatch();
            InboundQueue reception = (InboundQueue) StageBench.offered(receive, Reception.class);
            AtomicInteger tried = new AtomicInteger();
            // Work that begins at the start asks for it, too.
            BlockRef first = network.mine();
            reception.blockConnected("one", Network.REGTEST, first);
            Eventually.that(
                    "it is read", () -> reception.cursor("one", Network.REGTEST).equals(Optional.of(first)));
            settle(receive);
            stage.bus.on(Bus.Retry.class, retry -> tried.incrementAndGet());
            reception.blockConnected("one", Network.REGTEST, network.mine());
            settle(receive);
            assertEquals(1, tried.get());
            reception.blockDisconnected("one", Network.REGTEST, first);
            settle(receive);
            assertEquals(2, tried.get());
        } finally {
            receive.stop();
        }
    }

    /** Waits until everything that nodes have reported so far was examined. */
    private static void settle(ReceiveStage receive) {
        CountDownLatch read = new CountDownLatch(1);
        ((InboundQueue) StageBench.offered(receive, Reception.class)).submit(read::countDown);
        Eventually.that("it is looked at", () -> read.getCount() == 0);
    }
}
