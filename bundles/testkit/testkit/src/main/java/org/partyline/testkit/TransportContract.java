package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.Transport;

/**
 * The contract of every {@link Transport}. A subclass plays the network behind one; it makes it before each test and
 * ends it after.
 */
public abstract class TransportContract {
    /** Returns the transport of this test, which can reach its node. */
    protected abstract Transport transport() throws Exception;

    /** Returns a transaction that nobody has yet, and that the node accepts. */
    protected abstract byte[] transaction() throws Exception;

    /** Returns another one that the node will reject. From now on, it may reject all. */
    protected abstract byte[] refused() throws Exception;

    /** Returns its id. */
    protected abstract TxId id(byte[] transaction);

    /** Adds a transaction to the node's mempool by another route. */
    protected abstract void arrives(byte[] transaction) throws Exception;

    /** Makes a block with these transactions from the mempool the node's tip. */
    protected abstract BlockRef mine(byte[]... transactions) throws Exception;

    /**
     * Makes the node stop responding.
     *
     * @return whether that is possible
     */
    protected abstract boolean goesAway() throws Exception;

    private Recorder watch(Optional<BlockRef> since) throws Exception {
        Recorder recorder = new Recorder(this::id);
        transport().watch(recorder, since);
        return recorder;
    }

    /** Returns a watch that is at the tip, so that later events are reported live. */
    private Recorder watchTheTip() throws Exception {
        BlockRef tip = mine();
        Recorder recorder = watch(Optional.of(tip));
        BlockRef next = mine();
        recorder.awaits("block " + next.hash());
        return recorder;
    }

    @Test
    void saysWhatItIs() throws Exception {
        assertTrue(transport().name().matches("[A-Za-z0-9-]+"), transport().name());
        assertTrue(transport().type().matches("[a-z][a-z0-9-]*"), transport().type());
        assertNotNull(transport().network());
        assertFalse(transport().status().detail().contains("\n"));
    }

    @Test
    void whatItRelaysIsNoLessThanNothing() throws Exception {
        RelayPolicy policy = transport().policy();
        assertTrue(policy.maxPayload() >= 0 && policy.maxOutputs() >= 0 && policy.maxScriptBytes() >= 0);
        assertTrue(
                policy.minRelayFee().satPerKvb() >= 0 && policy.incrementalFee().satPerKvb() >= 0);
    }

    @Test
    void aWatchedNodeIsReadyAndSaysItsTip() throws Exception {
        watchTheTip();
        BlockRef tip = mine();
        Eventually.that("it is ready", () -> transport().status().state() == NodeStatus.State.READY);
        Eventually.that(
                "it says the tip",
                () -> transport().status().tip().map(BlockRef::hash).equals(Optional.of(tip.hash())));
    }

    @Test
    void whatIsBroadcastIsInTheMempoolAndTold() throws Exception {
        Recorder recorder = watchTheTip();
        byte[] raw = transaction();
        assertEquals(TransactionPlace.UNKNOWN, transport().locate(id(raw)));
        assertEquals(Optional.empty(), transport().fetch(id(raw)));

        transport().broadcast(raw);

        recorder.awaits("transaction " + id(raw));
        assertEquals(TransactionPlace.MEMPOOL, transport().locate(id(raw)));
        assertArrayEquals(raw, transport().fetch(id(raw)).orElseThrow());
    }

    @Test
    void whatTheNodeHasCanBeBroadcastAgain() throws Exception {
        Recorder recorder = watchTheTip();
        byte[] raw = transaction();
        transport().broadcast(raw);
        transport().broadcast(raw);
        recorder.awaits("transaction " + id(raw));
        BlockRef block = mine(raw);
        recorder.awaits("block " + block.hash());
        transport().broadcast(raw);
    }

    @Test
    void whatTheNodeRefusesIsSaidInALineAndNotTold() throws Exception {
        Recorder recorder = watchTheTip();
        byte[] raw = refused();

        TransactionRejectedException refused = assertThrows(
                TransactionRejectedException.class, () -> transport().broadcast(raw));

        assertNotNull(refused.reason());
        assertFalse(refused.getMessage().isBlank());
        assertFalse(refused.getMessage().contains("\n"));
        assertEquals(TransactionPlace.UNKNOWN, transport().locate(id(raw)));
        assertFalse(recorder.told().contains("transaction " + id(raw)));
    }

    @Test
    void whatComesFromElsewhereIsToldAsTheNodeHasIt() throws Exception {
        Recorder recorder = watchTheTip();
        byte[] raw = transaction();
        arrives(raw);
        recorder.awaits("transaction " + id(raw));
        assertArrayEquals(raw, recorder.raw(id(raw)));
    }

    @Test
    void aBlockIsToldAfterAllItsTransactions() throws Exception {
        Recorder recorder = watchTheTip();
        byte[] one = transaction();
        arrives(one);
        recorder.awaits("transaction " + id(one));

        BlockRef block = mine(one);

        recorder.awaits("block " + block.hash());
        List<String> told = recorder.told();
        int stands = told.indexOf("transaction " + id(one) + " in " + block.hash());
        assertTrue(stands >= 0 && stands < told.indexOf("block " + block.hash()), told.toString());
        TransactionPlace place = transport().locate(id(one));
        // Without an index, a node may not know.
        assertTrue(place.kind() != TransactionPlace.Kind.MEMPOOL, place.toString());
        place.block().ifPresent(where -> assertEquals(block.hash(), where.hash()));
    }

    @Test
    void whoWasAwayIsToldTheBlocksSinceInTheirOrderAndThenTheMempool() throws Exception {
        BlockRef since = mine();
        byte[] first = transaction();
        arrives(first);
        BlockRef one = mine(first);
        byte[] second = transaction();
        arrives(second);
        BlockRef two = mine(second);
        byte[] waiting = transaction();
        arrives(waiting);

        Recorder recorder = watch(Optional.of(since));

        recorder.awaits("block " + two.hash());
        arrives(waiting);
        recorder.awaits("transaction " + id(waiting));
        List<String> told = recorder.told();
        assertEquals(
                List.of(
                        "transaction " + id(first) + " in " + one.hash(),
                        "block " + one.hash(),
                        "transaction " + id(second) + " in " + two.hash(),
                        "block " + two.hash()),
                told.stream()
                        .filter(line -> line.startsWith("block ")
                                || line.contains(id(first).toString())
                                || line.contains(id(second).toString()))
                        .toList());
        assertTrue(told.indexOf("block " + two.hash()) < told.indexOf("transaction " + id(waiting)), told.toString());
    }

    @Test
    void whoIsNewIsNotToldOfOldBlocks() throws Exception {
        byte[] old = transaction();
        arrives(old);
        BlockRef past = mine(old);
        mine();
        Recorder recorder = watch(Optional.empty());
        // A node that was not asked before must find its tip first.
        Eventually.that("it is ready", () -> transport().status().state() == NodeStatus.State.READY);
        byte[] live = transaction();
        arrives(live);
        recorder.awaits("transaction " + id(live));
        assertFalse(
                recorder.told().contains("block " + past.hash()),
                recorder.told().toString());
    }

    @Test
    void aBlockThatTheChainDoesNotHaveIsTakenBackFirst() throws Exception {
        mine();
        BlockRef tip = mine();
        BlockRef stranger = new BlockRef(tip.height(), TxId.ofBytes(new byte[32]), Instant.ofEpochSecond(5));

        Recorder recorder = watch(Optional.of(stranger));

        recorder.awaits("block " + tip.hash());
        assertEquals("no block " + stranger.hash(), recorder.told().get(0));
    }

    @Test
    void everyWatchIsToldByItself() throws Exception {
        Recorder one = watchTheTip();
        Recorder two = watchTheTip();
        byte[] raw = transaction();
        arrives(raw);
        one.awaits("transaction " + id(raw));
        two.awaits("transaction " + id(raw));
    }

    @Test
    void noCallBeginsOnceAWatchWasEnded() throws Exception {
        Recorder other = watchTheTip();
        Recorder ended = new Recorder(this::id);
        Transport.Subscription subscription = transport().watch(ended, Optional.of(mine()));
        BlockRef block = mine();
        ended.awaits("block " + block.hash());

        subscription.close();
        subscription.close();
        List<String> told = ended.told();
        byte[] raw = transaction();
        arrives(raw);
        BlockRef next = mine(raw);
        other.awaits("block " + next.hash());
        mine();

        assertEquals(told, ended.told());
    }

    @Test
    void aListenerThatFailsIsToldOfWhatComesNext() throws Exception {
        BlockRef tip = mine();
        AtomicBoolean fails = new AtomicBoolean(true);
        Recorder recorder = new Recorder(this::id);
        TransactionListener failing = new TransactionListener() {
            @Override
            public void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
                recorder.transaction(rawTransaction, block);
                if (fails.getAndSet(false)) {
                    throw new IllegalStateException("on purpose");
                }
            }

            @Override
            public void blockConnected(BlockRef block) {
                recorder.blockConnected(block);
            }

            @Override
            public void blockDisconnected(BlockRef block) {
                recorder.blockDisconnected(block);
            }
        };
        transport().watch(failing, Optional.of(tip));
        byte[] raw = transaction();
        arrives(raw);
        BlockRef next = mine(raw);
        recorder.awaits("block " + next.hash());
        assertFalse(fails.get());
    }

    @Test
    void aBlockIsFoundByItsHeightWhereTheNodeCanSay() throws Exception {
        watchTheTip();
        BlockRef block = mine();
        Eventually.that(
                "it says the tip",
                () -> transport().status().tip().map(BlockRef::hash).equals(Optional.of(block.hash())));
        transport().blockAt(block.height()).ifPresent(found -> assertEquals(block.hash(), found.hash()));
        assertEquals(Optional.empty(), transport().blockAt(block.height() + 1));
    }

    @Test
    void aNodeThatIsAwayIsNoRefusal() throws Exception {
        watchTheTip();
        byte[] raw = transaction();
        assumeTrue(goesAway(), "this node is part of the process");
        NodeUnavailableException away =
                assertThrows(NodeUnavailableException.class, () -> transport().broadcast(raw));
        assertFalse(away.getMessage().isBlank());
        assertFalse(away.getMessage().contains("\n"));
    }
}
