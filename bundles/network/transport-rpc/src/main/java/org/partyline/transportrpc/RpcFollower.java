package org.partyline.transportrpc;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.partyline.api.Faults;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionListener;
import org.partyline.api.transport.Transport;

/** A listener, and how far it was notified. */
final class RpcFollower implements Transport.Subscription {
    private static final int REMEMBERED_BLOCKS = 300;
    private static final int CLOSE_SECONDS = 5;

    private final TransactionListener listener;
    private final Consumer<RpcFollower> onClose;
    private final ReentrantLock calling = new ReentrantLock();
    private final Deque<BlockRef> blocks = new ArrayDeque<>();
    private volatile boolean closed;
    private volatile String fault = "";
    private boolean hasMempool;
    private Instant notBefore = Instant.MIN;

    RpcFollower(TransactionListener listener, Optional<BlockRef> since, Consumer<RpcFollower> onClose) {
        this.listener = listener;
        this.onClose = onClose;
        since.ifPresent(blocks::addLast);
    }

    /**
     * Calls the listener, unless this is closed.
     *
     * @throws ListenerFailedException if it throws anything
     */
    void notify(Consumer<TransactionListener> what) {
        calling.lock();
        try {
            if (!closed) {
                what.accept(listener);
                fault = "";
            }
        } catch (Throwable e) {
            // Errors too: one listener must not end the watching for all.
            fault = Faults.kind(e);
            throw new ListenerFailedException(e);
        } finally {
            calling.unlock();
        }
    }

    /** The listener's last failure; empty if the last call succeeded. */
    String fault() {
        return fault;
    }

    boolean closed() {
        return closed;
    }

    /** The last block that it received. */
    Optional<BlockRef> position() {
        return Optional.ofNullable(blocks.peekLast());
    }

    void connected(BlockRef block) {
        blocks.addLast(block);
        if (blocks.size() > REMEMBERED_BLOCKS) {
            blocks.removeFirst();
        }
    }

    /** Reports that the last block was disconnected; the one before it is the position again, if it is remembered. */
    void disconnected() {
        blocks.removeLast();
    }

    /** Starts again after a block. */
    void moveTo(BlockRef block) {
        blocks.clear();
        blocks.addLast(block);
    }

    boolean hasMempool() {
        return hasMempool;
    }

    void hasMempool(boolean has) {
        hasMempool = has;
    }

    /** Whether it may receive events now: a listener that failed is paused. */
    boolean rested(Instant now) {
        return !now.isBefore(notBefore);
    }

    void rest(Instant until) {
        notBefore = until;
    }

    @Override
    public void close() {
        closed = true;
        onClose.accept(this);
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
