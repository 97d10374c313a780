package org.partyline.transportrpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.TxView;

/**
 * Mirrors the node's mempool from listings and, between them, ZMQ notifications.
 *
 * <p>{@code rawtx} is sent for the mempool and again for a block, without saying which; {@code sequence} says it, and
 * follows. So a raw transaction waits here for its {@code A}. Not thread-safe.
 */
final class MempoolMirror {
    /** Receives the changes that notifications imply. */
    interface Sink {
        /** An unknown transaction entered the mempool. */
        void seen(byte[] raw);

        /** A transaction left the mempool without being mined. */
        void removed(TxId id);
    }

    private static final int MAX_KNOWN = 1_000_000;
    private static final int MAX_WAITING = 20_000;
    private static final long MAX_WAITING_BYTES = 32L << 20;
    private static final int MAX_WANTED = 100_000;
    private static final long COUNTER_MASK = 0xffffffffL;

    private final TxidSet known;
    private final Map<TxId, byte[]> waiting = new LinkedHashMap<>();
    private final Set<TxId> wanted = new LinkedHashSet<>();
    private final Map<String, Long> counters = new HashMap<>();
    private long waitingBytes;
    private long listedUpTo;
    private boolean gap;
    private boolean blocks;
    private boolean poked;

    /** @param seed see {@link TxidSet} */
    MempoolMirror(long seed) {
        this.known = new TxidSet(MAX_KNOWN, seed);
    }

    int size() {
        return known.size();
    }

    boolean contains(TxId id) {
        return known.contains(id);
    }

    /** Processes one notification. */
    void apply(Notification notification, boolean sequenceComes, Sink sink) {
        count(notification);
        if (notification.topic().equals(Notification.RAWTX)) {
            rawTransaction(notification.body(), sequenceComes);
        } else {
            sequence(notification.body(), sink);
        }
    }

    private void count(Notification notification) {
        Long last = counters.put(notification.topic(), notification.counter());
        if (last == null || (last + 1 & COUNTER_MASK) != notification.counter()) {
            gap = true;
        }
    }

    private void rawTransaction(byte[] raw, boolean sequenceComes) {
        try {
            TxView transaction = TxView.of(raw);
            if (transaction.coinbase()) {
                poked |= !sequenceComes;
                return;
            }
            TxId id = transaction.id();
            if (!known.contains(id)) {
                hold(id, raw);
                poked |= !sequenceComes;
            }
        } catch (MalformedException e) {
            // Not a transaction: the next listing contains what it stood for.
            gap = true;
        }
    }

    private void hold(TxId id, byte[] raw) {
        byte[] before = waiting.put(id, raw);
        waitingBytes += raw.length - (before == null ? 0 : before.length);
        Iterator<byte[]> eldest = waiting.values().iterator();
        while (waiting.size() > MAX_WAITING || waitingBytes > MAX_WAITING_BYTES) {
            waitingBytes -= eldest.next().length;
            eldest.remove();
        }
    }

    private void sequence(byte[] body, Sink sink) {
        if (body.length < TxId.LENGTH + 1) {
            gap = true;
            return;
        }
        byte letter = body[TxId.LENGTH];
        if (letter == 'C' || letter == 'D') {
            blocks = true;
            dropWaiting();
            return;
        }
        if (body.length != TxId.LENGTH + 9 || letter != 'A' && letter != 'R') {
            gap = true;
            return;
        }
        TxId id = TxId.ofBytes(java.util.Arrays.copyOf(body, TxId.LENGTH));
        long number = ByteBuffer.wrap(body, TxId.LENGTH + 1, 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        boolean listed = Long.compareUnsigned(number, listedUpTo) < 0;
        if (letter == 'A') {
            added(id, listed, sink);
        } else if (!listed) {
            wanted.remove(id);
            takeWaiting(id);
            if (known.remove(id)) {
                sink.removed(id);
            }
        }
    }

    private void added(TxId id, boolean listed, Sink sink) {
        byte[] raw = takeWaiting(id);
        if (known.contains(id)) {
            return;
        }
        if (raw != null) {
            // The listing no longer contained it, because it was replaced meanwhile: it is still worth reporting, once.
            if (!listed) {
                known.add(id);
            }
            sink.seen(raw);
        } else if (!listed) {
            if (wanted.size() < MAX_WANTED) {
                wanted.add(id);
            } else {
                gap = true;
            }
        }
    }

    private byte @Nullable [] takeWaiting(TxId id) {
        byte[] raw = waiting.remove(id);
        if (raw != null) {
            waitingBytes -= raw.length;
        }
        return raw;
    }

    private void dropWaiting() {
        waiting.clear();
        waitingBytes = 0;
    }

    /** Ids that arrived without their transactions, which are now requested from the node. */
    List<TxId> takeWanted() {
        List<TxId> ids = new ArrayList<>(wanted);
        wanted.clear();
        return ids;
    }

    /** Records that a transaction was fetched and reported. */
    void learnt(TxId id) {
        known.add(id);
        takeWaiting(id);
    }

    /** Records that a transaction is in a block. */
    void confirmed(TxId id) {
        known.remove(id);
        wanted.remove(id);
        takeWaiting(id);
    }

    /** The bytes of a transaction from ZMQ that was not delivered yet; null if none. */
    byte @Nullable [] held(TxId id) {
        return waiting.get(id);
    }

    /**
     * Begins to process a listing: {@link #touch} and {@link #learnt} report its transactions, and {@link #endListing}
     * finds the missing ones.
     *
     * @param sequence the mempool sequence number that follows it; 0 if the node does not report it
     */
    void beginListing(long sequence) {
        listedUpTo = sequence;
        gap = false;
        poked = false;
        known.beginSweep();
    }

    /** Whether a listed transaction was known. */
    boolean touch(TxId id) {
        return known.touch(id);
    }

    /** Ends a listing, and reports the transactions that were removed. */
    void endListing(Consumer<TxId> gone) {
        known.sweep(gone);
    }

    /** Whether messages were lost since the last listing. */
    boolean gap() {
        return gap;
    }

    /** Requests a new listing. */
    void mistrust() {
        gap = true;
    }

    /** Whether something arrived that only a listing can explain. */
    boolean poked() {
        return poked;
    }

    /** Whether the chain changed since the last call. */
    boolean takeBlocks() {
        boolean changed = blocks;
        blocks = false;
        return changed;
    }

    /** Forgets everything. */
    void clear() {
        known.clear();
        dropWaiting();
        wanted.clear();
        counters.clear();
        listedUpTo = 0;
        gap = false;
        poked = false;
        blocks = false;
    }
}
