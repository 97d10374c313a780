package org.partyline.api.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Reads and writes of one transaction. A record has a table, a key that is unique in it, a group to list by, and a value
 * of at most 1 MiB.
 */
@ProviderType
public interface StoreTransaction {
    /** The value of a record. */
    Optional<byte[]> get(String table, byte[] key) throws StoreException;

    /** Whether the record is there. */
    boolean contains(String table, byte[] key) throws StoreException;

    /**
     * Adds a record, or replaces it and keeps its place in the order.
     *
     * @param group what {@link #list} finds it by; empty is a group like any other
     * @param expires when the store deletes it by itself; null: never
     */
    void put(String table, byte[] key, byte[] group, byte[] value, @Nullable Instant expires) throws StoreException;

    /** Removes a record; reports whether it was there. */
    boolean delete(String table, byte[] key) throws StoreException;

    /** All records of a group in the order they were first put. */
    List<StoredRecord> list(String table, byte[] group) throws StoreException;

    /** All records of a table in the order they were first put. */
    List<StoredRecord> list(String table) throws StoreException;

    /**
     * Reads all records of a table, in the order they were first put, without holding them all: for large tables.
     *
     * @param reader is given one after another; it may use this transaction, but must not put or delete records of this table
     */
    <X extends Exception> void forEach(String table, RecordReader<X> reader) throws StoreException, X;

    /**
     * Receives records that are read.
     *
     * @param <X> what it may throw
     */
    @FunctionalInterface
    @ConsumerType
    interface RecordReader<X extends Exception> {
        void read(StoredRecord one) throws StoreException, X;
    }

    /** How many records a table has. */
    long count(String table) throws StoreException;

    /**
     * Deletes the records that have expired.
     *
     * @return their tables and keys
     */
    List<StoredRecord> deleteExpired(Instant now) throws StoreException;

    /**
     * Oldest candidates that {@link Store#collect} put away, opened; the key names one for {@link #discardCollected}.
     *
     * @param most how many at the most
     */
    List<StoredRecord> collected(int most) throws StoreException;

    /** Removes a collected candidate. */
    void discardCollected(StoredRecord candidate) throws StoreException;
}
