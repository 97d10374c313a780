package org.partyline.transportrpc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.partyline.api.TxId;

/**
 * Stores transaction ids in 32 bytes each, where a list of objects takes 68: a mempool may have half a million. They
 * are in chunks, so that a growing list copies none of them. Not thread-safe.
 */
final class TxidList extends AbstractList<TxId> {
    /** The number of ids in a chunk. */
    static final int CHUNK = 1 << 10;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final List<byte[]> chunks = new ArrayList<>();
    private int size;

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean add(TxId id) {
        if (size == chunks.size() * CHUNK) {
            chunks.add(new byte[CHUNK * TxId.LENGTH]);
        }
        size++;
        put(size - 1, id);
        return true;
    }

    @Override
    public TxId get(int index) {
        byte[] chunk = chunk(index);
        int at = at(index);
        return TxId.ofBytes(Arrays.copyOfRange(chunk, at, at + TxId.LENGTH));
    }

    /** @return the previous id */
    @Override
    public TxId set(int index, TxId id) {
        TxId before = get(index);
        put(index, id);
        return before;
    }

    /** Removes only the last one. */
    @Override
    public TxId remove(int index) {
        if (index != size - 1) {
            throw new IllegalArgumentException("number " + index + " is not the last of " + size);
        }
        TxId last = get(index);
        truncate(index);
        return last;
    }

    /** Removes in place, so that no second list is needed. */
    @Override
    public boolean removeIf(Predicate<? super TxId> filter) {
        int kept = 0;
        int before = size;
        for (int i = 0; i < before; i++) {
            TxId id = get(i);
            if (!filter.test(id)) {
                put(kept++, id);
            }
        }
        truncate(kept);
        return kept < before;
    }

    @Override
    public void clear() {
        truncate(0);
    }

    /** The first eight bytes of an id as a number. */
    long first(int index) {
        return (long) LONGS.get(chunk(index), at(index));
    }

    /** The second eight bytes of an id as a number. */
    long second(int index) {
        return (long) LONGS.get(chunk(index), at(index) + Long.BYTES);
    }

    /** Whether the id at an index has these bytes. */
    boolean is(int index, byte[] id) {
        int at = at(index);
        return Arrays.equals(chunk(index), at, at + TxId.LENGTH, id, 0, TxId.LENGTH);
    }

    private void put(int index, TxId id) {
        System.arraycopy(id.bytes(), 0, chunk(index), at(index), TxId.LENGTH);
    }

    /** One empty chunk is kept: otherwise it would be allocated repeatedly as ids are added and removed. */
    private void truncate(int length) {
        size = length;
        int most = (length + CHUNK - 1) / CHUNK + 1;
        if (chunks.size() > most) {
            chunks.subList(most, chunks.size()).clear();
        }
    }

    private byte[] chunk(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("number " + index + " of " + size);
        }
        return chunks.get(index / CHUNK);
    }

    private static int at(int index) {
        return index % CHUNK * TxId.LENGTH;
    }
}
