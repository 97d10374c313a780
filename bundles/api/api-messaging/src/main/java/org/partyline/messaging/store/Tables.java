package org.partyline.messaging.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/**
 * Reads and writes records in the store's tables, and assigns numbers to them. Each method is part of the caller's
 * transaction.
 */
public final class Tables {
    /** The table of the last assigned numbers. */
    public static final String COUNTERS = "counters";

    /** More events, or messages, than a server stores in the 45 days that it keeps them. */
    private static final long LEAP = 1_000_000;

    private Tables() {}

    /** The next number of a kind, from 1. */
    public static long next(StoreTransaction tx, String kind) throws StoreException {
        long next = last(tx, kind) + 1;
        tx.put(COUNTERS, Keys.of(kind), Keys.ALL, Keys.of(next), null);
        return next;
    }

    /** The last assigned number of a series; 0 before the first. */
    public static long last(StoreTransaction tx, String kind) throws StoreException {
        return tx.get(COUNTERS, Keys.of(kind))
                .map(value -> ByteBuffer.wrap(value).getLong())
                .orElse(0L);
    }

    /** Makes sure that numbers up to this one are not assigned any more. */
    public static void skip(StoreTransaction tx, String kind, long number) throws StoreException {
        if (number > last(tx, kind)) {
            tx.put(COUNTERS, Keys.of(kind), Keys.ALL, Keys.of(number), null);
        }
    }

    /** Skips numbers, because the store may be an old copy and later numbers of a series may have been assigned. */
    public static void leap(StoreTransaction tx, String kind) throws StoreException {
        skip(tx, kind, last(tx, kind) + LEAP);
    }

    /** Stores a record that contains keys, and wipes its encoded bytes. */
    public static void putSecret(StoreTransaction tx, String table, byte[] key, byte[] group, Object value)
            throws StoreException {
        putSecret(tx, table, key, group, value, null);
    }

    /** The same for a record that expires. */
    public static void putSecret(
            StoreTransaction tx, String table, byte[] key, byte[] group, Object value, @Nullable Instant expires)
            throws StoreException {
        byte[] written = Cbor.write(value);
        try {
            tx.put(table, key, group, written, expires);
        } finally {
            java.util.Arrays.fill(written, (byte) 0);
        }
    }

    public static <T> List<T> all(StoreTransaction tx, String table, Class<T> type) throws StoreException {
        return read(tx.list(table), type);
    }

    public static <T> List<T> read(List<StoredRecord> records, Class<T> type) throws StoreException {
        List<T> all = new ArrayList<>(records.size());
        for (StoredRecord entry : records) {
            all.add(readOnce(entry.value(), type));
        }
        return all;
    }

    /** Receives records that are read. */
    @FunctionalInterface
    public interface Reader<T> {
        void read(T one) throws StoreException;
    }

    /** Passes on all records of a table, one after another, so that a large table is never in memory as a whole. */
    public static <T> void forEach(StoreTransaction tx, String table, Class<T> type, Reader<T> reader)
            throws StoreException {
        tx.<StoreException>forEach(table, one -> reader.read(readOnce(one.value(), type)));
    }

    public static <T> Optional<T> find(StoreTransaction tx, String table, byte[] key, Class<T> type)
            throws StoreException {
        Optional<byte[]> value = tx.get(table, key);
        return value.isPresent() ? Optional.of(readOnce(value.get(), type)) : Optional.empty();
    }

    /** Decodes a record, and wipes its encoded bytes, which may contain keys. */
    private static <T> T readOnce(byte[] written, Class<T> type) throws StoreException {
        try {
            return Cbor.read(written, type);
        } finally {
            java.util.Arrays.fill(written, (byte) 0);
        }
    }
}
