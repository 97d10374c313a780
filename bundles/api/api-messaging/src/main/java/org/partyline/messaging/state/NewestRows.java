package org.partyline.messaging.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.RowsPutBackException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/**
 * Remembers the last stored state of each record with keys, so that an earlier state that is restored in the database
 * is rejected (PROTOCOL 5, "State that may be old").
 *
 * <p>A hash of each such record is kept in memory, even while the store is locked, and compared with each record that
 * is read. A separate record, which changes in the same transaction, contains the combination of all these hashes: it
 * is compared before any of them is read, and after a start it shows whether all records are of the same time. The
 * token, which is one of them, identifies that time.
 *
 * <p>A transaction with an unknown outcome leaves two possible states; the next transaction finds out which one is
 * stored.
 */
public final class NewestRows {
    /** The tables of chains, sessions, and the token. */
    private static final Set<String> TABLES = Set.of("continuity", "sessions", "send-chains", "receive-chains");

    private static final String STAMPS = "newest";
    private static final byte[] STAMP = "stamp".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH = 32;

    /** Held from the beginning of a transaction until its outcome is known. */
    private final ReentrantLock order = new ReentrantLock(true);

    private Map<Row, byte[]> rows = new HashMap<>();
    /** All hashes combined. */
    private byte[] stamp = new byte[LENGTH];
    /** The stored combined hash; null if none yet. */
    private byte @Nullable [] stored;

    private Map<Row, byte[]> doubtful = Map.of();
    private boolean remembers;
    private boolean watching;
    private volatile @Nullable String found;
    private volatile Runnable onFound = () -> {};

    private record Row(String table, ByteBuffer key) {
        static Row of(String table, byte[] key) {
            return new Row(table, ByteBuffer.wrap(key.clone()));
        }
    }

    NewestRows() {}

    /** Sets a task that runs, on the thread that found it, when a restored old record was found. */
    public void onFound(Runnable task) {
        onFound = task;
    }

    /** The restored old record that was found since {@link #begin}; empty if none. */
    public Optional<String> found() {
        return Optional.ofNullable(found);
    }

    /** Stops comparing; the last stored states stay known. */
    public void pause() {
        order.lock();
        try {
            watching = false;
        } finally {
            order.unlock();
        }
    }

    /** Called when another store was opened. */
    public void forget() {
        order.lock();
        try {
            remembers = false;
            watching = false;
            found = null;
        } finally {
            order.unlock();
        }
    }

    /**
     * Accepts the stored state as the newest from now on. Part of the caller's transaction, which only reads.
     *
     * @param stamped whether the combined hash must exist
     * @return why the stored state may be old; empty if it is not
     */
    public Optional<String> begin(StoreTransaction tx, boolean stamped) throws StoreException {
        Map<Row, byte[]> read = new HashMap<>();
        for (String table : TABLES) {
            tx.forEach(table, record -> read.put(Row.of(table, record.key()), hash(table, record)));
        }
        byte[] all = new byte[LENGTH];
        read.values().forEach(hash -> add(all, hash));
        byte[] combined = tx.get(STAMPS, STAMP).orElse(null);
        String why = found;
        if (why == null && (combined != null || stamped) && !Arrays.equals(all, combined)) {
            why = "records of chains or sessions are older than the rest of it";
        }
        if (why == null && remembers && !isAsRemembered(read)) {
            why = "records of chains or sessions differ from what this server last stored";
        }
        rows = read;
        stamp = all;
        stored = combined;
        doubtful = Map.of();
        remembers = true;
        watching = true;
        found = null;
        return Optional.ofNullable(why);
    }

    private boolean isAsRemembered(Map<Row, byte[]> read) {
        return isSame(rows, read) || isSame(with(doubtful), read);
    }

    private static boolean isSame(Map<Row, byte[]> one, Map<Row, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(row -> Arrays.equals(row.getValue(), other.get(row.getKey())));
    }

    private Map<Row, byte[]> with(Map<Row, byte[]> changes) {
        Map<Row, byte[]> changed = new HashMap<>(rows);
        changes.forEach((row, hash) -> {
            if (hash == null) {
                changed.remove(row);
            } else {
                changed.put(row, hash);
            }
        });
        return changed;
    }

    private byte[] stampWith(Map<Row, byte[]> changes) {
        byte[] changed = stamp.clone();
        changes.forEach((row, hash) -> {
            add(changed, rows.get(row));
            add(changed, hash);
        });
        return changed;
    }

    private void settle(Map<Row, byte[]> changes) {
        stamp = stampWith(changes);
        stored = stamp;
        rows = with(changes);
        doubtful = Map.of();
    }

    /** Begins a transaction. @return to be closed once its outcome is known */
    Round round() {
        order.lock();
        return new Round();
    }

    /** The changes of one transaction. */
    final class Round implements AutoCloseable {
        private final Map<Row, byte[]> changes = new HashMap<>();
        private @Nullable RowsPutBackException refused;
        private boolean compared;
        private boolean finished;
        private boolean committed;

        /** Called before records of a table are read or changed. */
        void touch(StoreTransaction tx, String table) throws StoreException {
            if (!watching || !TABLES.contains(table)) {
                return;
            }
            if (found != null) {
                throw refused(found);
            }
            if (compared) {
                return;
            }
            byte[] read = tx.get(STAMPS, STAMP).orElse(null);
            if (!doubtful.isEmpty() && Arrays.equals(read, stampWith(doubtful))) {
                settle(doubtful);
            }
            doubtful = Map.of();
            if (!Arrays.equals(read, stored)) {
                throw refused("what the store has of chains and sessions");
            }
            compared = true;
        }

        private RowsPutBackException refused(String what) {
            refused = new RowsPutBackException(what);
            return refused;
        }

        /** Called when a record was read. @param value null: it does not exist */
        void read(String table, byte[] key, byte @Nullable [] value) throws StoreException {
            if (!watching || !TABLES.contains(table)) {
                return;
            }
            Row row = Row.of(table, key);
            byte[] expected = changes.containsKey(row) ? changes.get(row) : rows.get(row);
            if (!Arrays.equals(expected, value == null ? null : hash(table, key, value))) {
                throw refused("a record of '" + table + "' in the store");
            }
        }

        void read(List<StoredRecord> records) throws StoreException {
            for (StoredRecord record : records) {
                read(record.table(), record.key(), record.value());
            }
        }

        /** Called when a record is stored. @param value null: it is deleted */
        void change(String table, byte[] key, byte @Nullable [] value) {
            if (!watching || !TABLES.contains(table)) {
                return;
            }
            Row row = Row.of(table, key);
            if (value != null || rows.containsKey(row) || changes.containsKey(row)) {
                changes.put(row, value == null ? null : hash(table, key, value));
            }
        }

        /** Called when the work is done and about to be stored, unless it continued after a refusal. */
        void finish(StoreTransaction tx) throws StoreException {
            if (refused != null) {
                throw refused;
            }
            if (!changes.isEmpty()) {
                tx.put(STAMPS, STAMP, new byte[0], stampWith(changes), null);
                finished = true;
            }
        }

        /** Called when it is on the disk. */
        void committed() {
            committed = true;
            if (finished) {
                settle(changes);
            }
        }

        @Override
        public void close() {
            if (finished && !committed) {
                doubtful = changes;
            }
            order.unlock();
        }
    }

    /** Called when a transaction found a restored old record. */
    void found(RowsPutBackException e) {
        if (found == null) {
            found = e.what();
            onFound.run();
        }
    }

    private static void add(byte[] sum, byte @Nullable [] hash) {
        if (hash != null) {
            for (int i = 0; i < LENGTH; i++) {
                sum[i] ^= hash[i];
            }
        }
    }

    private static byte[] hash(String table, StoredRecord record) {
        return hash(table, record.key(), record.value());
    }

    private static byte[] hash(String table, byte[] key, byte[] value) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update(table.getBytes(StandardCharsets.US_ASCII));
            hash.update(
                    ByteBuffer.allocate(1 + Integer.BYTES).putInt(1, key.length).array());
            hash.update(key);
            return hash.digest(value);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
