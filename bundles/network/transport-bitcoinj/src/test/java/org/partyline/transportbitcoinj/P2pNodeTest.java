package org.partyline.transportbitcoinj;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.testkit.Eventually;

/** A node of ours with peers that behave as tests require. */
class P2pNodeTest {
    /** A busy machine must not look like a peer that does not answer. */
    private static final Map<String, String> PATIENT = Map.of("request-timeout", "5m", "broadcast-timeout", "2m");

    private static final Map<String, String> IMPATIENT = Map.of("request-timeout", "300ms", "broadcast-timeout", "2s");

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestChain chain;
    private FakePeer good;
    private Recorder seen;

    @BeforeEach
    void startAGoodPeer() throws IOException {
        chain = new TestChain(0).grow(10);
        good = peer();
        seen = new Recorder();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private FakePeer peer() throws IOException {
        FakePeer peer = new FakePeer().chain(chain);
        open.add(peer);
        return peer;
    }

    private RunningNode node(FakePeer... peers) {
        return node(PATIENT, peers);
    }

    private RunningNode node(Map<String, String> settings, FakePeer... peers) {
        RunningNode node = RunningNode.at(
                settings, Arrays.stream(peers).map(FakePeer::endpoint).toArray(Endpoint[]::new));
        open.add(node);
        return node;
    }

    private RunningNode watching(FakePeer... peers) {
        return watching(PATIENT, peers);
    }

    private RunningNode watching(Map<String, String> settings, FakePeer... peers) {
        RunningNode node = node(settings, peers);
        node.transport().watch(seen, Optional.empty());
        Eventually.that("the tip is told", () -> seen.tip().isPresent());
        for (FakePeer peer : peers) {
            Eventually.that("it speaks with all peers", () -> peer.greetings() > 0);
        }
        return node;
    }

    private static byte[][] transactions(int from, int count) {
        byte[][] made = new byte[count][];
        for (int i = 0; i < count; i++) {
            made[i] = TestChain.transaction(from + i);
        }
        return made;
    }

    private static List<TxId> ids(byte[][] transactions) {
        return Arrays.stream(transactions).map(TestChain::idOf).toList();
    }

    @Test
    void asksForEveryAnnouncedTransactionOnceThoughTwoPeersHaveIt() throws IOException {
        FakePeer other = peer();
        byte[][] made = transactions(1, 3000);
        good.has(made);
        other.has(made);
        watching(good, other);

        good.announce(ids(made));
        other.announce(ids(made));

        Eventually.that("all are told", () -> seen.mempoolSize() == made.length);
        for (TxId id : ids(made)) {
            assertEquals(1, good.asked(id) + other.asked(id));
            assertEquals(1, seen.times(id.toString()));
        }
    }

    @Test
    void asksAnotherPeerWhenTheFirstDoesNotSend() throws IOException {
        FakePeer bad = peer().withholds(true);
        byte[][] made = transactions(1, 50);
        bad.has(made);
        good.has(made);
        watching(IMPATIENT, bad, good);
        bad.announce(ids(made));
        Eventually.that("the bad peer is asked", () -> bad.asked(ids(made).get(49)) == 1);

        good.announce(ids(made));

        Eventually.that("all are told", () -> seen.mempoolSize() == made.length);
        ids(made).forEach(id -> assertEquals(1, bad.asked(id)));
    }

    @Test
    void asksAnotherPeerWhenTheFirstIsGone() throws IOException {
        FakePeer bad = peer().withholds(true);
        byte[][] made = transactions(1, 50);
        bad.has(made);
        good.has(made);
        watching(bad, good);
        bad.announce(ids(made));
        Eventually.that("the bad peer is asked", () -> bad.asked(ids(made).get(49)) == 1);
        good.announce(ids(made));

        bad.close();

        Eventually.that("all are told", () -> seen.mempoolSize() == made.length);
    }

    @Test
    void aFloodOfIdsThatNeverComeDoesNotKeepOthersFromSending() throws IOException {
        FakePeer bad = peer().withholds(true);
        watching(IMPATIENT, bad, good);
        byte[][] made = transactions(1, 500);
        good.has(made);
        Random random = new Random(1);
        for (int i = 0; i < 5; i++) {
            List<TxId> flood = new ArrayList<>();
            for (int k = 0; k < 50_000; k++) {
                byte[] id = new byte[32];
                random.nextBytes(id);
                flood.add(TxId.ofBytes(id));
            }
            bad.announce(flood);
        }

        good.announce(ids(made));

        Eventually.that("the good peer's are told", () -> seen.mempoolSize() == made.length);
        Eventually.that("the bad peer is left alone", () -> bad.connections() == 0);
    }

    @Test
    void garbageOversizeMessagesAndForeignNetworksEndTheConnectionAndNothingElse() throws IOException {
        RunningNode node = watching(good);
        byte[] noise = new byte[100_000];
        new Random(7).nextBytes(noise);
        byte[] huge = ByteBuffer.allocate(24)
                .putInt(TestChain.REGTEST.magic())
                .put(Arrays.copyOf("tx".getBytes(StandardCharsets.US_ASCII), 12))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(32_000_000)
                .array();
        byte[] broken = new PeerFrame("tx", new byte[] {1, 2, 3}).encode(TestChain.REGTEST.magic());
        byte[] brokenBlock = new PeerFrame("block", chain.block(3).clone()).encode(TestChain.REGTEST.magic());
        brokenBlock[24 + 90] ^= 1;
        byte[] brokenInventory = new PeerFrame("inv", new byte[] {(byte) 200, 1}).encode(TestChain.REGTEST.magic());
        byte[] foreign = new PeerFrame("ping", new byte[8]).encode(0xf9beb4d9);
        for (byte[] each : List.of(noise, huge, broken, brokenBlock, brokenInventory, foreign)) {
            FakePeer bad = peer();
            RunningNode other = node(bad, good);
            Eventually.that("it speaks with the bad peer", () -> bad.greetings() == 1);
            bad.shout(each);
            Eventually.that("the connection ends", () -> bad.connections() == 0);
            assertEquals(0, bad.heard().stream().filter("(unsent)"::equals).count());
            other.close();
        }

        byte[][] made = transactions(1, 10);
        good.has(made);
        good.announceAll();
        Eventually.that("the good peer's are told", () -> seen.mempoolSize() == made.length);
        assertEquals(NodeStatus.State.READY, node.transport().status().state());
    }

    @Test
    void aTransactionThatNobodyAskedForIsNotTold() throws IOException {
        watching(good);
        byte[] pushed = TestChain.transaction(1);
        byte[] asked = TestChain.transaction(2);
        good.has(asked);

        good.say("tx", pushed);
        good.announceAll();

        Eventually.that(
                "the other is told", () -> seen.inMempool(TestChain.idOf(asked).toString()));
        assertFalse(seen.inMempool(TestChain.idOf(pushed).toString()));
    }

    @Test
    void readsBlocksSinceTheLastOneThatWasHandled() throws IOException {
        byte[] payment = TestChain.transaction(1);
        chain.grow(1, payment).grow(30);
        BlockRef since = new BlockRef(10, chain.header(10).hash(), Instant.EPOCH);

        node(good).transport().watch(seen, Optional.of(since));

        Eventually.that("all are told", () -> seen.chain().size() == 31);
        assertEquals(
                11,
                seen.confirmed(TestChain.idOf(payment).toString()).orElseThrow().height());
        for (int i = 0; i < 31; i++) {
            assertEquals(11 + i, seen.chain().get(i).height());
            assertEquals(chain.header(11 + i).hash(), seen.chain().get(i).hash());
        }
    }

    @Test
    void readsFromFurtherBackWhenTheLastBlockIsUnknown() throws IOException {
        chain.grow(140);
        BlockRef since = new BlockRef(120, TxId.ofBytes(new byte[32]), Instant.EPOCH);

        node(good).transport().watch(seen, Optional.of(since));

        Eventually.that("all are told", () -> seen.at(chain.header(150).hash().toString()));
        assertEquals(List.of(since), seen.disconnected());
        assertEquals(21, seen.chain().get(0).height());
    }

    @Test
    void goesOverToAChainWithMoreWorkBlockByBlock() throws IOException {
        byte[] payment = TestChain.transaction(1);
        chain.grow(1, payment).grow(2);
        BlockRef since = new BlockRef(5, chain.header(5).hash(), Instant.EPOCH);
        node(good).transport().watch(seen, Optional.of(since));
        Eventually.that(
                "the first chain is told", () -> seen.at(chain.header(13).hash().toString()));
        TestChain better = chain.fork(10, 1).grow(2).grow(2, payment);

        good.chain(better);
        good.announceBlocks(4);

        Eventually.that(
                "the second chain is told",
                () -> seen.at(better.header(14).hash().toString()));
        assertEquals(
                List.of(
                        chain.header(13).hash(),
                        chain.header(12).hash(),
                        chain.header(11).hash()),
                seen.disconnected().stream().map(BlockRef::hash).toList());
        assertEquals(
                13,
                seen.confirmed(TestChain.idOf(payment).toString()).orElseThrow().height());
    }

    @Test
    void aLongerChainOfALiarWithoutWorkIsNotFollowed() throws IOException {
        FakePeer liar = peer();
        RunningNode node = watching(good, liar);
        byte[] header = Arrays.copyOf(new TestChain(3).grow(1).block(1), 80);
        // Another nonce, until the proof is wrong.
        TxId tip = seen.tip().orElseThrow().hash();
        System.arraycopy(org.partyline.bitcointx.Hashes.internal(tip), 0, header, 4, 32);
        while (proven(header)) {
            header[76]++;
        }
        byte[] message = new byte[82];
        message[0] = 1;
        System.arraycopy(header, 0, message, 1, 80);

        liar.say("headers", message);

        Eventually.that("the liar is left alone", () -> liar.connections() == 0);
        Eventually.that(
                "the good peer's chain stands",
                () -> node.transport().status().tip().map(BlockRef::hash).equals(Optional.of(tip)));
    }

    private static boolean proven(byte[] header) {
        try {
            return org.partyline.bitcointx.Header.of(header, 0).proven();
        } catch (org.partyline.bitcointx.MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void endlessHeadersThatLeadNowhereEndTheConnection() throws IOException {
        FakePeer liar = peer();
        chain.grow(50);
        watching(good, liar);
        Eventually.that(
                "both are in step", () -> seen.at(chain.header(60).hash().toString()));
        TestChain weak = chain.fork(0, 9).grow(55);
        liar.chain(weak);

        for (int i = 0; i < 400; i++) {
            liar.announceBlocks(55);
        }

        Eventually.that("the liar is left alone", () -> liar.connections() == 0);
        assertEquals(1, good.connections());
    }

    @Test
    void asksAnotherPeerForABlockThatTheFirstDoesNotHave() throws IOException {
        FakePeer other = peer();
        TestChain headersOnly = chain.fork(10, 0);
        other.chain(headersOnly);
        watching(good, other);
        chain.grow(8);

        good.announceBlocks(8);

        Eventually.that("all are told", () -> seen.at(chain.header(18).hash().toString()));
    }

    @Test
    void oldBlocksAreNotAskedOfPeersThatHaveTheLastOnesOnly() throws IOException {
        FakePeer pruned = peer().pruned();
        chain.grow(300);
        BlockRef since = new BlockRef(5, chain.header(5).hash(), Instant.EPOCH);
        RunningNode node = node(pruned, good);
        Eventually.that("it speaks with both", () -> pruned.greetings() > 0 && good.greetings() > 0);

        node.transport().watch(seen, Optional.of(since));

        Eventually.that("all are told", () -> seen.at(chain.header(310).hash().toString()));
        for (int height = 6; height <= 310 - 280; height++) {
            assertEquals(0, pruned.asked(chain.header(height).hash()), "block " + height);
        }
        assertTrue(
                IntStream.rangeClosed(31, 310)
                        .anyMatch(height -> pruned.asked(chain.header(height).hash()) > 0),
                "it is asked for those that it has");
    }

    @Test
    void theMiddleOfWhatPeersClaimIsBelieved() throws IOException {
        FakePeer second = peer();
        FakePeer liar = peer();
        RunningNode node = watching(good, second, liar);

        comeBack(good, second.claims(2_000_000), liar.claims(1_000_000));
        Eventually.that(
                "two of three are believed",
                () -> isSaidByThree(node, NodeStatus.State.SYNCING, "block 10 of 1000000"));

        comeBack(good, second.claims(chain.height()), liar);
        Eventually.that("one of three is not", () -> isSaidByThree(node, NodeStatus.State.READY, ""));
    }

    /** Peers disconnect; they accept a new connection, and only report their number of blocks. */
    private static void comeBack(FakePeer... peers) throws IOException {
        for (FakePeer peer : peers) {
            peer.tellsHeaders(false).hangUp();
        }
    }

    private static boolean isSaidByThree(RunningNode node, NodeStatus.State state, String detail) {
        NodeStatus status = node.transport().status();
        return status.state() == state
                && status.detail().contains(detail)
                && status.notifications().startsWith("3 peers");
    }

    @Test
    void aTransactionIsSentToEveryPeerAndToldWhenOneHasIt() throws Exception {
        FakePeer other = peer();
        RunningNode node = watching(good, other);
        byte[] ours = TestChain.transaction(77);
        TxId id = TestChain.idOf(ours);

        node.transport().broadcast(ours);

        Eventually.that("both have it", () -> good.received(id) && other.received(id));
        Eventually.that("it is told", () -> seen.inMempool(id.toString()));
        Eventually.that(
                "each of two peers has shown it",
                () -> node.transport().locate(id).equals(TransactionPlace.RELAYED));
        assertTrue(Arrays.equals(ours, node.transport().fetch(id).orElseThrow()));
        node.transport().broadcast(ours);
        assertEquals(1, seen.times(id.toString()));
    }

    @Test
    void thePeerThatGotATransactionFromUsIsNoWitnessThatItIsRelayed() throws Exception {
        RunningNode node = watching(good);
        byte[] ours = TestChain.transaction(77);
        TxId id = TestChain.idOf(ours);

        node.transport().broadcast(ours);

        Eventually.that("the peer has shown it", () -> seen.inMempool(id.toString()));
        assertEquals(TransactionPlace.MEMPOOL, node.transport().locate(id));
        assertEquals(OptionalInt.of(1), node.transport().status().peers());
    }

    @Test
    void thePeerThatGotATransactionFromUsIsNoWitnessAfterItCameBackEither() throws Exception {
        RunningNode node = watching(good);
        byte[] ours = TestChain.transaction(77);
        TxId id = TestChain.idOf(ours);
        node.transport().broadcast(ours);
        Eventually.that("the peer has shown it", () -> seen.inMempool(id.toString()));

        good.hangUp();
        Eventually.that("it is back", () -> good.greetings() == 2);
        Eventually.that("it is used", () -> node.transport().status().state() == NodeStatus.State.READY);
        node.transport().broadcast(ours);

        assertEquals(TransactionPlace.MEMPOOL, node.transport().locate(id));
    }

    @Test
    void aPeerThatOnlyRepeatsOurAnnouncementIsNoWitness() throws Exception {
        RunningNode node = watching(IMPATIENT, good.repeats(true));
        byte[] ours = TestChain.transaction(77);
        TxId id = TestChain.idOf(ours);

        NodeUnavailableException refused = assertThrows(
                NodeUnavailableException.class, () -> node.transport().broadcast(ours));

        assertTrue(refused.getMessage().contains("no peer asked"), refused.getMessage());
        assertFalse(seen.inMempool(id.toString()));
        assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(id));
    }

    @Test
    void aPeerThatGotATransactionFromElsewhereIsAskedForItAndBelieved() throws Exception {
        byte[] ours = TestChain.transaction(77);
        TxId id = TestChain.idOf(ours);
        FakePeer other = peer().wantsNothing(true);
        RunningNode node = watching(good, other);
        node.transport().broadcast(ours);
        Eventually.that("one has shown it", () -> seen.inMempool(id.toString()));
        Eventually.that("the other was asked", () -> other.asked(id) > 0);

        int asked = other.asked(id);
        other.has(ours);
        other.announce(List.of(id));

        Eventually.that("the other is asked again", () -> other.asked(id) > asked);
        Eventually.that("it is relayed", () -> node.transport().locate(id).equals(TransactionPlace.RELAYED));
    }

    @Test
    void aTransactionThatThePeersHaveAlreadyIsSentAndRelayed() throws Exception {
        good.wantsNothing(true).has(TestChain.transaction(77));
        RunningNode node = watching(good);

        node.transport().broadcast(TestChain.transaction(77));

        TxId id = TestChain.idOf(TestChain.transaction(77));
        assertFalse(good.received(id));
        assertEquals(TransactionPlace.RELAYED, node.transport().locate(id), "it has it from somebody else");
    }

    @Test
    void aTransactionThatNobodyAsksForIsNotSent() throws Exception {
        RunningNode node = watching(IMPATIENT, good.wantsNothing(true));

        NodeUnavailableException refused = assertThrows(
                NodeUnavailableException.class, () -> node.transport().broadcast(TestChain.transaction(77)));
        assertTrue(refused.getMessage().contains("no peer asked"), refused.getMessage());
        assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(TestChain.idOf(TestChain.transaction(77))));
    }

    @Test
    void aTransactionThatATakerForgetsIsNotSeen() throws Exception {
        RunningNode node = watching(good.keepsNothing(true));
        byte[] ours = TestChain.transaction(77);

        node.transport().broadcast(ours);

        assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(TestChain.idOf(ours)));
        assertFalse(seen.inMempool(TestChain.idOf(ours).toString()));
    }

    @Test
    void whatThePeersRefuseIsSaidWithTheirWords() throws Exception {
        RunningNode node = watching(good.refuses("insufficient fee"));

        TransactionRejectedException refused = assertThrows(
                TransactionRejectedException.class, () -> node.transport().broadcast(TestChain.transaction(77)));

        assertEquals(TransactionRejectedException.Reason.FEE_TOO_LOW, refused.reason());
        assertTrue(refused.getMessage().contains("insufficient fee"), refused.getMessage());
    }

    @Test
    void onePeerThatTakesATransactionIsEnough() throws Exception {
        FakePeer refuses = peer().refuses("dust");
        RunningNode node = watching(good, refuses);

        node.transport().broadcast(TestChain.transaction(77));

        assertTrue(good.received(TestChain.idOf(TestChain.transaction(77))));
    }

    @Test
    void withoutAPeerNothingIsSentAndItIsSaidWhy() throws Exception {
        good.close();
        RunningNode node = node(good);
        Eventually.that("it is known", () -> node.transport().status().state() == NodeStatus.State.UNREACHABLE);

        assertTrue(
                node.transport().status().detail().contains(good.endpoint().toString()),
                node.transport().status().detail());
        assertThrows(NodeUnavailableException.class, () -> node.transport().broadcast(TestChain.transaction(77)));
        assertThrows(
                NodeUnavailableException.class,
                () -> node.transport().locate(TestChain.idOf(TestChain.transaction(77))));
    }

    @Test
    void comesBackWhenAPeerComesBack() throws IOException {
        RunningNode node = watching(good);
        good.hangUp();

        Eventually.that("it is back", () -> good.greetings() == 2);
        Eventually.that("it is ready", () -> node.transport().status().state() == NodeStatus.State.READY);
    }

    @Test
    void aPeerOfTheChainWithAnotherProofOfWorkIsNotUsed() throws IOException {
        FakePeer other = peer().ofTheOtherChain().software("/Satoshi:29.4.1/Knots:20260901/");
        RunningNode node = node(Map.of(), other, good);
        Eventually.that("the good one is used", () -> node.transport().status().state() == NodeStatus.State.READY);

        Eventually.that(
                "the other one is left alone", () -> other.heard().contains("version") && other.connections() == 0);
        assertEquals("/Satoshi:31.0.0/", node.transport().status().software());
    }

    @Test
    void aPeerThatRunsAnOldVersionIsNotUsed() throws IOException {
        FakePeer old = peer().software("/Satoshi:27.2.0/");
        RunningNode node = node(Map.of("minimum-version", "28.1"), old, good);
        Eventually.that("the good one is used", () -> node.transport().status().state() == NodeStatus.State.READY);

        Eventually.that("the old one is left alone", () -> old.heard().contains("version") && old.connections() == 0);
        assertEquals("/Satoshi:31.0.0/", node.transport().status().software());
    }

    @Test
    void blocksAreToldByHeightAndTheLowestVersionCounts() throws Exception {
        FakePeer older = peer().software("/Satoshi:29.1.0/");
        RunningNode node = watching(good, older);

        Eventually.that("both are known", () -> node.transport().version().equals(OptionalInt.of(290100)));
        assertEquals(
                chain.header(4).hash(),
                node.transport().blockAt(4).orElseThrow().hash());
        assertEquals(Optional.empty(), node.transport().blockAt(11));
    }

    @Test
    void aPeersFeeFilterIsTheFloor() throws IOException {
        RunningNode node = watching(good);
        ByteBuffer rate = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(2500);

        good.say("feefilter", rate.array());

        Eventually.that(
                "it is known", () -> node.transport().policy().minRelayFee().satPerKvb() == 2500);
        assertEquals(1000, node.transport().policy().incrementalFee().satPerKvb());
    }

    @Test
    void whatPeersCarryIsKnownFromTheirProgram() throws Exception {
        RunningNode node = watching(good);

        Eventually.that("it is known", () -> node.transport().policy().maxPayload() > 512);
        assertTrue(node.transport().policy().maxOutputs() > 1);
        assertEquals(64, node.transport().policy().maxUnconfirmed());
    }

    @Test
    void anOlderPeerCarriesWhatItShowed() throws Exception {
        FakePeer older = peer().software("/Satoshi:29.3.0/Knots:20260101/");
        RunningNode node = watching(older);
        assertEquals(80, node.transport().policy().maxPayload());
        older.has(TestChain.data(130));
        older.announceAll();

        Eventually.that("it is known", () -> node.transport().policy().maxPayload() == 130);
        assertEquals(1, node.transport().policy().maxOutputs());
        assertEquals(25, node.transport().policy().maxUnconfirmed());
    }

    @Test
    void aSlowListenerLosesNothingAndHoldsUpNoOther() throws Exception {
        RunningNode node = watching(good);
        CountDownLatch hold = new CountDownLatch(1);
        Recorder slow = new Recorder();
        CompletableFuture<Void> stuck = new CompletableFuture<>();
        node.transport()
                .watch(
                        new TransactionListener() {
                            @Override
                            public void transaction(byte[] raw, Optional<BlockRef> block) {
                                if (block.isEmpty()) {
                                    stuck.complete(null);
                                    await(hold);
                                }
                                slow.transaction(raw, block);
                            }

                            @Override
                            public void blockConnected(BlockRef block) {
                                slow.blockConnected(block);
                            }

                            @Override
                            public void blockDisconnected(BlockRef block) {
                                slow.blockDisconnected(block);
                            }
                        },
                        Optional.empty());
        Eventually.that("the slow one has the tip", () -> slow.tip().isPresent());
        byte[][] made = transactions(1, 200);
        good.has(made);
        good.announceAll();
        stuck.join();
        Eventually.that("the quick one has all", () -> seen.mempoolSize() == made.length);

        hold.countDown();

        Eventually.that("the slow one has all", () -> slow.mempoolSize() == made.length);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anErrorInAStepIsNotTheEndOfTheNodeAndItsStatusSaysSo() {
        AtomicBoolean fails = new AtomicBoolean(true);
        TestNetwork network = new TestNetwork();
        RunningNode node = RunningNode.with(
                () -> {
                    if (fails.get()) {
                        throw new OutOfMemoryError("secret words");
                    }
                    return Optional.of(network);
                },
                PATIENT,
                good.endpoint());
        open.add(node);
        String why = "data from its peers could not be handled (OutOfMemoryError)";
        Eventually.that("it says so", () -> node.transport().status().detail().contains(why));
        assertFalse(node.transport().status().detail().contains("secret"));
        assertFalse(node.transport().status().state() == NodeStatus.State.READY);

        fails.set(false);
        node.transport().watch(seen, Optional.empty());
        Eventually.that("it goes on", () -> seen.tip().isPresent());
        Eventually.that("it is ready", () -> node.transport().status().state() == NodeStatus.State.READY);
        assertTrue(node.transport().status().detail().contains(why), "it failed lately");
    }

    @Test
    void aListenerThatComesLaterIsToldOfTheMempoolToo() throws IOException {
        RunningNode node = watching(good);
        byte[][] made = transactions(1, 20);
        good.has(made);
        good.announceAll();
        Eventually.that("all are told", () -> seen.mempoolSize() == made.length);
        Recorder later = new Recorder();

        node.transport().watch(later, Optional.empty());

        Eventually.that("the later one has all", () -> later.mempoolSize() == made.length);
    }

    @Test
    void afterTheEndOfAWatchNothingIsTold() throws Exception {
        RunningNode node = node(good);
        Recorder first = new Recorder();
        var subscription = node.transport().watch(first, Optional.empty());
        node.transport().watch(seen, Optional.empty());
        Eventually.that(
                "both have the tip", () -> first.tip().isPresent() && seen.tip().isPresent());

        subscription.close();

        good.has(TestChain.transaction(1));
        good.announceAll();
        Eventually.that("the other is told", () -> seen.mempoolSize() == 1);
        assertEquals(0, first.mempoolSize());
    }
}
