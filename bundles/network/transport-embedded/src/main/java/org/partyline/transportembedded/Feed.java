package org.partyline.transportembedded;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.partyline.api.Faults;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription: a queue of events and the thread that delivers them to the listener. An event contains no bytes,
 * only their position, so that a slow listener costs some tens of bytes for each waiting event.
 */
final class Feed implements Transport.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    /**
     * How long {@link #close} waits for a call in progress: a listener that never returns must not keep a server from
     * stopping.
     */
    private static final long CLOSE_SECONDS = 10;

    /** An event to deliver. */
    sealed interface Event {
        record Seen(LogPosition place) implements Event {}

        record Removed(TxId id) implements Event {}

        record Connected(Block block) implements Event {}

        record Disconnected(BlockRef block) implements Event {}

        record Stop() implements Event {}
    }

    /** Reads bytes back. */
    interface Bytes {
        byte[] read(LogPosition place) throws IOException;
    }

    private final String node;
    private final Faults faults;
    private final TransactionListener listener;
    private final Bytes bytes;
    private final Consumer<Feed> onClose;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final ReentrantLock calling = new ReentrantLock();
    private volatile boolean closed;

    Feed(String node, TransactionListener listener, Bytes bytes, Consumer<Feed> onClose) {
        this.node = node;
        this.faults = new Faults("a listener of node " + node, LOG::error);
        this.listener = listener;
        this.bytes = bytes;
        this.onClose = onClose;
    }

    void start() {
        Thread thread = new Thread(this::run, "embedded-" + node + "-watch");
        thread.setDaemon(true);
        thread.start();
    }

    void add(Event event) {
        events.add(event);
    }

    private void run() {
        try {
            while (!closed) {
                Event next = events.take();
                faults.survive(() -> publish(next));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish(Event event) {
        if (event instanceof Event.Seen seen) {
            transaction(seen.place(), Optional.empty());
        } else if (event instanceof Event.Removed removed) {
            call(() -> listener.removed(removed.id()));
        } else if (event instanceof Event.Disconnected disconnected) {
            call(() -> listener.blockDisconnected(disconnected.block()));
        } else if (event instanceof Event.Connected connected) {
            Block block = connected.block();
            block.transactions().forEach(place -> transaction(place, Optional.of(block.ref())));
            call(() -> listener.blockConnected(block.ref()));
        }
    }

    private void transaction(LogPosition place, Optional<BlockRef> block) {
        byte[] raw;
        try {
            raw = bytes.read(place);
        } catch (IOException e) {
            if (!closed) {
                LOG.error("Node {} cannot read its own chain: {}", node, Faults.reason(e));
            }
            return;
        }
        call(() -> listener.transaction(raw, block));
    }

    private void call(Runnable call) {
        calling.lock();
        try {
            if (!closed) {
                call.run();
            }
        } catch (Throwable e) {
            // Errors too: otherwise it would never be notified again.
            faults.met(e);
        } finally {
            calling.unlock();
        }
    }

    /** Ends the watch; waits for a call in progress, unless this is called from it. */
    @Override
    public void close() {
        closed = true;
        events.clear();
        events.add(new Event.Stop());
        onClose.accept(this);
        try {
            if (calling.tryLock(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                calling.unlock();
            } else {
                LOG.warn("A listener of node {} does not return from a call", node);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
