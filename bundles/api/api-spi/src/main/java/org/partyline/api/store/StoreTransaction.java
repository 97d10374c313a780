package org.partyline.api.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Reads and writes records in one transaction. A record has a table, a key that is unique in the table, a group for
 * listing, and a value of at most 1 MiB.
 */
@ProviderType
public interface StoreTransaction {
    /** The value of a record. */
    Optional<byte[]> get(String table, byte[] key) throws StoreException;

    /** Whether the record exists. */
    boolean contains(String table, byte[] key) throws StoreException;

    /**
     * Adds a record, or replaces it and keeps its place in the order.
     *
     * @param group the group for {@link #list}; empty is a group like any other
     * @param expires when the store deletes it; null for never
     */
    void put(String table, byte[] key, byte[] group, byte[] value, @Nullable Instant expires) throws StoreException;

    /** Removes a record; returns whether it existed. */
    boolean delete(String table, byte[] key) throws StoreException;

    /** All records of a group, in the order in which they were first put. */
    List<StoredRecord> list(String table, byte[] group) throws StoreException;

    /** All records of a table, in the order in which they were first put. */
    List<StoredRecord> list(String table) throws StoreException;

    /**
     * Reads all records of a table, in the order in which they were first put, without holding all of them in memory:
     * for large tables.
     *
     * @param reader receives one after another; it may use this transaction, but must not put or delete records of this
     *     table
     */
    <X extends Exception> void forEach(String table, RecordReader<X> reader) throws StoreException, X;

    /**
     * Receives records that are read.
     *
     * @param <X> the exception that it may throw
     */
    @FunctionalInterface
    @ConsumerType
    interface RecordReader<X extends Exception> {
        void read(StoredRecord one) throws StoreException, X;
    }

    /** The number of records of a table. */
    long count(String table) throws StoreException;

    /**
     * Deletes the records that have expired.
     *
     * @return their tables and keys
     */
    List<StoredRecord> deleteExpired(Instant now) throws StoreException;

    /**
     * The oldest candidates that {@link Store#collect} stored, decrypted; the key identifies one for {@link
     * #discardCollected}.
     *
     * @param most the maximum number
     */
    List<StoredRecord> collected(int most) throws StoreException;

    /** Removes a collected candidate. */
    void discardCollected(StoredRecord candidate) throws StoreException;
}
