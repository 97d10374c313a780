package org.partyline.messaging.kernel;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/**
 * The numbers of the kept messages that transactions touched since they were last taken: whoever counts messages reads only these again.
 * Thread-safe.
 */
public final class ChangedMessages {
    /** The table of the store that is watched. */
    public static final String TABLE = "messages";

    private final Set<Long> changed = new HashSet<>();

    ChangedMessages() {}

    /** Those that were touched; none of them is known here any more. Within a transaction, as the next one may touch more. */
    public synchronized Set<Long> take() {
        Set<Long> taken = new HashSet<>(changed);
        changed.clear();
        return taken;
    }

    /** They are to be read again. */
    public synchronized void add(Set<Long> messages) {
        changed.addAll(messages);
    }

    /** Runs a piece of work in one transaction, and notes what it touches. */
    <T, X extends Exception> T watch(Store store, Store.Work<T, X> work) throws X, StoreException {
        Set<Long> touched = new HashSet<>();
        boolean done = false;
        try {
            T result = store.transact(tx -> work.run(new Watched(tx, touched)));
            done = true;
            return result;
        } finally {
            if (!done) {
                // Who took them within the transaction read what is not so.
                add(touched);
            }
        }
    }

    /** A transaction that says which messages it touches. */
    private final class Watched implements StoreTransaction {
        private final StoreTransaction tx;
        private final Set<Long> touched;

        Watched(StoreTransaction tx, Set<Long> touched) {
            this.tx = tx;
            this.touched = touched;
        }

        private void touch(String table, byte[] key) {
            if (table.equals(TABLE)) {
                long message = ByteBuffer.wrap(key).getLong();
                touched.add(message);
                add(Set.of(message));
            }
        }

        @Override
        public Optional<byte[]> get(String table, byte[] key) throws StoreException {
            return tx.get(table, key);
        }

        @Override
        public boolean contains(String table, byte[] key) throws StoreException {
            return tx.contains(table, key);
        }

        @Override
        public void put(String table, byte[] key, byte[] group, byte[] value, Instant expires) throws StoreException {
            tx.put(table, key, group, value, expires);
            touch(table, key);
        }

        @Override
        public boolean delete(String table, byte[] key) throws StoreException {
            touch(table, key);
            return tx.delete(table, key);
        }

        @Override
        public List<StoredRecord> list(String table, byte[] group) throws StoreException {
            return tx.list(table, group);
        }

        @Override
        public List<StoredRecord> list(String table) throws StoreException {
            return tx.list(table);
        }

        @Override
        public <X extends Exception> void forEach(String table, RecordReader<X> reader) throws StoreException, X {
            tx.forEach(table, reader);
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
