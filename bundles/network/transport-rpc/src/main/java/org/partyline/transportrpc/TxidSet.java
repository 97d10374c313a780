package org.partyline.transportrpc;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.Consumer;
import org.partyline.api.TxId;

/**
 * A set of transaction ids in primitive arrays: 32 bytes per id and at most 11 for its slot in a table, so half a
 * million ids need less than 20 MiB. Not thread-safe.
 *
 * <p>{@link #beginSweep}, {@link #touch} and {@link #sweep} find ids that a listing no longer contains.
 */
final class TxidSet {
    private static final int FIRST = 1 << 10;

    private final int limit;
    private final long seed;
    private final TxidList ids = new TxidList();
    /** The numbers of ids that were added or touched since the sweep began. */
    private final BitSet marked = new BitSet();
    /** An id's number plus one, in the slot of the id's hash or after it; 0: a free slot. */
    private int[] table = new int[FIRST];

    /**
     * @param limit the maximum number of ids
     * @param seed for hashing the ids; unpredictable, so that nobody can construct colliding ids
     */
    TxidSet(int limit, long seed) {
        this.limit = limit;
        this.seed = seed;
    }

    int size() {
        return ids.size();
    }

    boolean contains(TxId id) {
        return table[find(id)] != 0;
    }

    /** @return whether it was new and there was room for it */
    boolean add(TxId id) {
        if (ids.size() >= limit) {
            return false;
        }
        if ((ids.size() + 1) * 4L > table.length * 3L) {
            grow();
        }
        int slot = find(id);
        boolean known = table[slot] != 0;
        if (!known) {
            ids.add(id);
            table[slot] = ids.size();
        }
        marked.set(table[slot] - 1);
        return !known;
    }

    boolean remove(TxId id) {
        int slot = find(id);
        if (table[slot] == 0) {
            return false;
        }
        removeSlot(slot);
        return true;
    }

    void clear() {
        ids.clear();
        marked.clear();
        table = new int[FIRST];
    }

    /** From here on, {@link #touch} and {@link #add} mark existing ids. */
    void beginSweep() {
        marked.clear();
    }

    /** @return whether it is in the set; marks it */
    boolean touch(TxId id) {
        int slot = find(id);
        if (table[slot] == 0) {
            return false;
        }
        marked.set(table[slot] - 1);
        return true;
    }

    /** Removes and reports all ids that were not marked since {@link #beginSweep}. */
    void sweep(Consumer<TxId> gone) {
        // Backwards: the last id, which gets the number of a removed one, was examined before.
        for (int number = marked.previousClearBit(ids.size() - 1);
                number >= 0;
                number = marked.previousClearBit(number - 1)) {
            TxId id = ids.get(number);
            removeSlot(find(id));
            gone.accept(id);
        }
    }

    private int home(long first, long second) {
        long mixed = (first ^ seed) * 0x9e3779b97f4a7c15L + second;
        mixed ^= mixed >>> 32;
        mixed *= 0xd6e8feb86659fd93L;
        return (int) (mixed >>> 32) & table.length - 1;
    }

    private int home(int number) {
        return home(ids.first(number), ids.second(number));
    }

    /** The slot of an id, or the free slot for it. */
    private int find(TxId id) {
        byte[] bytes = id.bytes();
        ByteBuffer longs = ByteBuffer.wrap(bytes);
        int slot = home(longs.getLong(), longs.getLong());
        while (table[slot] != 0 && !ids.is(table[slot] - 1, bytes)) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    /** Removes the id in a slot; the last one gets its number. */
    private void removeSlot(int slot) {
        int number = table[slot] - 1;
        int last = ids.size() - 1;
        if (number != last) {
            TxId moved = ids.get(last);
            table[find(moved)] = number + 1;
            ids.set(number, moved);
            marked.set(number, marked.get(last));
        }
        closeHole(slot);
        ids.remove(last);
        marked.clear(last);
    }

    /** Knuth's algorithm R, so that no probe ends too early. */
    private void closeHole(int hole) {
        int free = hole;
        int mask = table.length - 1;
        for (int next = free + 1 & mask; table[next] != 0; next = next + 1 & mask) {
            int home = home(table[next] - 1);
            if ((next - home & mask) >= (next - free & mask)) {
                table[free] = table[next];
                free = next;
            }
        }
        table[free] = 0;
    }

    private void grow() {
        table = new int[table.length * 2];
        for (int number = 0; number < ids.size(); number++) {
            int slot = home(number);
            while (table[slot] != 0) {
                slot = slot + 1 & table.length - 1;
            }
            table[slot] = number + 1;
        }
    }
}
