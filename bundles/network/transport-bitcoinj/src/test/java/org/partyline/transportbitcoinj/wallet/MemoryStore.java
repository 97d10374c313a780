package org.partyline.transportbitcoinj.wallet;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;

/** A store that lives as long as its test; a piece of work that throws leaves nothing behind. */
final class MemoryStore implements Store {
    private record Row(byte[] group, byte[] value) {}

    private Map<String, Map<ByteBuffer, Row>> tables = new LinkedHashMap<>();
    private State state = State.OPEN;
    private boolean diskFull;

    /** From now on nothing can be written. */
    void fillDisk(boolean full) {
        diskFull = full;
    }

    /** What is on the disk now, in a store of its own: as after a cut of power. */
    MemoryStore copy() {
        MemoryStore copy = new MemoryStore();
        copy.tables = copyOf(tables);
        return copy;
    }

    private static Map<String, Map<ByteBuffer, Row>> copyOf(Map<String, Map<ByteBuffer, Row>> tables) {
        Map<String, Map<ByteBuffer, Row>> copy = new LinkedHashMap<>();
        tables.forEach((name, rows) -> copy.put(name, new LinkedHashMap<>(rows)));
        return copy;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public void lock() {
        state = State.LOCKED;
    }

    @Override
    public void unlock(char[] passphrase) {
        state = State.OPEN;
    }

    @Override
    public void unlock(SecretBytes storeKey) {
        state = State.OPEN;
    }

    @Override
    public SecretBytes storeKey(char[] passphrase) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X {
        if (state != State.OPEN) {
            throw new StoreLockedException();
        }
        Map<String, Map<ByteBuffer, Row>> before = copyOf(tables);
        boolean done = false;
        try {
            T result = work.run(new Transaction());
            done = true;
            return result;
        } finally {
            if (!done) {
                tables = before;
            }
        }
    }

    @Override
    public void create(char[] passphrase) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void changePassphrase(char[] oldPassphrase, char[] newPassphrase) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void collect(List<Collected> candidates) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<Long, Long> dropped() {
        return Map.of();
    }

    @Override
    public void forgetDropped(Collection<Long> shares) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long collected() {
        return 0;
    }

    @Override
    public Optional<String> note(String key) {
        return Optional.empty();
    }

    @Override
    public void note(String key, String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void compact() {}

    private final class Transaction implements StoreTransaction {
        private Map<ByteBuffer, Row> rows(String table) {
            return tables.computeIfAbsent(table, t -> new LinkedHashMap<>());
        }

        @Override
        public Optional<byte[]> get(String table, byte[] key) {
            return Optional.ofNullable(rows(table).get(ByteBuffer.wrap(key)))
                    .map(row -> row.value().clone());
        }

        @Override
        public boolean contains(String table, byte[] key) {
            return rows(table).containsKey(ByteBuffer.wrap(key));
        }

        @Override
        public void put(String table, byte[] key, byte[] group, byte[] value, Instant expires) throws StoreException {
            if (diskFull) {
                throw new StoreException("the disk is full");
            }
            rows(table).put(ByteBuffer.wrap(key.clone()), new Row(group.clone(), value.clone()));
        }

        @Override
        public boolean delete(String table, byte[] key) {
            return rows(table).remove(ByteBuffer.wrap(key)) != null;
        }

        @Override
        public List<StoredRecord> list(String table, byte[] group) {
            List<StoredRecord> records = new ArrayList<>();
            rows(table).forEach((key, row) -> {
                if (group == null || Arrays.equals(group, row.group())) {
                    records.add(new StoredRecord(
                            table,
                            records.size(),
                            key.array().clone(),
                            row.value().clone()));
                }
            });
            return records;
        }

        @Override
        public List<StoredRecord> list(String table) {
            return list(table, null);
        }

        @Override
        public long count(String table) {
            return rows(table).size();
        }

        @Override
        public List<StoredRecord> deleteExpired(Instant now) {
            return List.of();
        }

        @Override
        public List<StoredRecord> collected(int most) {
            return List.of();
        }

        @Override
        public void discardCollected(StoredRecord candidate) {
            throw new UnsupportedOperationException();
        }
    }
}
