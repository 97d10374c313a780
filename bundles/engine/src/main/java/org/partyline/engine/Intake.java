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
    private static final long POLL_MILLIS = 500;
    private static final long RETRY_SECONDS = 2;
    private static final int MOST_ERRORS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Core core;
    private final Recogniser recogniser;
    private final ScanPosition position;
    private final Reorganisation reorganisation;
    private final Runnable onBlock;
    private final BlockingQueue<Task> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean parkedDue = new AtomicBoolean();
    /** Is told when a node begins to tell, and of each block. Set when the engine is put together. */
    Settling settling;

    private final AtomicBoolean unmatchedDue = new AtomicBoolean();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "partyline-intake");

    /** Something to do that may fail when the disk does; done again then. */
    @FunctionalInterface
    interface Task {
        void run() throws StoreException;
    }

    Intake(Core core, Recogniser recogniser, ScanPosition position, Reorganisation reorganisation, Runnable onBlock) {
        this.core = core;
        this.recogniser = recogniser;
        this.position = position;
        this.reorganisation = reorganisation;
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
                Task next = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (parkedDue.compareAndSet(true, false)) {
                    persist(this::openParked);
                }
                if (unmatchedDue.compareAndSet(true, false)) {
                    persist(this::openUnmatched);
                }
                if (next != null) {
                    persist(next);
                }
                settling.look();
            } catch (InterruptedException e) {
                if (!isStopped()) {
                    LOG.debug("interrupted", e);
                }
            }
        }
    }

    private void persist(Task task) throws InterruptedException {
        boolean told = false;
        int errors = 0;
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
            } catch (Error e) {
                // Too little memory, or a bundle that was replaced in the middle: it may work the next time.
                LOG.error("a payload is tried again", e);
                if (++errors > MOST_ERRORS) {
                    return;
                }
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
                core.store.collect(candidate.name(), Cbor.write(candidate));
            }
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public void blockConnected(String node, Network network, BlockRef block) {
        settling.begins(node, network);
        submit(() -> {
            position.advance(node, network, block);
            onBlock.run();
        });
    }

    @Override
    public void blockDisconnected(String node, Network network, BlockRef block) {
        submit(() -> {
            position.retreat(node, network, block);
            reorganisation.disconnected(node, network, block);
            onBlock.run();
        });
    }

    /** A node is found to be on another chain. */
    void distrust(Network network) {
        submit(() -> reorganisation.distrust(network));
    }

    @Override
    public Optional<BlockRef> cursor(String node, Network network) {
        settling.begins(node, network);
        try {
            return position.of(node, network);
        } catch (StoreException e) {
            LOG.warn("reading begins at the chain's tip: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Works off what was collected while the store was locked. */
    void drainCollected() {
        draining.set(true);
        submit(this::drain);
    }

    /** Whether packets that were collected while locked are still to be read. */
    boolean isDraining() {
        return draining.get();
    }

    private void drain() throws StoreException {
        while (!isStopped()) {
            core.lock.lock();
            List<StoredRecord> batch;
            try {
                if (core.memory() == null) {
                    return;
                }
                batch = core.store.transact(tx -> tx.collected(BATCH));
            } finally {
                core.lock.unlock();
            }
            if (batch.isEmpty()) {
                takeUpReorganisations();
                draining.set(false);
                onBlock.run();
                return;
            }
            for (StoredRecord collected : batch) {
                if (!drain(collected)) {
                    return;
                }
            }
        }
    }

    /** After what was collected: it may tell of the blocks that are gone, and of those that came in their place. */
    private void takeUpReorganisations() throws StoreException {
        core.lock.lock();
        try {
            if (core.memory() != null) {
                reorganisation.takeUp(core.memory());
            }
        } finally {
            core.lock.unlock();
        }
    }

    /** Handles one and discards it; false when the store was locked in between. */
    private boolean drain(StoredRecord collected) throws StoreException {
        core.lock.lock();
        try {
            Memory memory = core.memory();
            if (memory == null) {
                return false;
            }
            try {
                recogniser.handle(memory, Cbor.read(collected.value(), Candidate.class));
            } catch (Cbor.UnreadableRecordException | RuntimeException e) {
                // It would stand in the way of all that come after it.
                LOG.error("a collected packet could not be handled, and is dropped", e);
            }
            core.store.transact(tx -> {
                tx.discardCollected(collected);
                return null;
            });
            return true;
        } finally {
            core.lock.unlock();
        }
    }

    /** Runs a task behind the payloads that wait now. Never blocks; false when there are too many. */
    boolean soon(Runnable task) {
        return queue.offer(task::run);
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

    /** Takes up what matched nothing, soon: there is a new channel, or a new day. Never blocks. */
    void retryUnmatched() {
        unmatchedDue.set(true);
        boolean woken = queue.offer(() -> {});
        LOG.trace("unmatched packets are due, woken {}", woken);
    }

    private void openUnmatched() throws StoreException {
        core.lock.lock();
        try {
            Memory memory = core.memory();
            if (memory != null) {
                memory.unmatched.retry();
                recogniser.handleWaiting(memory);
            }
        } finally {
            core.lock.unlock();
        }
    }
}
