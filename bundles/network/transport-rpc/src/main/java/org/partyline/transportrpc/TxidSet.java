package org.partyline.transportrpc;

import java.util.function.Consumer;
import org.partyline.api.TxId;

/**
 * A set of transaction ids in one primitive table: 33 bytes per slot, half a million ids within 35 MiB. Not
 * thread-safe.
 *
 * <p>{@link #beginSweep}, {@link #touch} and {@link #sweep} find what a listing no longer has.
 */
final class TxidSet {
    private static final int LONGS = 4;
    private static final int FIRST = 1 << 10;

    private final int limit;
    private final long seed;
    private long[] slots = new long[FIRST * LONGS];
    private byte[] marks = new byte[FIRST];
    private int size;
    private byte mark = 1;

    /**
     * @param limit most ids it takes
     * @param seed spreads the ids; not guessable, so that nobody makes ids that meet in one slot
     */
    TxidSet(int limit, long seed) {
        this.limit = limit;
        this.seed = seed;
    }

    int size() {
        return size;
    }

    boolean contains(TxId id) {
        long[] key = key(id);
        return used(find(key));
    }

    /** @return whether it was new and there was room for it */
    boolean add(TxId id) {
        if (size >= limit) {
            return false;
        }
        if ((size + 1) * 4L > marks.length * 3L) {
            grow();
        }
        long[] key = key(id);
        int slot = find(key);
        boolean known = used(slot);
        marks[slot] = mark;
        if (!known) {
            System.arraycopy(key, 0, slots, slot * LONGS, LONGS);
            size++;
        }
        return !known;
    }

    boolean remove(TxId id) {
        int slot = find(key(id));
        if (!used(slot)) {
            return false;
        }
        removeSlot(slot);
        return true;
    }

    void clear() {
        slots = new long[FIRST * LONGS];
        marks = new byte[FIRST];
        size = 0;
    }

    /** From here on {@link #touch} and {@link #add} mark what is still there. */
    void beginSweep() {
        mark = (byte) (mark == 1 ? 2 : 1);
    }

    /** @return whether it is in the set; marks it */
    boolean touch(TxId id) {
        int slot = find(key(id));
        if (!used(slot)) {
            return false;
        }
        marks[slot] = mark;
        return true;
    }

    /** Removes, and names, all that were not marked since {@link #beginSweep}. */
    void sweep(Consumer<TxId> gone) {
        int slot = 0;
        while (slot < marks.length) {
            if (used(slot) && marks[slot] != mark) {
                TxId id = id(slot);
                removeSlot(slot);
                gone.accept(id);
                // Another may have moved into this slot: look at it again.
            } else {
                slot++;
            }
        }
        // A removal near the end may move an unmarked id over the edge to the start, behind the walk.
        for (slot = 0; slot < marks.length && used(slot); ) {
            if (marks[slot] != mark) {
                TxId id = id(slot);
                removeSlot(slot);
                gone.accept(id);
            } else {
                slot++;
            }
        }
    }

    private TxId id(int slot) {
        byte[] bytes = new byte[TxId.LENGTH];
        for (int i = 0; i < LONGS; i++) {
            long value = slots[slot * LONGS + i];
            for (int k = 7; k >= 0; k--) {
                bytes[i * 8 + k] = (byte) value;
                value >>>= 8;
            }
        }
        return TxId.ofBytes(bytes);
    }

    private static long[] key(TxId id) {
        byte[] bytes = id.bytes();
        long[] key = new long[LONGS];
        for (int i = 0; i < TxId.LENGTH; i++) {
            key[i / 8] = key[i / 8] << 8 | bytes[i] & 0xff;
        }
        return key;
    }

    private int home(long first, long second) {
        long mixed = (first ^ seed) * 0x9e3779b97f4a7c15L + second;
        mixed ^= mixed >>> 32;
        mixed *= 0xd6e8feb86659fd93L;
        return (int) (mixed >>> 32) & marks.length - 1;
    }

    private boolean used(int slot) {
        int at = slot * LONGS;
        return (slots[at] | slots[at + 1] | slots[at + 2] | slots[at + 3]) != 0;
    }

    private int find(long[] key) {
        int slot = home(key[0], key[1]);
        while (used(slot)) {
            int at = slot * LONGS;
            if (slots[at] == key[0] && slots[at + 1] == key[1] && slots[at + 2] == key[2] && slots[at + 3] == key[3]) {
                return slot;
            }
            slot = slot + 1 & marks.length - 1;
        }
        return slot;
    }

    /** Knuth's algorithm R: closes the hole, so that no probe ends too early. */
    private void removeSlot(int hole) {
        int mask = marks.length - 1;
        int next = hole;
        while (true) {
            next = next + 1 & mask;
            if (!used(next)) {
                break;
            }
            int home = home(slots[next * LONGS], slots[next * LONGS + 1]);
            if ((next - home & mask) >= (next - hole & mask)) {
                System.arraycopy(slots, next * LONGS, slots, hole * LONGS, LONGS);
                marks[hole] = marks[next];
                hole = next;
            }
        }
        for (int i = 0; i < LONGS; i++) {
            slots[hole * LONGS + i] = 0;
        }
        marks[hole] = 0;
        size--;
    }

    private void grow() {
        long[] oldSlots = slots;
        byte[] oldMarks = marks;
        slots = new long[oldSlots.length * 2];
        marks = new byte[oldMarks.length * 2];
        long[] key = new long[LONGS];
        for (int slot = 0; slot < oldMarks.length; slot++) {
            System.arraycopy(oldSlots, slot * LONGS, key, 0, LONGS);
            if ((key[0] | key[1] | key[2] | key[3]) != 0) {
                int free = find(key);
                System.arraycopy(key, 0, slots, free * LONGS, LONGS);
                marks[free] = oldMarks[slot];
            }
        }
    }
}
