package org.partyline.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.partyline.api.Network;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.transport.BlockRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes payloads from all nodes, one after another, to the recogniser, or while locked to the sealed queue. When the disk
 * refuses it tries the same payload again: nothing is dropped, and the nodes' reading slows down behind it.
 */
final class Intake implements NodeRegistry.Receiver {
    private static final int QUEUE = 4096;
    private static final int BATCH = 200;
    private static final long RETRY_SECONDS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Core core;
    private final Recogniser recogniser;
    private final ScanPosition position;
    private final Runnable onBlock;
    private final BlockingQueue<Task> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean parkedDue = new AtomicBoolean();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "partyline-intake");

    /** Something to do that may fail when the disk does; done again then. */
    @FunctionalInterface
    interface Task {
        void run() throws StoreException;
    }

    Intake(Core core, Recogniser recogniser, ScanPosition position, Runnable onBlock) {
        this.core = core;
        this.recogniser = recogniser;
        this.position = position;
        this.onBlock = onBlock;
    }

    void start() {
        thread.start();
    }

    void stop() {
        stop.countDown();
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    /** Puts a task behind those that wait; blocks while there are too many. */
    void submit(Task task) {
        try {
            while (!isStopped() && !queue.offer(task, 1, TimeUnit.SECONDS)) {
                LOG.trace("the intake is full");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!isStopped()) {
            try {
                Task next = queue.poll(1, TimeUnit.SECONDS);
                if (parkedDue.compareAndSet(true, false)) {
                    persist(this::openParked);
                }
                if (next != null) {
                    persist(next);
                }
            } catch (InterruptedException e) {
                if (!isStopped()) {
                    LOG.debug("interrupted", e);
                }
            }
        }
    }

    private void persist(Task task) throws InterruptedException {
        boolean told = false;
        while (true) {
            try {
                task.run();
                if (told) {
                    LOG.info("the store works again");
                }
                return;
            } catch (StoreException e) {
                if (!told) {
                    LOG.error("what arrives waits until the store works: {}", e.getMessage());
                    told = true;
                }
            } catch (RuntimeException e) {
                LOG.error("a payload could not be handled", e);
                return;
            }
            if (stop.await(RETRY_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        }
    }

    @Override
    public void candidate(Candidate candidate) {
        submit(() -> handle(candidate));
    }

    private void handle(Candidate candidate) throws StoreException {
        core.lock.lock();
        try {
            Memory memory = core.memory();
            if (memory != null) {
                recogniser.handle(memory, candidate);
            } else if (core.store.state() != Store.State.NEW) {
                core.store.collect(Cbor.write(candidate));
            }
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public void blockConnected(String node, Network network, BlockRef block) {
        submit(() -> {
            position.advance(node, network, block);
            onBlock.run();
        });
    }

    @Override
    public Optional<BlockRef> cursor(String node, Network network) {
        try {
            return position.of(node, network);
        } catch (StoreException e) {
            LOG.warn("reading begins at the chain's tip: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Works off what was collected while the store was locked. */
    void drainCollected() {
        submit(this::drain);
    }

    private void drain() throws StoreException {
        while (!isStopped()) {
            core.lock.lock();
            try {
                Memory memory = core.memory();
                if (memory == null) {
                    return;
                }
                List<StoredRecord> batch = core.store.transact(tx -> tx.collected(BATCH));
                for (StoredRecord collected : batch) {
                    recogniser.handle(memory, Cbor.read(collected.value(), Candidate.class));
                    core.store.transact(tx -> {
                        tx.discardCollected(collected);
                        return null;
                    });
                }
                if (batch.isEmpty()) {
                    return;
                }
            } finally {
                core.lock.unlock();
            }
        }
    }

    /** Takes up what waited for a suite, soon. Never blocks. */
    void retryParked() {
        parkedDue.set(true);
        // Wakes the thread; when the queue is full it is awake.
        boolean woken = queue.offer(() -> {});
        LOG.trace("parked packets are due, woken {}", woken);
    }

    private void openParked() throws StoreException {
        core.lock.lock();
        try {
            Memory memory = core.memory();
            if (memory != null) {
                recogniser.retryParked(memory);
            }
        } finally {
            core.lock.unlock();
        }
    }

    /** Takes up what matched nothing: there is a new channel. */
    void retryUnmatched() {
        submit(() -> {
            core.lock.lock();
            try {
                Memory memory = core.memory();
                if (memory != null) {
                    memory.retryUnmatched();
                    recogniser.handleWaiting(memory);
                }
            } finally {
                core.lock.unlock();
            }
        });
    }
}
