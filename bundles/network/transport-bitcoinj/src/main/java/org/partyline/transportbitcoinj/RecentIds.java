package org.partyline.transportbitcoinj;

import org.partyline.api.TxId;

/**
 * Remembers the latest ids in at most 16 bytes each: between one and two times {@code limit} of them. Keyed, so that
 * nobody can construct colliding ids. Not thread-safe.
 */
final class RecentIds {
    private final int limit;
    private final long first;
    private final long second;
    private long[] young;
    private long[] old;
    private int size;

    /**
     * @param limit the number that is always remembered, at least 1
     * @param first a random number
     * @param second another one
     */
    RecentIds(int limit, long first, long second) {
        this.limit = limit;
        this.first = first;
        this.second = second | 1;
        this.young = new long[16];
        this.old = new long[1];
    }

    /** The memory in use in bytes. */
    long bytes() {
        return (long) Long.BYTES * (young.length + old.length);
    }

    /** Whether an id is remembered. */
    boolean contains(TxId id) {
        long key = key(id);
        return young[find(young, key)] != 0 || old[find(old, key)] != 0;
    }

    /** @return whether it was not remembered before */
    boolean add(TxId id) {
        long key = key(id);
        if (young[find(young, key)] != 0) {
            return false;
        }
        boolean known = old[find(old, key)] != 0;
        if (size >= limit) {
            old = young;
            young = new long[16];
            size = 0;
        }
        if ((size + 1) * 2 > young.length) {
            long[] larger = new long[young.length * 2];
            for (long each : young) {
                if (each != 0) {
                    larger[find(larger, each)] = each;
                }
            }
            young = larger;
        }
        young[find(young, key)] = key;
        size++;
        return !known;
    }

    private static int find(long[] table, long key) {
        int slot = (int) (key >>> 32) & table.length - 1;
        for (int probes = 0; table[slot] != 0 && table[slot] != key && probes < table.length; probes++) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    /** A keyed 64-bit hash of the id; never 0. */
    private long key(TxId id) {
        byte[] bytes = id.bytes();
        long sum = first;
        for (int i = 0; i < TxId.LENGTH; i += 8) {
            long part = 0;
            for (int k = 0; k < 8; k++) {
                part = part << 8 | bytes[i + k] & 0xff;
            }
            sum = Long.rotateLeft((sum ^ part) * second, 29) + first;
        }
        sum ^= sum >>> 32;
        sum *= second;
        sum ^= sum >>> 29;
        return sum == 0 ? 1 : sum;
    }
}
