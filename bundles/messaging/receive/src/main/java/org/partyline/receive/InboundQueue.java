package org.partyline.receive;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Channels;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.nodes.NodeReceiver;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes payloads from all nodes, one after another, to the recogniser, or to the sealed queue while the store is
 * locked. If the disk fails, it retries the same payload: nothing is dropped, and reading from the nodes slows down
 * behind it.
 */
public final class InboundQueue implements Reception, NodeReceiver {
    private static final int QUEUE = 4096;
    private static final int BATCH = 200;
    private static final long POLL_MILLIS = 500;
    private static final long RETRY_SECONDS = 2;
    private static final int MOST_ERRORS = 5;
    /** A version-1 message begins like any JSON object; a shorter one cannot hold nonce, cipher text and tag. */
    private static final int SHORTEST_LEGACY = 80;

    private static final byte LEGACY_START = '{';
    private static final Logger LOG = LoggerFactory.getLogger(InboundQueue.class);

    private final StateGuard guard;
    private final Operations operations;
    private final ReadingServices reading;
    private final Live<NodeDirectory> nodes;
    private final InitialSync sync;
    private final Bus bus;
    private final Recogniser recogniser;
    private final Blocks blocks;
    private final PacketWriter writer;
    private final Derivations derivations;
    private final BlockingQueue<Task> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean parkedDue = new AtomicBoolean();
    /** Called when a node begins to report, and for each block. Set when the server is assembled. */
    public @Nullable InitialSyncGate initialSyncGate;

    /** Called before packets of days on which a service was missing are read. Set when the server is assembled. */
    public Runnable expectDays = () -> {};

    private final AtomicBoolean unmatchedDue = new AtomicBoolean();
    /** Whether a service was added or has returned. */
    private final AtomicBoolean returned = new AtomicBoolean();

    private final CountDownLatch stop = new CountDownLatch(1);
    private final Faults faults = new Faults("a look at what arrives", LOG::error);
    private final Thread thread = new Thread(this::run, "partyline-intake");

    /** A task that is repeated if it fails because of the disk. */
    @FunctionalInterface
    public interface Task {
        void run() throws StoreException;
    }

    public InboundQueue(
            StateGuard guard,
            Inbound inbound,
            Bus bus,
            Recogniser recogniser,
            Blocks blocks,
            PacketWriter writer,
            Derivations derivations) {
        this.guard = guard;
        this.operations = inbound.operations();
        this.reading = inbound.reading();
        this.nodes = inbound.nodes();
        this.sync = inbound.sync();
        this.bus = bus;
        this.writer = writer;
        this.derivations = derivations;
        this.recogniser = recogniser;
        this.blocks = blocks;
    }

    private InitialSyncGate gate() {
        return Objects.requireNonNull(initialSyncGate, "set when the server is put together");
    }

    public void start() {
        thread.start();
    }

    public void stop() {
        stop.countDown();
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether its thread handles payloads. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    /** Returns the number of waiting payloads and tasks. */
    public int size() {
        return queue.size();
    }

    /** Appends a task to those that wait; blocks while there are too many. */
    public void submit(Task task) {
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
                if (returned.compareAndSet(true, false)) {
                    persist(this::goOn);
                }
                if (parkedDue.compareAndSet(true, false)) {
                    persist(this::openParked);
                }
                if (unmatchedDue.compareAndSet(true, false)) {
                    persist(this::openUnmatched);
                }
                if (next != null) {
                    persist(next);
                }
                persist(this::upkeep);
                gate().look();
            } catch (InterruptedException e) {
                if (!isStopped()) {
                    LOG.debug("interrupted: {}", Faults.reason(e));
                }
            } catch (RuntimeException | Error e) {
                // Without this thread, no payload would be handled any more.
                faults.met(e);
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
                    LOG.error("incoming packets wait until the store works: {}", e.getMessage());
                    told = true;
                }
            } catch (RuntimeException e) {
                LOG.error("a payload could not be handled: {}", Faults.reason(e));
                return;
            } catch (Error e) {
                // Too little memory, or a bundle that was replaced in between: the next attempt may succeed.
                LOG.error("a payload is tried again: {}", Faults.reason(e));
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
    public boolean isWanted(byte[] raw, int offset, int length) {
        byte first = raw[offset];
        return first == Packets.VERSION && Packets.BUCKETS.contains(length)
                || first == LEGACY_START && length >= SHORTEST_LEGACY;
    }

    @Override
    public void payload(
            String node, Network network, byte[] payload, TxId transaction, Optional<BlockRef> block, Instant arrived) {
        candidate(Candidate.of(network, payload, transaction, block, arrived, node));
    }

    /** Adds a payload that may be ours. Blocks while there are too many. */
    public void candidate(Candidate candidate) {
        submit(() -> handle(candidate));
    }

    private void handle(Candidate candidate) throws StoreException {
        guard.lock();
        try {
            if (guard.isLoaded() && reading.isPossible()) {
                try {
                    recogniser.handle(candidate);
                } catch (AbsentException e) {
                    LOG.debug("a packet waits: {}", e.reason());
                    sync.draining.set(true);
                    writer.collect(candidate);
                }
            } else if (!guard.isNew()) {
                // As long as it cannot be read, it is collected as if the store were locked.
                sync.draining.compareAndSet(false, guard.isLoaded());
                writer.collect(candidate);
            }
        } finally {
            guard.unlock();
        }
    }

    /** Handles packets that can be tried now, and writes those that have waited long enough. */
    private void upkeep() throws StoreException {
        guard.lock();
        try {
            if (guard.isLoaded() && reading.isPossible()) {
                recogniser.handleWaiting();
            }
            writer.flushIfDue();
        } finally {
            guard.unlock();
        }
    }

    /** Called when keys were derived: their packets can be tried. Never blocks. */
    public void wake() {
        boolean woken = queue.offer(() -> {});
        LOG.trace("packets can be tried again: the thread was woken: {}", woken);
    }

    private void flush() throws StoreException {
        guard.lock();
        try {
            writer.flush();
        } finally {
            guard.unlock();
        }
    }

    /** Writes pending data before the store is locked or the server stops. Hold the state lock. */
    public void settleWrites() {
        try {
            writer.flush();
        } catch (StoreException e) {
            LOG.warn("packets of unknown senders could not be stored yet: {}", e.getMessage());
        }
    }

    @Override
    public void rewind(Network network) {
        CountDownLatch done = new CountDownLatch(1);
        submit(() -> {
            blocks.rereading().rewind(network);
            done.countDown();
        });
        try {
            while (!isStopped() && !done.await(1, TimeUnit.SECONDS)) {
                LOG.trace("earlier node events are handled first");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Checks soon whether blocks are to be read again. Never blocks. */
    public void reread() {
        boolean taken = queue.offer(this::lookBack);
        LOG.trace("blocks to be read again are looked up: {}", taken);
    }

    @Override
    public void joined(Network network) throws StoreException {
        blocks.rereading().joined(network);
        reread();
    }

    /** Called when a channel was left: whoever joins it again needs packets that were read for it. */
    void left(Network network) {
        try {
            blocks.position().unread(network);
        } catch (StoreException e) {
            LOG.warn("blocks of the last day may not be read again for a channel: {}", e.getMessage());
        }
    }

    @Override
    public Channels.Look lookingBack(Network network) throws StoreException {
        return blocks.rereading().lookingBack(network);
    }

    private void lookBack() throws StoreException {
        // The operation uses the same nodes from beginning to end.
        operations.enter();
        try {
            if (guard.isOpen() && !isDraining() && nodes.isHere()) {
                blocks.rereading().look();
            }
        } finally {
            operations.leave();
        }
    }

    @Override
    public void blockConnected(String node, Network network, BlockRef block) {
        gate().begins(node, network);
        submit(() -> {
            // The position must not be past a packet that would be lost in a crash.
            flush();
            blocks.position().advance(node, network, block);
            blocks.reorganisation().connected(network, block);
            lookBack();
            bus.publish(new Bus.Retry());
        });
    }

    @Override
    public void blockDisconnected(String node, Network network, BlockRef block) {
        submit(() -> withNodes(() -> {
            blocks.position().retreat(node, network, block);
            blocks.reorganisation().disconnected(node, network, block, isDraining());
            bus.publish(new Bus.Retry());
        }));
    }

    /**
     * Runs a task that asks nodes. It is skipped while they are unavailable: they will begin at the cursor again, which
     * has not moved, and repeat the event.
     */
    private void withNodes(Task task) throws StoreException {
        operations.enter();
        try {
            if (nodes.isHere()) {
                task.run();
            } else {
                LOG.debug("a node's block event is repeated when the nodes are back");
            }
        } finally {
            operations.leave();
        }
    }

    /**
     * Called when nodes were found to be on another chain, which is examined after their earlier reports. Blocks while
     * there are too many tasks.
     */
    void distrusted() {
        submit(() -> {
            for (Network network : sync.distrusted()) {
                withNodes(() -> blocks.reorganisation().distrust(network));
                sync.distrusted().remove(network);
            }
        });
    }

    /** Called when the nodes are back and have lost the request to start over: pending rereading begins again soon. */
    public void nodesReturned() {
        boolean taken = queue.offer(blocks.rereading()::nodesReturned);
        LOG.trace("reading blocks again starts over, {}", taken);
        reread();
    }

    @Override
    public Optional<BlockRef> cursor(String node, Network network) {
        gate().begins(node, network);
        try {
            return blocks.position().of(node, network);
        } catch (StoreException e) {
            LOG.warn("reading begins at the chain's tip: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Handles the packets that were collected while the store was locked, after {@link #expectCollected}. */
    public void drainCollected() {
        blocks.rereading().unlocked();
        submit(this::drain);
    }

    /** Called when the store is about to be opened: see {@link #isDraining}. */
    public void expectCollected() {
        sync.draining.set(true);
    }

    @Override
    public boolean isDraining() {
        return sync.draining.get();
    }

    private void drain() throws StoreException {
        while (!isStopped()) {
            guard.lock();
            List<StoredRecord> batch;
            try {
                if (!guard.isLoaded() || !reading.isPossible()) {
                    return;
                }
                // They include the last ones, which still wait to be written.
                writer.flush();
                batch = guard.transact(tx -> tx.collected(BATCH));
            } finally {
                guard.unlock();
            }
            if (batch.isEmpty()) {
                takeUpReorganisations();
                sync.draining.set(false);
                lookBack();
                bus.publish(new Bus.Retry());
                return;
            }
            for (StoredRecord collected : batch) {
                if (!drain(collected)) {
                    return;
                }
            }
            if (!discard(batch)) {
                return;
            }
        }
    }

    /** Stores their outcome first. Returns false if the store was locked in between. */
    private boolean discard(List<StoredRecord> batch) throws StoreException {
        guard.lock();
        try {
            if (!guard.isLoaded()) {
                return false;
            }
            writer.flush();
            guard.update(tx -> {
                for (StoredRecord collected : batch) {
                    tx.discardCollected(collected);
                }
            });
            return true;
        } finally {
            guard.unlock();
        }
    }

    /** After the collected packets: a reorganisation may concern blocks that are gone and those that replaced them. */
    private void takeUpReorganisations() throws StoreException {
        guard.lock();
        try {
            if (guard.isLoaded() && reading.isPossible()) {
                blocks.reorganisation().takeUp();
            }
        } finally {
            guard.unlock();
        }
    }

    /** Handles one packet. Returns false if the store was locked in between, or nothing can be read any more. */
    private boolean drain(StoredRecord collected) throws StoreException {
        guard.lock();
        try {
            if (!guard.isLoaded() || !reading.isPossible()) {
                return false;
            }
            try {
                recogniser.handle(Cbor.read(collected.value(), Candidate.class));
            } catch (AbsentException e) {
                LOG.debug("a collected packet waits: {}", e.reason());
                return false;
            } catch (Cbor.UnreadableRecordException | RuntimeException | StackOverflowError e) {
                // It would block all that come after it.
                LOG.error("a collected packet could not be handled and is dropped: {}", Faults.reason(e));
            }
            return true;
        } finally {
            guard.unlock();
        }
    }

    /** Called when a service was added or has returned: work that waited for it continues soon. Never blocks. */
    public void partsReturned() {
        returned.set(true);
        boolean woken = queue.offer(() -> {});
        LOG.trace("services are back: the thread was woken: {}", woken);
    }

    private void goOn() throws StoreException {
        guard.lock();
        try {
            if (!guard.isOpen() || !reading.needs().areHere()) {
                return;
            }
            if (guard.isLoaded()) {
                // For keys that were requested of a previous instance.
                derivations.begin();
            }
            if (!guard.isLoaded() || reading.isMadeByOthers()) {
                sync.draining.set(true);
                try {
                    bus.publishWithin(new Bus.Outdated(), "vault");
                } catch (AbsentException e) {
                    // The missing bundle loads the store when it starts, and reports that; no key is erased until then.
                    LOG.debug("packets wait until the store is loaded: {}", e.reason());
                    return;
                }
            } else {
                // The provider of suite names may be new: before anything is read, it must know the suites that were
                // available before.
                exchangeSuites();
            }
            expectDays.run();
        } finally {
            guard.unlock();
        }
        unmatchedDue.set(true);
        if (isDraining()) {
            drain();
        } else {
            takeUpReorganisations();
        }
        bus.publish(new Bus.Retry());
    }

    /** Runs a task after the payloads that wait now. Never blocks; returns false if there are too many. */
    public boolean soon(Runnable task) {
        return queue.offer(task::run);
    }

    /** Retries soon the packets that waited for a suite. Never blocks. */
    public void retryParked() {
        parkedDue.set(true);
        // Wakes the thread; if the queue is full, it is awake.
        boolean woken = queue.offer(() -> {});
        LOG.trace("parked packets are due: the thread was woken: {}", woken);
    }

    private void exchangeSuites() throws StoreException {
        guard.update(tx -> exchange(tx));
    }

    private void openParked() throws StoreException {
        guard.lock();
        try {
            if (guard.isLoaded() && reading.isPossible()) {
                derivations.retryFailed();
                recogniser.retryParked();
            }
        } finally {
            guard.unlock();
        }
    }

    public void retryUnmatched() {
        unmatchedDue.set(true);
        boolean woken = queue.offer(() -> {});
        LOG.trace("unmatched packets are due: the thread was woken: {}", woken);
    }

    private void openUnmatched() throws StoreException {
        guard.lock();
        try {
            if (guard.isLoaded() && reading.isPossible()) {
                recogniser.retryUnmatched();
            }
        } finally {
            guard.unlock();
        }
    }

    /**
     * Reads which third-party suites were available before, and stores which are available now. Part of the caller's
     * transaction.
     */
    public void exchange(StoreTransaction tx) throws StoreException {
        recogniser.known().exchange(tx);
    }

    /** Retries keys whose derivation failed. Hold the state lock. */
    void retryFailed() {
        derivations.retryFailed();
    }

    @Override
    public boolean isCaughtUp(Network network) {
        return blocks.position().isCaughtUp(network);
    }

    @Override
    public Instant horizon(Network network, Instant now) throws StoreException {
        return blocks.position().horizon(network, now);
    }
}
