package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Transport;

class WatchTest {
    @TempDir
    Path home;

    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode(home);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Test
    void aBlockIsFoundByItsHeight() throws Exception {
        BlockRef block = node.transport().mine();
        assertEquals(Optional.of(block), node.transport().blockAt(block.height()));
        assertEquals(Optional.empty(), node.transport().blockAt(block.height() + 1));
        assertEquals(Optional.empty(), node.transport().blockAt(-1));
    }

    /** Records the events as short words. */
    private static final class Recorder implements TransactionListener {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        private final Map<String, byte[]> raws = new HashMap<>();

        @Override
        public void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
            String id = Tx.trusted(rawTransaction).id().toString();
            synchronized (raws) {
                raws.put(id, rawTransaction);
            }
            told.add("tx " + id + block.map(b -> " in " + b.height()).orElse(""));
        }

        @Override
        public void blockConnected(BlockRef block) {
            told.add("connected " + block.encode());
        }

        @Override
        public void blockDisconnected(BlockRef block) {
            told.add("disconnected " + block.encode());
        }

        @Override
        public void removed(TxId id) {
            told.add("removed " + id);
        }

        String next() throws InterruptedException {
            String one = told.poll(20, TimeUnit.SECONDS);
            assertNotNull(one, "nothing more was told");
            return one;
        }

        /** The next event that is not about a coinbase: those of blocks without payments are noise here. */
        String nextBut(Set<String> noise) throws InterruptedException {
            String one = next();
            while (noise.stream().anyMatch(one::contains)) {
                one = next();
            }
            return one;
        }
    }

    private Set<String> coinbases() throws Exception {
        Recorder all = new Recorder();
        Set<String> ids = new HashSet<>();
        BlockRef genesis = genesis();
        try (Transport.Subscription ignored = node.transport().watch(all, Optional.of(genesis))) {
            String last = "connected " + node.ledger().tip().encode();
            boolean first = true;
            for (String one = all.next(); !one.equals(last); one = all.next()) {
                if (first) {
                    ids.add(one.split(" ")[1]);
                }
                first = one.startsWith("connected");
            }
        }
        return ids;
    }

    private static BlockRef genesis() {
        byte[] header =
                BlockHeader.make(TxId.ofBytes(new byte[32]), new byte[32], Instant.parse("2026-01-01T00:00:00Z"));
        return new BlockRef(0, BlockHeader.hash(header), BlockHeader.time(header));
    }

    @Test
    void aNewWatcherHearsTheMempoolThenWhatComes() throws Exception {
        SignedTransaction mined = node.send("");
        node.transport().mine();
        SignedTransaction waiting = node.send("");
        Recorder recorder = new Recorder();
        try (Transport.Subscription ignored = node.transport().watch(recorder, Optional.empty())) {
            SignedTransaction live = node.send("");
            BlockRef block = node.transport().mine();

            assertEquals("tx " + waiting.id(), recorder.next());
            assertEquals("tx " + live.id(), recorder.next());
            assertTrue(recorder.next().endsWith(" in " + block.height()), "the coinbase");
            assertEquals("tx " + waiting.id() + " in " + block.height(), recorder.next());
            assertEquals("tx " + live.id() + " in " + block.height(), recorder.next());
            assertEquals("connected " + block.encode(), recorder.next());
            assertArrayEquals(live.raw(), recorder.raws.get(live.id().toString()));
            assertTrue(!recorder.raws.containsKey(mined.id().toString()));
        }
    }

    @Test
    void aWatcherThatWasAwayHearsTheBlocksItMissedFirst() throws Exception {
        node.send("");
        BlockRef seen = node.transport().mine();
        SignedTransaction one = node.send("");
        BlockRef second = node.transport().mine();
        SignedTransaction two = node.send("");
        BlockRef third = node.transport().mine();
        SignedTransaction waiting = node.send("");
        Set<String> noise = coinbases();
        Recorder recorder = new Recorder();
        try (Transport.Subscription ignored = node.transport().watch(recorder, Optional.of(seen))) {
            assertEquals("tx " + one.id() + " in " + second.height(), recorder.nextBut(noise));
            assertEquals("connected " + second.encode(), recorder.next());
            assertEquals("tx " + two.id() + " in " + third.height(), recorder.nextBut(noise));
            assertEquals("connected " + third.encode(), recorder.next());
            assertEquals("tx " + waiting.id(), recorder.next());
        }
    }

    @Test
    void aWatcherResumesAfterARestart() throws Exception {
        node.send("");
        BlockRef seen = node.transport().mine();
        SignedTransaction missed = node.send("");
        BlockRef block = node.transport().mine();
        node.close();
        node = new TestNode(home);
        Recorder recorder = new Recorder();
        try (Transport.Subscription ignored =
                node.transport().watch(recorder, Optional.of(BlockRef.parse(seen.encode())))) {
            recorder.next();
            assertEquals("tx " + missed.id() + " in " + block.height(), recorder.next());
            assertEquals("connected " + block.encode(), recorder.next());
            assertArrayEquals(missed.raw(), recorder.raws.get(missed.id().toString()));
        }
    }

    @Test
    void anUnknownBlockIsDisconnectedAndTheChainToldFromItsStart() throws Exception {
        SignedTransaction paid = node.send("");
        BlockRef faucet = node.ledger().tip();
        BlockRef block = node.transport().mine();
        BlockRef stranger = new BlockRef(40, TxId.ofBytes(new byte[32]), Instant.ofEpochSecond(5));
        Recorder recorder = new Recorder();
        try (Transport.Subscription ignored = node.transport().watch(recorder, Optional.of(stranger))) {
            assertEquals("disconnected " + stranger.encode(), recorder.next());
            assertTrue(recorder.next().endsWith(" in 1"));
            assertEquals("connected " + faucet.encode(), recorder.next());
            assertTrue(recorder.next().endsWith(" in 2"));
            assertEquals("tx " + paid.id() + " in 2", recorder.next());
            assertEquals("connected " + block.encode(), recorder.next());
        }
    }

    @Test
    void aReplacementIsToldAfterWhatItRemoves() throws Exception {
        Utxo coin = Spender.coins(node, 1, 1_000_000).get(0);
        byte[] old = Spender.of(coin).data(80).change(100).raw();
        byte[] child = Spender.of(Spender.output(old, 1)).data(80).change(100).raw();
        byte[] current = Spender.of(coin).data(80).change(400).raw();
        Recorder recorder = new Recorder();
        try (Transport.Subscription ignored = node.transport().watch(recorder, Optional.empty())) {
            node.transport().broadcast(old);
            node.transport().broadcast(child);
            node.transport().broadcast(current);

            assertEquals("tx " + Spender.id(old), recorder.next());
            assertEquals("tx " + Spender.id(child), recorder.next());
            assertEquals("removed " + Spender.id(old), recorder.next());
            assertEquals("removed " + Spender.id(child), recorder.next());
            assertEquals("tx " + Spender.id(current), recorder.next());
        }
    }

    @Test
    void aSlowListenerHoldsUpNobodyAndMissesNothing() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Recorder slow = new Recorder();
        TransactionListener blocking = new TransactionListener() {
            @Override
            public void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                slow.transaction(rawTransaction, block);
            }

            @Override
            public void blockConnected(BlockRef block) {}

            @Override
            public void blockDisconnected(BlockRef block) {}
        };
        Recorder quick = new Recorder();
        node.wallet().status("");
        try (Transport.Subscription one = node.transport().watch(blocking, Optional.empty());
                Transport.Subscription two = node.transport().watch(quick, Optional.empty())) {
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add("tx " + node.send("").id());
            }
            for (String expected : sent) {
                assertEquals(expected, quick.next());
            }
            assertTrue(slow.told.isEmpty());
            go.countDown();
            for (String expected : sent) {
                assertEquals(expected, slow.next());
            }
        }
    }

    @Test
    void aListenerThatFailsGoesOnWithTheNextEvent() throws Exception {
        Recorder recorder = new Recorder();
        TransactionListener failing = new TransactionListener() {
            @Override
            public void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
                if (block.isEmpty()) {
                    throw new IllegalStateException("on purpose");
                }
            }

            @Override
            public void blockConnected(BlockRef block) {
                recorder.blockConnected(block);
            }

            @Override
            public void blockDisconnected(BlockRef block) {}
        };
        node.wallet().status("");
        try (Transport.Subscription ignored = node.transport().watch(failing, Optional.empty())) {
            node.send("");
            BlockRef block = node.transport().mine();

            assertEquals("connected " + block.encode(), recorder.next());
        }
    }

    @Test
    void aListenerThatThrowsAnErrorGoesOnWithTheNextEvent() throws Exception {
        Recorder recorder = new Recorder();
        TransactionListener failing = new TransactionListener() {
            @Override
            public void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
                throw new StackOverflowError("on purpose");
            }

            @Override
            public void blockConnected(BlockRef block) {
                recorder.blockConnected(block);
            }

            @Override
            public void blockDisconnected(BlockRef block) {}
        };
        node.wallet().status("");
        try (Transport.Subscription ignored = node.transport().watch(failing, Optional.empty())) {
            node.send("");
            BlockRef block = node.transport().mine();

            assertEquals("connected " + block.encode(), recorder.next());
        }
    }

    @Test
    void noCallBeginsAfterCloseReturns() throws Exception {
        CountDownLatch inCall = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Recorder recorder = new Recorder();
        TransactionListener listener = new TransactionListener() {
            @Override
            public void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
                inCall.countDown();
                try {
                    leave.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                recorder.transaction(rawTransaction, block);
            }

            @Override
            public void blockConnected(BlockRef block) {
                recorder.blockConnected(block);
            }

            @Override
            public void blockDisconnected(BlockRef block) {}
        };
        node.wallet().status("");
        Transport.Subscription watch = node.transport().watch(listener, Optional.empty());
        SignedTransaction first = node.send("");
        node.send("");
        node.transport().mine();
        assertTrue(inCall.await(20, TimeUnit.SECONDS));

        CompletableFuture<Integer> toldAtClose = CompletableFuture.supplyAsync(() -> {
            watch.close();
            return recorder.told.size();
        });
        leave.countDown();

        int told = toldAtClose.get(20, TimeUnit.SECONDS);
        node.send("");
        node.transport().mine();
        Recorder other = new Recorder();
        try (Transport.Subscription ignored = node.transport().watch(other, Optional.empty())) {
            assertEquals("tx " + node.send("").id(), other.next());
        }
        assertEquals(told, recorder.told.size());
        assertEquals("tx " + first.id(), recorder.next());
    }

    @Test
    void aListenerMayCloseItsOwnWatchInTheMiddleOfABlock() throws Exception {
        AtomicReference<Transport.Subscription> watch = new AtomicReference<>();
        CompletableFuture<Thread> closedBy = new CompletableFuture<>();
        CountDownLatch ready = new CountDownLatch(1);
        Recorder recorder = new Recorder();
        BlockRef before = genesis();
        for (int i = 0; i < 5; i++) {
            node.send("");
        }
        node.transport().mine();
        TransactionListener closing = new TransactionListener() {
            @Override
            public void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
                recorder.transaction(rawTransaction, block);
                if (block.orElseThrow().height() == 2) {
                    try {
                        ready.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    watch.get().close();
                    closedBy.complete(Thread.currentThread());
                }
            }

            @Override
            public void blockConnected(BlockRef block) {
                recorder.blockConnected(block);
            }

            @Override
            public void blockDisconnected(BlockRef block) {}
        };
        watch.set(node.transport().watch(closing, Optional.of(before)));
        ready.countDown();

        Thread dispatcher = closedBy.get(20, TimeUnit.SECONDS);
        dispatcher.join(20_000);
        assertTrue(!dispatcher.isAlive(), "the watch's thread ends");
        // The faucet's coinbase, its block, and the first transaction of the next block.
        assertEquals(3, recorder.told.size());
    }
}
