package org.partyline.kdfargon2id;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.Block;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;

/**
 * Keeps the memory of finished derivations for later ones: allocating 64 MiB each time would drive the heap to its
 * limit. The garbage collector may reclaim it at any time.
 */
final class BlockPools {
    /** About as many as there are concurrent derivations. */
    private static final int MOST = 4;

    /** The blocks of one derivation at a time, zeroed when they are returned. Not thread-safe. */
    static final class Pool implements BlockPool {
        private final Deque<Block> free = new ArrayDeque<>();

        @Override
        public Block allocate() {
            Block block = free.poll();
            return block == null ? new Block() : block;
        }

        @Override
        public void deallocate(Block block) {
            free.push(block.clear());
        }

        /** Returns the number of pools it keeps. */
        int size() {
            return free.size();
        }
    }

    private final Deque<WeakReference<Pool>> idle = new ArrayDeque<>();

    synchronized Pool take() {
        WeakReference<Pool> next;
        while ((next = idle.poll()) != null) {
            Pool pool = next.get();
            if (pool != null) {
                return pool;
            }
        }
        return new Pool();
    }

    synchronized void giveBack(Pool pool) {
        if (idle.size() < MOST) {
            idle.push(new WeakReference<>(pool));
        }
    }
}
