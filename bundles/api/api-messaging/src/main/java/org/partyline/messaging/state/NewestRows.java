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
 * <p>A hash of each such record is kept in memory, also while the store is locked, and compared with each one that is read. A record of its own, which
 * changes with them in the same transaction, holds all these hashes combined: it is compared before anything of them is read, and after a
 * start it shows whether all of them are of the same time. That time itself is known by the token, which is one of them.
 *
 * <p>A transaction of which nobody knows whether it took place leaves two possible states; the next one finds out which it is.
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
    /** What the store has as that; null: nothing yet. */
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

    /** Is run, on the thread of whoever found it, when a record was put back. */
    public void onFound(Runnable task) {
        onFound = task;
    }

    /** What was put back since {@link #begin}; empty: nothing. */
    public Optional<String> found() {
        return Optional.ofNullable(found);
    }

    /** Compares nothing from now on; what is stored last stays known. */
    public void pause() {
        order.lock();
        try {
            watching = false;
        } finally {
            order.unlock();
        }
    }

    /** Another store is open than the one before. */
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
     * Takes what is stored for the newest from now on. Part of the caller's transaction, which only reads.
     *
     * @param stamped whether the combined hash has to be there
     * @return why what is stored may be old; empty when it is not
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

    /** A transaction begins. @return to be closed when it is known what became of it */
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

        /** Records of a table are about to be read or changed. */
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

        /** A record was read; null: it is not there. */
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

        /** A record is put; null: deleted. */
        void change(String table, byte[] key, byte @Nullable [] value) {
            if (!watching || !TABLES.contains(table)) {
                return;
            }
            Row row = Row.of(table, key);
            if (value != null || rows.containsKey(row) || changes.containsKey(row)) {
                changes.put(row, value == null ? null : hash(table, key, value));
            }
        }

        /** The work is done, and is about to be stored: not where it went on after something was refused. */
        void finish(StoreTransaction tx) throws StoreException {
            if (refused != null) {
                throw refused;
            }
            if (!changes.isEmpty()) {
                tx.put(STAMPS, STAMP, new byte[0], stampWith(changes), null);
                finished = true;
            }
        }

        /** It is on the disk. */
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

    /** A transaction found what was put back. */
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
