package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.state.Bus;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.messaging.StageBench;

/** Nodes report faster than their reports are read, and the reader stops in between. */
class QueueTest {
    private final ReceiveBench bench = new ReceiveBench();
    private final CountDownLatch free = new CountDownLatch(1);

    @AfterEach
    void close() {
        free.countDown();
        bench.close();
    }

    /** Keeps the reader busy until it is freed, also while it is to stop. */
    private void occupy() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        bench.queue.submit(() -> {
            begun.countDown();
            await(free);
        });
        begun.await();
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread started(Runnable task) {
        Thread thread = new Thread(task, "test-node");
        thread.start();
        return thread;
    }

    /** Waits until a thread has looked again whether it may go on, and checks that it does not. */
    private static void assertWaits(Thread thread) {
        Eventually.that("it waits, or is over", () -> {
            ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
            return info == null || info.getWaitedCount() > 2;
        });
        assertTrue(thread.isAlive());
    }

    @Test
    void whoReportsWaitsWhereTooMuchWasReportedAndNothingIsLost() throws Exception {
        Backlog backlog = StageBench.offered(bench.receive, Backlog.class);
        AtomicInteger read = new AtomicInteger();
        occupy();
        int before = bench.queue.size();
        int full = 0;
        while (bench.queue.soon(read::incrementAndGet)) {
            full++;
        }
        assertEquals(before + full, bench.queue.size());
        assertEquals(before + full, backlog.level().arriving());
        Thread node = started(() -> bench.queue.submit(read::incrementAndGet));
        assertWaits(node);
        free.countDown();
        node.join();
        bench.barrier();
        assertEquals(full + 1, read.get());
    }

    @Test
    void nodesStartOverOnceTheirEarlierReportsWereHandled() throws Exception {
        occupy();
        Thread nodes = started(() -> bench.queue.rewind(Network.REGTEST));
        assertWaits(nodes);
        free.countDown();
        nodes.join();
    }

    @Test
    void nobodyWaitsForAReaderThatHasStopped() throws Exception {
        occupy();
        while (bench.queue.soon(() -> {})) {
            // Until there is no room.
        }
        Thread reports = started(() -> bench.queue.submit(() -> {}));
        Thread startsOver = started(() -> bench.queue.rewind(Network.REGTEST));
        Thread stopping = started(bench.receive::stop);
        reports.join();
        startsOver.join();
        free.countDown();
        stopping.join();
        bench.queue.rewind(Network.REGTEST);
    }

    @Test
    void aReaderThatStopsFinishesWhatItDoes() throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        bench.queue.submit(() -> {
            begun.countDown();
            await(free);
            done.add("read");
        });
        begun.await();
        Thread stopping = started(() -> {
            bench.receive.stop();
            done.add("stopped");
        });
        Eventually.that(
                "it waits, or is over", () -> stopping.getState() == Thread.State.TIMED_WAITING || !stopping.isAlive());
        free.countDown();
        stopping.join();
        assertEquals(List.of("read", "stopped"), done);
        assertFalse(bench.queue.isAlive());
    }

    @Test
    void aReaderThatHasStoppedIsToldNothing() {
        bench.receive.stop();
        int waiting = bench.queue.size();
        bench.stage.bus.publish(new Bus.Expected());
        bench.stage.bus.publish(new Bus.PartsReturned());
        assertEquals(waiting, bench.queue.size());
    }

    /** What was not read is in the blocks that were not read. */
    @Test
    void aReaderStopsAlsoWhileTheStoreFails() throws Exception {
        CountDownLatch tried = new CountDownLatch(1);
        bench.queue.submit(() -> {
            tried.countDown();
            throw new StoreException("the disk is full");
        });
        tried.await();
        bench.receive.stop();
        assertTrue(bench.receive.failure().isPresent());
    }

    @Test
    void whoIsInterruptedWhileItWaitsLearnsOfIt() {
        List<Runnable> waiting = List.of(
                () -> bench.queue.submit(() -> {}), () -> bench.queue.rewind(Network.REGTEST), bench.receive::stop);
        List<Boolean> interrupted = new ArrayList<>();
        for (Runnable one : waiting) {
            Thread.currentThread().interrupt();
            one.run();
            interrupted.add(Thread.interrupted());
        }
        assertEquals(List.of(true, true, true), interrupted);
    }

    /** What waits for a block, or for a packet to be back in a mempool, goes on. */
    @Test
    void eachBlockIsAReasonToTryAgain() {
        bench.network.mine();
        Eventually.that("all is read", () -> bench.stage.context.initialSync().isSettled(Network.REGTEST));
        bench.barrier();
        AtomicInteger retries = new AtomicInteger();
        bench.stage.bus.on(Bus.Retry.class, retry -> retries.incrementAndGet());
        bench.network.mine();
        bench.barrier();
        assertEquals(1, retries.get());
        bench.network.disconnect(1, false);
        bench.barrier();
        assertEquals(2, retries.get());
    }
}
