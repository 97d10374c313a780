package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.Transport;

class ConcurrencyTest {
    private static final int THREADS = 4;
    private static final int PAYMENTS = 100;

    @TempDir
    Path home;

    /** Counts, and detects overlapping calls. */
    private static final class Counter implements TransactionListener {
        private final Set<TxId> inMempool = ConcurrentHashMap.newKeySet();
        private final Set<TxId> inBlocks = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean calling = new AtomicBoolean();
        private final AtomicInteger overlaps = new AtomicInteger();
        private final AtomicInteger twice = new AtomicInteger();
        private final CountDownLatch confirmed = new CountDownLatch(THREADS * PAYMENTS);
        private int height = -1;
        private int gaps;

        @Override
        public void transaction(byte[] rawTransaction, Optional<BlockRef> block) {
            if (!calling.compareAndSet(false, true)) {
                overlaps.incrementAndGet();
            }
            Tx tx = Tx.trusted(rawTransaction);
            if (!tx.transaction().isCoinBase()) {
                if (!(block.isPresent() ? inBlocks : inMempool).add(tx.id())) {
                    twice.incrementAndGet();
                }
                if (block.isPresent()) {
                    confirmed.countDown();
                }
            }
            calling.set(false);
        }

        @Override
        public void blockConnected(BlockRef block) {
            if (height >= 0 && block.height() != height + 1) {
                gaps++;
            }
            height = block.height();
        }

        @Override
        public void blockDisconnected(BlockRef block) {}
    }

    @Test
    void paymentsBlocksAndAWatchAtTheSameTimeLoseNothing() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        Counter counter = new Counter();
        AtomicBoolean done = new AtomicBoolean();
        try (TestNode node = new TestNode(home);
                Transport.Subscription ignored = node.transport().watch(counter, Optional.empty())) {
            List<Future<List<SignedTransaction>>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                // Two threads share each account.
                String account = i % 2 == 0 ? "" : "bob";
                running.add(threads.submit(payments(node, account)));
            }
            Future<?> miner = threads.submit(() -> {
                while (!done.get()) {
                    node.transport().mine();
                    Thread.yield();
                }
                return null;
            });
            Set<TxId> sent = new HashSet<>();
            long fees = 0;
            for (Future<List<SignedTransaction>> one : running) {
                for (SignedTransaction paid : one.get(60, TimeUnit.SECONDS)) {
                    assertTrue(sent.add(paid.id()));
                    fees += paid.fee();
                }
            }
            done.set(true);
            miner.get(60, TimeUnit.SECONDS);
            node.transport().mine();

            assertTrue(counter.confirmed.await(60, TimeUnit.SECONDS));
            assertEquals(sent, counter.inMempool);
            assertEquals(sent, counter.inBlocks);
            assertEquals(0, counter.overlaps.get());
            assertEquals(0, counter.twice.get());
            assertEquals(0, counter.gaps);
            long left = node.wallet().status("").confirmed()
                    + node.wallet().status("bob").confirmed();
            assertEquals(2 * 20 * 5_000_000L - fees, left);
            for (TxId id : sent) {
                assertEquals(
                        TransactionPlace.Kind.CONFIRMED,
                        node.transport().locate(id).kind());
            }
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    private static Callable<List<SignedTransaction>> payments(TestNode node, String account) {
        return () -> {
            List<SignedTransaction> sent = new ArrayList<>();
            while (sent.size() < PAYMENTS) {
                try {
                    SignedTransaction paid = node.pay(account, 64, TestNode.FLOOR);
                    node.transport().broadcast(paid.raw());
                    sent.add(paid);
                } catch (InsufficientFundsException e) {
                    // Every coin is in a full cluster until the next block.
                    node.transport().mine();
                }
            }
            return sent;
        };
    }
}
