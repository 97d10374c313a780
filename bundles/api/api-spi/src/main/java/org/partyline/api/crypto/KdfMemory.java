package org.partyline.api.crypto;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Limits the memory that key derivations use in this process to the free heap, less a reserve for everything else: an
 * {@code OutOfMemoryError} would hit whichever thread allocates next, not the derivation that asked for too much.
 *
 * <p>A derivation that does not fit beside the running ones waits for them. One that does not fit alone is refused.
 */
public final class KdfMemory {
    /** A view of the heap. */
    @ConsumerType
    public interface Heap {
        /** The maximum size in bytes. */
        long most();

        /** The bytes in use, including garbage that was not collected yet. */
        long used();

        /** Runs the garbage collector. */
        void collect();
    }

    private static final long MEBIBYTE = 1 << 20;
    private static final KdfMemory OF_THIS_PROCESS = new KdfMemory(new Heap() {
        @Override
        public long most() {
            return Runtime.getRuntime().maxMemory();
        }

        @Override
        public long used() {
            return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        }

        @Override
        public void collect() {
            System.gc();
        }
    });

    private final Heap heap;
    private final Deque<Object> waiting = new ArrayDeque<>();
    private long taken;
    /** Whether derivations have run since the garbage collector last ran for them. */
    private boolean left;
    /**
     * The free heap when no derivation was running: memory that the running ones have not filled yet is not free for
     * the next one.
     */
    private long leftBefore;

    /** @param heap the heap; all derivations of a process share one instance */
    public KdfMemory(Heap heap) {
        this.heap = heap;
    }

    /** The instance that all derivations of this process share. */
    public static KdfMemory ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /**
     * Runs a derivation once there is room for it.
     *
     * @throws KdfMemoryException if it does not fit, or if memory ran out anyway; its memory is free again
     */
    public <T> T run(KdfParameters parameters, Supplier<T> derivation) {
        return run(parameters.id(), parameters.memoryBytes(), derivation);
    }

    /**
     * The same for a derivation outside the protocol's table.
     *
     * @param filled the bytes that it fills, 0 or more
     */
    public <T> T run(KdfId id, long filled, Supplier<T> derivation) {
        Need need = new Need(id, filled);
        long bytes = need.bytes();
        take(need, bytes);
        try {
            return derivation.get();
        } catch (OutOfMemoryError e) {
            // The second line of defence: other threads may have used the free memory meanwhile. Nothing of the
            // derivation is kept.
            throw refusal(need);
        } finally {
            give(bytes);
        }
    }

    /**
     * Checks that a derivation would fit now if it ran alone.
     *
     * @throws KdfMemoryException if it does not
     */
    public void require(KdfParameters parameters) {
        require(parameters.id(), parameters.memoryBytes());
    }

    /**
     * The same for a derivation outside the protocol's table.
     *
     * @param filled the bytes that it fills, 0 or more
     */
    public synchronized void require(KdfId id, long filled) {
        Need need = new Need(id, filled);
        if (taken > 0 ? need.bytes() > leftBefore : !fitsAlone(need.bytes())) {
            throw refusal(need);
        }
    }

    private synchronized void take(Need need, long bytes) {
        if (bytes == 0) {
            return;
        }
        Object ticket = new Object();
        waiting.add(ticket);
        boolean interrupted = false;
        try {
            while (!admit(need, ticket, bytes)) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    // The running derivations end soon.
                    interrupted = true;
                }
            }
        } finally {
            waiting.remove(ticket);
            notifyAll();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** In order of arrival, so that small derivations do not hold up a large one forever. */
    private boolean admit(Need need, Object ticket, long bytes) {
        if (waiting.peek() != ticket) {
            return false;
        }
        if (taken == 0) {
            if (!fitsAlone(bytes)) {
                throw refusal(need);
            }
            leftBefore = left();
        } else if (taken + bytes > leftBefore || bytes > left()) {
            return false;
        }
        taken += bytes;
        return true;
    }

    /** Frees the heap that finished derivations used; call it from time to time. */
    public void settle() {
        synchronized (this) {
            if (!left || taken > 0 || !waiting.isEmpty()) {
                return;
            }
            left = false;
        }
        heap.collect();
    }

    private synchronized void give(long bytes) {
        taken -= bytes;
        left |= bytes > 0;
        notifyAll();
    }

    private boolean fitsAlone(long bytes) {
        if (bytes <= left()) {
            return true;
        }
        if (bytes > heap.most() - reserve()) {
            return false;
        }
        // Much of the memory in use may be garbage, such as the memory of the last derivation.
        heap.collect();
        return bytes <= left();
    }

    private long left() {
        return heap.most() - heap.used() - reserve();
    }

    /** A sixteenth of the heap, 16 MiB to 64 MiB. */
    private long reserve() {
        return Math.min(64 * MEBIBYTE, Math.max(16 * MEBIBYTE, heap.most() / 16));
    }

    private KdfMemoryException refusal(Need need) {
        return new KdfMemoryException("key derivation " + need.id + ": its memory cost is " + (need.filled >> 10)
                + " KiB, but this server can use only " + (Math.max(0, left()) >> 10) + " KiB of its heap of "
                + (heap.most() >> 10)
                + " KiB; choose a lower memory cost, or start the server with a larger PARTYLINE_HEAP");
    }

    /** The memory that a derivation needs. */
    private record Need(KdfId id, long filled) {
        Need {
            if (filled < 0) {
                throw new IllegalArgumentException("key derivation " + id + ": it cannot fill " + filled + " bytes");
            }
        }

        /** A sixteenth more, for the objects that hold it. */
        long bytes() {
            return filled / 16 * 17;
        }
    }
}
