package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.partyline.api.Faults;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Transport;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events to one listener from a queue, on a separate thread, so that a slow listener delays only itself. An
 * event on which it fails is delivered again later.
 */
final class PeerFollower implements Transport.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(PeerFollower.class);
    private static final int REMEMBERED_BLOCKS = 300;
    private static final int CLOSE_SECONDS = 5;
    private static final Duration REST = Duration.ofSeconds(5);
    private static final long MOST_BYTES = 16_000_000;
    private static final int MOST_EVENTS = 20_000;
    private static final int OVERHEAD = 100;

    /** An event to deliver. */
    private record Event(int bytes, Consumer<TransactionListener> what) {}

    private final String node;
    private final Faults faults;
    private final TransactionListener listener;
    private final ScheduledExecutorService teller;
    private final Consumer<PeerFollower> onClose;
    private final Runnable onRoom;
    private final ReentrantLock calling = new ReentrantLock();
    private final Deque<Event> queue = new ArrayDeque<>();
    private final Deque<BlockRef> blocks = new ArrayDeque<>();
    private OptionalInt resumeAt = OptionalInt.empty();
    private boolean hasMempool;
    private long queued;
    private boolean telling;
    private volatile boolean closed;
    private volatile String fault = "";

    /**
     * @param teller this follower's own thread
     * @param onRoom called when the queue has room again
     */
    PeerFollower(
            String node,
            TransactionListener listener,
            Optional<BlockRef> since,
            ScheduledExecutorService teller,
            Consumer<PeerFollower> onClose,
            Runnable onRoom) {
        this.node = node;
        this.faults =
                new Faults("node " + node + ": a listener is notified again in " + REST.toSeconds() + " s", LOG::error);
        this.listener = listener;
        this.teller = teller;
        this.onClose = onClose;
        this.onRoom = onRoom;
        since.ifPresent(blocks::addLast);
    }

    // ---- on the node's thread

    /** The last block that it was, or is about to be, notified of. */
    Optional<BlockRef> position() {
        return Optional.ofNullable(blocks.peekLast());
    }

    OptionalInt resumeAt() {
        return resumeAt;
    }

    /** Continues after a height, once its block is known. */
    void resumeAt(OptionalInt height) {
        resumeAt = height;
    }

    /** Continues after a block, without an event. */
    void moveTo(BlockRef block) {
        blocks.clear();
        blocks.addLast(block);
        resumeAt = OptionalInt.empty();
    }

    boolean hasMempool() {
        return hasMempool;
    }

    void hasMempool(boolean has) {
        hasMempool = has;
    }

    void transaction(byte[] raw) {
        notify(raw.length, told -> told.transaction(raw, Optional.empty()));
    }

    void connected(BlockRef ref, RawBlock block) {
        Optional<BlockRef> in = Optional.of(ref);
        notify(block.size(), told -> {
            for (TxView transaction : block.transactions()) {
                told.transaction(transaction.bytes(), in);
            }
            told.blockConnected(ref);
        });
        blocks.addLast(ref);
        if (blocks.size() > REMEMBERED_BLOCKS) {
            blocks.removeFirst();
        }
    }

    /** Reports that the last block was disconnected. */
    void disconnected() {
        BlockRef gone = blocks.removeLast();
        notify(0, told -> told.blockDisconnected(gone));
    }

    /** The last failure of the listener; empty if there was none. */
    String fault() {
        return fault;
    }

    boolean full() {
        synchronized (queue) {
            return queued > MOST_BYTES || queue.size() > MOST_EVENTS;
        }
    }

    private void notify(int bytes, Consumer<TransactionListener> what) {
        synchronized (queue) {
            queue.addLast(new Event(bytes + OVERHEAD, what));
            queued += bytes + OVERHEAD;
            if (!telling && !closed) {
                telling = true;
                teller.execute(this::tellAll);
            }
        }
    }

    // ---- on the follower's thread

    private void tellAll() {
        while (!closed) {
            Event next;
            synchronized (queue) {
                next = queue.peekFirst();
                if (next == null) {
                    telling = false;
                    return;
                }
            }
            if (!told(next)) {
                return;
            }
            boolean wasFull = full();
            synchronized (queue) {
                queue.removeFirst();
                queued -= next.bytes();
            }
            if (wasFull && !full()) {
                faults.survive(onRoom);
            }
        }
    }

    private boolean told(Event event) {
        calling.lock();
        try {
            if (!closed) {
                event.what().accept(listener);
                fault = "";
            }
            return true;
        } catch (RuntimeException | Error e) {
            // Errors too: otherwise it would never be notified again.
            faults.met(e);
            fault = Faults.kind(e);
            try {
                teller.schedule(this::tellAll, REST.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException ended) {
                LOG.debug("node {} is closed: no more events", node);
            }
            return false;
        } finally {
            calling.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        onClose.accept(this);
        teller.shutdown();
        try {
            // Waits for a call in progress, but not forever, since the listener may be waiting for the caller.
            if (calling.tryLock(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                calling.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
