package org.partyline.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
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
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.engine.store.Keys;

/** A store in memory, with the real one's transactions. Commits can be made to fail. */
final class MemoryStore implements Store {
    /** What a transaction changed, and what was there before; null for nothing. */
    private record Undo(String table, ByteBuffer key, Value before) {}

    private record Value(long order, byte[] group, byte[] value, Instant expires) {}

    private static final byte[] STORE_KEY = "the store key of a test, 32 long".getBytes(StandardCharsets.US_ASCII);

    private State state = State.NEW;
    private char[] passphrase;
    private final Map<String, Map<ByteBuffer, Value>> tables = new HashMap<>();
    private final List<Undo> undos = new ArrayList<>();
    private final Map<Long, Collected> collected = new LinkedHashMap<>();
    private final Map<Long, Long> dropped = new HashMap<>();
    /** How many candidates there is room for. */
    volatile int mostCollected = 65_536;

    private long writes;
    private final java.util.Set<ByteBuffer> collectedNames = new java.util.HashSet<>();
    private final Map<String, String> notes = new HashMap<>();
    /** Of the machine: copies of this store share it. */
    final MemoryPlace outside;

    private long nextOrder;
    private long commits;
    private int failing;
    private String failingTable;

    MemoryStore() {
        this(new MemoryPlace());
    }

    private MemoryStore(MemoryPlace outside) {
        this.outside = outside;
    }

    /** The next commits fail, with nothing written. */
    synchronized void failCommits(int howMany) {
        failing = howMany;
        failingTable = null;
    }

    /** The next transactions that write to a table fail, with nothing written. */
    synchronized void failNext(String table, int howMany) {
        failingTable = table;
        failing = howMany;
    }

    /** What somebody has who copies the files; locked. */
    synchronized MemoryStore copy() {
        MemoryStore copy = new MemoryStore(outside);
        copy.state = State.LOCKED;
        copy.passphrase = passphrase.clone();
        tables.forEach((name, rows) -> copy.tables.put(name, new HashMap<>(rows)));
        copy.notes.putAll(notes);
        copy.collected.putAll(collected);
        copy.collectedNames.addAll(collectedNames);
        copy.dropped.putAll(dropped);
        copy.nextOrder = nextOrder;
        return copy;
    }

    synchronized long commits() {
        return commits;
    }

    /** How many transactions changed something. */
    synchronized long writes() {
        return writes;
    }

    /** How many records a table has. */
    synchronized int count(String table) {
        return rows(table).size();
    }

    @Override
    public synchronized State state() {
        return state;
    }

    @Override
    public synchronized void create(char[] secret) {
        passphrase = secret.clone();
        state = State.OPEN;
    }

    @Override
    public synchronized void unlock(char[] secret) throws StoreException {
        if (!Arrays.equals(secret, passphrase)) {
            throw new WrongPassphraseException();
        }
        state = State.OPEN;
    }

    @Override
    public synchronized SecretBytes storeKey(char[] secret) throws StoreException {
        if (!Arrays.equals(secret, passphrase)) {
            throw new WrongPassphraseException();
        }
        return SecretBytes.copyOf(STORE_KEY);
    }

    @Override
    public synchronized void unlock(SecretBytes storeKey) throws StoreException {
        if (!Arrays.equals(storeKey.expose(), STORE_KEY)) {
            throw new WrongPassphraseException();
        }
        state = State.OPEN;
    }

    @Override
    public synchronized void lock() {
        state = State.LOCKED;
    }

    @Override
    public synchronized void changePassphrase(char[] before, char[] after) {
        passphrase = after.clone();
    }

    @Override
    public synchronized <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X {
        if (state != State.OPEN) {
            throw new StoreLockedException();
        }
        undos.clear();
        boolean done = false;
        try {
            T result = work.run(new Transaction());
            if (failing > 0 && isChanged(failingTable)) {
                failing--;
                throw new StoreException("the disk is full");
            }
            done = true;
            commits++;
            writes += undos.isEmpty() ? 0 : 1;
            return result;
        } finally {
            for (int i = undos.size() - 1; i >= 0 && !done; i--) {
                Undo undo = undos.get(i);
                if (undo.before() == null) {
                    rows(undo.table()).remove(undo.key());
                } else {
                    rows(undo.table()).put(undo.key(), undo.before());
                }
            }
        }
    }

    private boolean isChanged(String table) {
        return undos.stream()
                .anyMatch(undo -> table == null
                        || undo.table().equals(table)
                                && rows(table).containsKey(undo.key())
                                && !rows(table).get(undo.key()).equals(undo.before()));
    }

    private Map<ByteBuffer, Value> rows(String table) {
        return tables.computeIfAbsent(table, name -> new HashMap<>());
    }

    @Override
    public synchronized void collect(List<Collected> candidates) throws StoreException {
        if (failing > 0 && failingTable == null) {
            failing--;
            throw new StoreException("the disk is full");
        }
        writes++;
        for (Collected each : candidates) {
            if (collectedNames.add(ByteBuffer.wrap(each.name().clone()))) {
                makeRoom();
                collected.put(nextOrder++, each);
            }
        }
    }

    /** Takes the oldest of the share that has the most, as the real one does. */
    private void makeRoom() {
        if (collected.size() < mostCollected) {
            return;
        }
        Map<Long, Long> held = new java.util.TreeMap<>();
        collected.values().forEach(each -> held.merge(each.share(), 1L, Long::sum));
        long share = held.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        Map.Entry<Long, Collected> oldest = collected.entrySet().stream()
                .filter(each -> each.getValue().share() == share)
                .findFirst()
                .orElseThrow();
        collected.remove(oldest.getKey());
        collectedNames.remove(ByteBuffer.wrap(oldest.getValue().name().clone()));
        dropped.merge(share, 1L, Long::sum);
    }

    @Override
    public synchronized Map<Long, Long> dropped() {
        return new HashMap<>(dropped);
    }

    @Override
    public synchronized void forgetDropped(java.util.Collection<Long> shares) {
        dropped.keySet().removeAll(shares);
    }

    @Override
    public synchronized long collected() {
        return collected.size();
    }

    @Override
    public synchronized Optional<String> note(String key) {
        return Optional.ofNullable(notes.get(key));
    }

    @Override
    public synchronized void note(String key, String value) {
        notes.put(key, value);
    }

    @Override
    public void compact() {
        // Nothing to compact.
    }

    private final class Transaction implements StoreTransaction {
        private void change(String table, ByteBuffer key, Value value) {
            Map<ByteBuffer, Value> rows = rows(table);
            Value before = value == null ? rows.remove(key) : rows.put(key, value);
            if (before != null || value != null) {
                undos.add(new Undo(table, key, before));
            }
        }

        @Override
        public Optional<byte[]> get(String table, byte[] key) {
            return Optional.ofNullable(rows(table).get(ByteBuffer.wrap(key)))
                    .map(value -> value.value().clone());
        }

        @Override
        public boolean contains(String table, byte[] key) {
            return rows(table).containsKey(ByteBuffer.wrap(key));
        }

        @Override
        public void put(String table, byte[] key, byte[] group, byte[] value, Instant expires) {
            ByteBuffer at = ByteBuffer.wrap(key.clone());
            Value before = rows(table).get(at);
            long order = before == null ? nextOrder++ : before.order();
            change(table, at, new Value(order, group.clone(), value.clone(), expires));
        }

        @Override
        public boolean delete(String table, byte[] key) {
            ByteBuffer at = ByteBuffer.wrap(key.clone());
            boolean there = rows(table).containsKey(at);
            change(table, at, null);
            return there;
        }

        @Override
        public List<StoredRecord> list(String table, byte[] group) {
            return select(table, group);
        }

        @Override
        public List<StoredRecord> list(String table) {
            return select(table, null);
        }

        private List<StoredRecord> select(String table, byte[] group) {
            List<StoredRecord> found = new ArrayList<>();
            rows(table).forEach((key, value) -> {
                if (group == null || Arrays.equals(group, value.group())) {
                    found.add(new StoredRecord(
                            table, value.order(), key.array(), value.value().clone()));
                }
            });
            found.sort(Comparator.comparingLong(StoredRecord::order));
            return found;
        }

        @Override
        public long count(String table) {
            return rows(table).size();
        }

        @Override
        public List<StoredRecord> deleteExpired(Instant now) {
            List<StoredRecord> gone = new ArrayList<>();
            tables.forEach((table, rows) -> rows.forEach((key, value) -> {
                if (value.expires() != null && !value.expires().isAfter(now)) {
                    gone.add(new StoredRecord(table, value.order(), key.array(), new byte[0]));
                }
            }));
            gone.forEach(record -> change(record.table(), ByteBuffer.wrap(record.key()), null));
            return gone;
        }

        @Override
        public List<StoredRecord> collected(int most) {
            return collected.entrySet().stream()
                    .limit(most)
                    .map(entry -> new StoredRecord(
                            "collected",
                            entry.getKey(),
                            Keys.of(entry.getKey()),
                            entry.getValue().candidate()))
                    .toList();
        }

        @Override
        public void discardCollected(StoredRecord candidate) {
            Collected gone = collected.remove(candidate.order());
            if (gone != null) {
                collectedNames.remove(ByteBuffer.wrap(gone.name().clone()));
                writes++;
            }
        }
    }
}
