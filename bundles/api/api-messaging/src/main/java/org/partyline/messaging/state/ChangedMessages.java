package org.partyline.messaging.state;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.partyline.api.store.RowsPutBackException;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/**
 * Collects, by table, the numbers of messages that transactions changed, so that counters read only these again.
 * Thread-safe.
 */
public final class ChangedMessages {
    /** The table of messages. */
    public static final String TABLE = "messages";
    /** The table of outgoing messages, which contains their states. */
    public static final String OUTGOING = "outgoing";

    private final Map<String, Set<Long>> changed = none();

    ChangedMessages() {}

    private static Map<String, Set<Long>> none() {
        return Map.of(TABLE, new HashSet<>(), OUTGOING, new HashSet<>());
    }

    /**
     * Takes the changed messages of a table, which are then no longer listed here. Call it within a transaction, since
     * the next one may change more.
     */
    public synchronized Set<Long> take(String table) {
        Set<Long> taken = new HashSet<>(of(table));
        of(table).clear();
        return taken;
    }

    private Set<Long> of(String table) {
        return Objects.requireNonNull(changed.get(table), table);
    }

    /** Adds messages that must be read again. */
    public synchronized void add(String table, Set<Long> messages) {
        of(table).addAll(messages);
    }

    /** Runs work in one transaction, and records the messages that it changes. */
    <T, X extends Exception> T watch(Store store, NewestRows newest, Journal journal, Store.Work<T, X> work)
            throws X, StoreException {
        Map<String, Set<Long>> touched = none();
        boolean done = false;
        try (NewestRows.Round rows = newest.round()) {
            T result = store.transact(tx -> {
                T made = work.run(new Watched(tx, touched, rows, journal));
                journal.finish(tx);
                rows.finish(tx);
                return made;
            });
            rows.committed();
            done = true;
            journal.committed();
            return result;
        } catch (RowsPutBackException e) {
            newest.found(e);
            throw e;
        } finally {
            if (!done) {
                // A reader within the transaction saw a state that was not stored.
                touched.forEach(this::add);
            }
        }
    }

    /** A transaction that records which messages it changes. */
    private final class Watched implements StoreTransaction {
        private final StoreTransaction tx;
        private final Map<String, Set<Long>> touched;
        private final NewestRows.Round rows;
        private final Journal journal;

        Watched(StoreTransaction tx, Map<String, Set<Long>> touched, NewestRows.Round rows, Journal journal) {
            this.tx = tx;
            this.touched = touched;
            this.rows = rows;
            this.journal = journal;
        }

        private void touch(String table, byte[] key) {
            if (touched.containsKey(table)) {
                long message = ByteBuffer.wrap(key).getLong();
                touched.get(table).add(message);
                add(table, Set.of(message));
            }
        }

        @Override
        public Optional<byte[]> get(String table, byte[] key) throws StoreException {
            rows.touch(tx, table);
            Optional<byte[]> value = tx.get(table, key);
            rows.read(table, key, value.orElse(null));
            return value;
        }

        @Override
        public boolean contains(String table, byte[] key) throws StoreException {
            return tx.contains(table, key);
        }

        @Override
        public void put(String table, byte[] key, byte[] group, byte[] value, @Nullable Instant expires)
                throws StoreException {
            rows.touch(tx, table);
            journal.changing(tx, table, key);
            tx.put(table, key, group, value, expires);
            rows.change(table, key, value);
            touch(table, key);
        }

        @Override
        public boolean delete(String table, byte[] key) throws StoreException {
            rows.touch(tx, table);
            touch(table, key);
            journal.changing(tx, table, key);
            boolean gone = tx.delete(table, key);
            rows.change(table, key, null);
            return gone;
        }

        @Override
        public List<StoredRecord> list(String table, byte[] group) throws StoreException {
            rows.touch(tx, table);
            List<StoredRecord> records = tx.list(table, group);
            rows.read(records);
            return records;
        }

        @Override
        public List<StoredRecord> list(String table) throws StoreException {
            rows.touch(tx, table);
            List<StoredRecord> records = tx.list(table);
            rows.read(records);
            return records;
        }

        @Override
        public <X extends Exception> void forEach(String table, RecordReader<X> reader) throws StoreException, X {
            rows.touch(tx, table);
            tx.<X>forEach(table, record -> {
                rows.read(table, record.key(), record.value());
                reader.read(record);
            });
        }

        @Override
        public long count(String table) throws StoreException {
            return tx.count(table);
        }

        @Override
        public List<StoredRecord> deleteExpired(Instant now) throws StoreException {
            List<StoredRecord> gone = tx.deleteExpired(now);
            gone.forEach(record -> touch(record.table(), record.key()));
            return gone;
        }

        @Override
        public List<StoredRecord> collected(int most) throws StoreException {
            return tx.collected(most);
        }

        @Override
        public void discardCollected(StoredRecord candidate) throws StoreException {
            tx.discardCollected(candidate);
        }
    }
}
