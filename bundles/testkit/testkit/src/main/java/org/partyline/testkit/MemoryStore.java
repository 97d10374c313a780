package org.partyline.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.store.WrongPassphraseException;

/**
 * A store in memory, with the real one's transactions. Commits can be made to fail, and a copy of its files can be
 * taken at any time.
 */
public class MemoryStore implements Store {
    /** The passphrase of stores from {@link #open}. */
    public static final String PASSPHRASE = "correct horse battery";

    private static final byte[] STORE_KEY = "the store key of a test, 32 long".getBytes(StandardCharsets.US_ASCII);
    private static final int SHORTEST_PASSPHRASE = 8;
    private static final int MOST_VALUE = 1 << 20;
    private static final String CANDIDATES = "collected";
    private static final int CANDIDATE_UNIT = 1024;

    /** A change by a transaction, with the previous value; null if there was none. */
    private record Undo(String table, ByteBuffer key, Value before) {}

    private record Value(long order, byte[] group, byte[] value, Instant expires) {}

    private State state = State.NEW;
    private char[] passphrase;
    /** Null if none is set. */
    private char[] duress;

    private final Map<String, Map<ByteBuffer, Value>> tables = new HashMap<>();
    private final List<Undo> undos = new ArrayList<>();
    private final Map<Long, Collected> collected = new TreeMap<>();
    private final Map<Long, Collected> discarded = new HashMap<>();
    private final Map<Long, Long> dropped = new HashMap<>();
    /** The room used by each share, in candidates of up to 1 KiB. */
    private final Map<Long, Long> held = new TreeMap<>();

    private final Set<ByteBuffer> collectedNames = new HashSet<>();
    private final Map<String, String> notes = new HashMap<>();
    private boolean isInTransaction;
    private int mostCollected = 65_536;
    private long nextOrder;
    private long commits;
    private long writes;
    private int failing;
    /** The number of commits that succeed before they fail. */
    private int spared;

    private String failingTable;

    /** Creates the object without a store. */
    public MemoryStore() {}

    /** @param files the store to copy; the copy is locked, as a starting program finds it, or new if the original is */
    protected MemoryStore(MemoryStore files) {
        synchronized (files) {
            state = files.state == State.NEW ? State.NEW : State.LOCKED;
            passphrase = files.passphrase == null ? null : files.passphrase.clone();
            files.tables.forEach((name, rows) -> tables.put(name, new HashMap<>(rows)));
            notes.putAll(files.notes);
            files.collected.forEach(this::keep);
            dropped.putAll(files.dropped);
            mostCollected = files.mostCollected;
            nextOrder = files.nextOrder;
        }
    }

    /** Returns a store that was created with {@link #PASSPHRASE}, and is open. */
    public static MemoryStore open() {
        MemoryStore store = new MemoryStore();
        store.passphrase = PASSPHRASE.toCharArray();
        store.state = State.OPEN;
        return store;
    }

    /** Returns a copy of the files; locked. */
    public MemoryStore copy() {
        return new MemoryStore(this);
    }

    /** Returns the store as a program finds it after a power cut, opened. */
    public MemoryStore copyAndOpen() {
        MemoryStore copy = copy();
        copy.state = State.OPEN;
        return copy;
    }

    /** Restores tables from an earlier copy, as someone could who has the database; all tables if none is named. */
    public synchronized void putBack(MemoryStore earlier, String... which) {
        checkOutside();
        Set<String> names = which.length == 0 ? new HashSet<>(tables.keySet()) : Set.of(which);
        for (String name : names) {
            tables.put(name, new HashMap<>(earlier.tables.getOrDefault(name, Map.of())));
        }
    }

    /** Makes the next commits of changes fail, with nothing written: the disk is full. 0 to make them succeed again. */
    public synchronized void failCommits(int howMany) {
        failing = howMany;
        spared = 0;
        failingTable = null;
    }

    /** Makes this many commits of changes succeed, and then all fail: a power cut. */
    public synchronized void failCommitsAfter(int howMany) {
        failCommits(Integer.MAX_VALUE);
        spared = howMany;
    }

    /** Makes the next transactions that write to a table fail, with nothing written. */
    public synchronized void failNext(String table, int howMany) {
        failingTable = table;
        spared = 0;
        failing = howMany;
    }

    /** @param most the room in candidates of up to 1 KiB */
    public synchronized void keepCandidates(int most) {
        mostCollected = most;
    }

    /** Returns the number of transactions. */
    public synchronized long commits() {
        return commits;
    }

    /** Returns the number of transactions that changed something. */
    public synchronized long writes() {
        return writes;
    }

    /** Returns the number of records in a table. */
    public synchronized int count(String table) {
        return rows(table).size();
    }

    /** Returns the tables with a record that contains a text, in a key or a value, encoded as UTF-8. */
    public synchronized Set<String> tablesWith(String text) {
        // One character for each byte.
        String wanted = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return tables.entrySet().stream()
                .filter(table -> table.getValue().entrySet().stream()
                        .anyMatch(row -> new String(row.getKey().array(), StandardCharsets.ISO_8859_1).contains(wanted)
                                || new String(row.getValue().value(), StandardCharsets.ISO_8859_1).contains(wanted)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    @Override
    public synchronized State state() {
        return state;
    }

    @Override
    public synchronized void create(char[] secret) throws StoreException {
        if (state != State.NEW) {
            throw new StoreException("there is already a store: open it with partyline:unlock");
        }
        checkLength(secret);
        passphrase = secret.clone();
        state = State.OPEN;
    }

    private static void checkLength(char[] secret) throws StoreException {
        int length = Character.codePointCount(secret, 0, secret.length);
        if (length < SHORTEST_PASSPHRASE) {
            throw new StoreException("the passphrase has " + length + " characters: use 8 or more");
        }
    }

    private void checkThere() throws StoreException {
        if (state == State.NEW) {
            throw new StoreException("there is no store: create one with partyline:setup");
        }
    }

    private void check(char[] secret) throws StoreException {
        checkThere();
        if (!Arrays.equals(secret, passphrase)) {
            throw new WrongPassphraseException();
        }
    }

    private void checkOutside() {
        if (isInTransaction) {
            throw new IllegalStateException("store: within a transaction");
        }
    }

    @Override
    public synchronized void unlock(char[] secret) throws StoreException {
        checkThere();
        if (state == State.LOCKED && duress != null && Arrays.equals(secret, duress)) {
            destroy();
        }
        check(secret);
        state = State.OPEN;
    }

    private void destroy() {
        tables.clear();
        notes.clear();
        List.copyOf(collected.keySet()).forEach(this::drop);
        dropped.clear();
        passphrase = duress;
        duress = null;
    }

    @Override
    public synchronized void setDuress(char[] secret, char[] erasing) throws StoreException {
        check(secret);
        checkLength(erasing);
        duress = erasing.clone();
    }

    @Override
    public synchronized void removeDuress(char[] secret) throws StoreException {
        check(secret);
        duress = null;
    }

    @Override
    public synchronized SecretBytes storeKey(char[] secret) throws StoreException {
        check(secret);
        return SecretBytes.copyOf(STORE_KEY);
    }

    @Override
    public synchronized void unlock(SecretBytes storeKey) throws StoreException {
        checkThere();
        if (!Arrays.equals(storeKey.expose(), STORE_KEY)) {
            throw new WrongPassphraseException();
        }
        state = State.OPEN;
    }

    @Override
    public synchronized void lock() {
        checkOutside();
        state = state == State.NEW ? State.NEW : State.LOCKED;
    }

    @Override
    public synchronized void changePassphrase(char[] before, char[] after) throws StoreException {
        check(before);
        checkLength(after);
        passphrase = after.clone();
    }

    @Override
    public synchronized <T, X extends Exception> T transact(Work<T, X> work) throws StoreException, X {
        checkOutside();
        if (state != State.OPEN) {
            throw StoreLockedException.of(state);
        }
        undos.clear();
        discarded.clear();
        boolean done = false;
        Transaction transaction = new Transaction();
        isInTransaction = true;
        try {
            T result = work.run(transaction);
            if (failing > 0 && isChanged(failingTable) && spared-- <= 0) {
                failing--;
                throw new StoreException("the disk is full");
            }
            done = true;
            commits++;
            writes += undos.isEmpty() && discarded.isEmpty() ? 0 : 1;
            return result;
        } finally {
            isInTransaction = false;
            transaction.over = true;
            if (!done) {
                undo();
            }
        }
    }

    private void undo() {
        for (int i = undos.size() - 1; i >= 0; i--) {
            Undo undo = undos.get(i);
            if (undo.before() == null) {
                rows(undo.table()).remove(undo.key());
            } else {
                rows(undo.table()).put(undo.key(), undo.before());
            }
        }
        discarded.forEach(this::keep);
    }

    private boolean isChanged(String table) {
        return table == null && !discarded.isEmpty()
                || undos.stream()
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
        checkOutside();
        checkThere();
        candidates.forEach(each -> checkValue(each.candidate()));
        if (failing > 0 && failingTable == null) {
            failing--;
            throw new StoreException("the disk is full");
        }
        writes++;
        for (Collected each : candidates) {
            if (!collectedNames.contains(name(each))) {
                makeRoom(units(each));
                keep(nextOrder++, each);
            }
        }
    }

    private static ByteBuffer name(Collected candidate) {
        return ByteBuffer.wrap(candidate.name().clone());
    }

    private static void checkValue(byte[] value) {
        if (value.length > MOST_VALUE) {
            throw new IllegalArgumentException("store: a value has 0 to " + MOST_VALUE + " bytes, not " + value.length);
        }
    }

    private static int units(Collected candidate) {
        return Math.max(1, (candidate.candidate().length + CANDIDATE_UNIT - 1) / CANDIDATE_UNIT);
    }

    private void keep(long order, Collected candidate) {
        collected.put(order, candidate);
        collectedNames.add(name(candidate));
        held.merge(candidate.share(), (long) units(candidate), Long::sum);
    }

    private Collected drop(long order) {
        Collected gone = collected.remove(order);
        if (gone != null) {
            collectedNames.remove(name(gone));
            held.merge(gone.share(), (long) -units(gone), Long::sum);
        }
        return gone;
    }

    /** Removes the oldest of the largest share, as the real one does. */
    private void makeRoom(int needed) {
        long room = (long) mostCollected - needed;
        while (held.values().stream().mapToLong(Long::longValue).sum() > room && !collected.isEmpty()) {
            long share = Collections.max(held.entrySet(), Map.Entry.comparingByValue())
                    .getKey();
            long oldest = collected.entrySet().stream()
                    .filter(each -> each.getValue().share() == share)
                    .findFirst()
                    .orElseThrow()
                    .getKey();
            drop(oldest);
            dropped.merge(share, 1L, Long::sum);
        }
    }

    @Override
    public synchronized Map<Long, Long> dropped() {
        return new HashMap<>(dropped);
    }

    @Override
    public synchronized void forgetDropped(Collection<Long> shares) {
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
        checkOutside();
        if (value == null) {
            notes.remove(key);
        } else {
            notes.put(key, value);
        }
    }

    @Override
    public synchronized void compact() {
        checkOutside();
    }

    private final class Transaction implements StoreTransaction {
        private boolean over;

        private Map<ByteBuffer, Value> rows(String table) {
            if (over) {
                throw new IllegalStateException("store: the transaction is over");
            }
            return MemoryStore.this.rows(table);
        }

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
            checkValue(value);
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

        @Override
        public <X extends Exception> void forEach(String table, RecordReader<X> reader) throws StoreException, X {
            for (StoredRecord one : select(table, null)) {
                reader.read(one);
            }
        }

        private List<StoredRecord> select(String table, byte[] group) {
            List<StoredRecord> found = new ArrayList<>();
            rows(table).forEach((key, value) -> {
                if (group == null || Arrays.equals(group, value.group())) {
                    found.add(new StoredRecord(
                            table,
                            value.order(),
                            key.array().clone(),
                            value.value().clone()));
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
                            CANDIDATES,
                            entry.getKey(),
                            ByteBuffer.allocate(Long.BYTES)
                                    .putLong(entry.getKey())
                                    .array(),
                            entry.getValue().candidate()))
                    .toList();
        }

        @Override
        public void discardCollected(StoredRecord candidate) {
            if (!candidate.table().equals(CANDIDATES)) {
                throw new IllegalArgumentException("store: no candidate, but a record of " + candidate.table());
            }
            Collected gone = drop(candidate.order());
            if (gone != null) {
                discarded.put(candidate.order(), gone);
            }
        }
    }
}
