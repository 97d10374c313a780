package org.partyline.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.store.WrongPassphraseException;

/** The contract of every {@link Store}. */
public abstract class StoreContract {
    /** Around this time, the records of these tests expire. */
    protected static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static final byte[] NO_GROUP = {};
    private static final int MOST_VALUE = 1 << 20;

    /** The tested store; open at first. */
    protected Store store;

    /** Returns a store at a place where none was created yet, or where the previous one was deleted. */
    protected abstract Store fresh() throws Exception;

    /**
     * Another object over what {@link #store} has on its disk, as after a restart of the server; locked. The one before
     * ends.
     */
    protected abstract Store restarted() throws Exception;

    /** Returns the room of these stores in candidates of up to 1 KiB: 10 to 1,000. */
    protected abstract int mostCandidates();

    /** Returns the passphrase with which the store of a test is created; the caller owns the array. */
    protected static char[] passphrase() {
        return "correct horse battery".toCharArray();
    }

    @BeforeEach
    void makesAStore() throws Exception {
        store = fresh();
        store.create(passphrase());
    }

    private void restart() throws Exception {
        store = restarted();
    }

    private void restartAndUnlock() throws Exception {
        restart();
        store.unlock(passphrase());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void put(String table, String key, String value) throws StoreException {
        store.update(tx -> tx.put(table, bytes(key), NO_GROUP, bytes(value), null));
    }

    private Optional<String> get(String table, String key) throws StoreException {
        return store.transact(tx -> tx.get(table, bytes(key)).map(StoreContract::text));
    }

    private long count(String table) throws StoreException {
        return store.transact(tx -> tx.count(table));
    }

    private boolean contains(String table, String key) throws StoreException {
        return store.transact(tx -> tx.contains(table, bytes(key)));
    }

    private boolean delete(String table, String key) throws StoreException {
        return store.transact(tx -> tx.delete(table, bytes(key)));
    }

    private int size(byte[] group) throws StoreException {
        return store.transact(tx -> tx.list("t", group).size());
    }

    private List<String> values(String table) throws StoreException {
        return store.transact(tx ->
                tx.list(table).stream().map(record -> text(record.value())).toList());
    }

    private static Store.Collected in(long share, String text) {
        return new Store.Collected(bytes(text), bytes(text), share);
    }

    private List<String> collected(int most) throws StoreException {
        return store.transact(
                tx -> tx.collected(most).stream().map(c -> text(c.value())).toList());
    }

    private static int increment(Store store) throws StoreException {
        return store.transact(tx -> {
            int next = counter(tx) + 1;
            byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt(next).array();
            tx.put("counters", bytes("c"), NO_GROUP, value, null);
            return next;
        });
    }

    private static int counter(StoreTransaction tx) throws StoreException {
        return tx.get("counters", bytes("c"))
                .map(value -> ByteBuffer.wrap(value).getInt())
                .orElse(0);
    }

    @Test
    void isNewUntilItIsCreatedAndOpenAfterIt() throws Exception {
        store = fresh();
        assertEquals(Store.State.NEW, store.state());
        assertEquals(0, store.collected());
        assertEquals(Map.of(), store.dropped());
        store.lock();
        assertEquals(Store.State.NEW, store.state());
        store.create(passphrase());
        assertEquals(Store.State.OPEN, store.state());
        store.lock();
        store.lock();
        assertEquals(Store.State.LOCKED, store.state());
        restart();
        assertEquals(Store.State.LOCKED, store.state());
    }

    @Test
    void withNoStoreNothingIsOpenedCollectedOrWorkedOn() throws Exception {
        store = fresh();
        assertThrows(StoreException.class, () -> store.unlock(passphrase()));
        assertThrows(StoreException.class, () -> store.unlock(SecretBytes.wrap(new byte[32])));
        assertThrows(StoreException.class, () -> store.storeKey(passphrase()));
        assertThrows(StoreException.class, () -> store.collect(bytes("c")));
        assertEquals(
                "there is no store yet: create one with partyline:setup",
                assertThrows(StoreLockedException.class, () -> store.transact(tx -> null))
                        .getMessage());
        assertEquals(Store.State.NEW, store.state());
    }

    @Test
    void isNotCreatedTwice() throws Exception {
        put("t", "k", "v");
        assertThrows(StoreException.class, () -> store.create("another passphrase".toCharArray()));
        restartAndUnlock();
        assertEquals(Optional.of("v"), get("t", "k"));
        store.lock();
        assertThrows(StoreException.class, () -> store.create("another passphrase".toCharArray()));
    }

    @Test
    void aPassphraseUnderEightCharactersIsRefused() throws Exception {
        store = fresh();
        assertThrows(StoreException.class, () -> store.create("seven77".toCharArray()));
        // Four characters of two UTF-16 units each.
        assertThrows(
                StoreException.class,
                () -> store.create("\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00".toCharArray()));
        assertEquals(Store.State.NEW, store.state());
        store.create("eight888".toCharArray());
        assertThrows(
                StoreException.class, () -> store.changePassphrase("eight888".toCharArray(), "seven77".toCharArray()));
        store.lock();
        store.unlock("eight888".toCharArray());
    }

    @Test
    void aPassphraseStaysTheCallers() throws Exception {
        char[] kept = passphrase();
        store.lock();
        store.unlock(kept);
        store.storeKey(kept).close();
        assertArrayEquals(passphrase(), kept);
    }

    @Test
    void aValueOfOneMebibyteFitsAndAByteMoreDoesNot() throws Exception {
        byte[] value = new byte[MOST_VALUE];
        new Random(7).nextBytes(value);
        store.update(tx -> tx.put("t", bytes("k"), NO_GROUP, value, null));
        restartAndUnlock();
        assertArrayEquals(value, store.transact(tx -> tx.get("t", bytes("k"))).orElseThrow());
        assertThrows(
                IllegalArgumentException.class,
                () -> store.transact(tx -> {
                    tx.put("t", bytes("k"), NO_GROUP, new byte[MOST_VALUE + 1], null);
                    return null;
                }));
    }

    @Test
    void lockedItReadsAndWritesNothingButCandidatesAndNotes() throws Exception {
        put("t", "k", "v");
        store.lock();
        assertThrows(StoreLockedException.class, () -> store.transact(tx -> "never runs"));
        store.note("scan.main", "900000");
        store.collect(bytes("candidate"));
        assertEquals(Optional.of("900000"), store.note("scan.main"));
        assertEquals(1, store.collected());
        store.unlock(passphrase());
        assertEquals(Optional.of("v"), get("t", "k"));
    }

    @Test
    void aWrongPassphraseOpensNothingAndSaysNothing() throws Exception {
        store.lock();
        List<String> messages = new ArrayList<>();
        for (String wrong : List.of("correct horse batterz", "", "x", "correct horse battery correct horse battery")) {
            messages.add(assertThrows(WrongPassphraseException.class, () -> store.unlock(wrong.toCharArray()))
                    .getMessage());
            assertEquals(Store.State.LOCKED, store.state());
        }
        assertEquals(1, messages.stream().distinct().count());
        store.unlock(passphrase());
        // Also on an open store, which stays open.
        assertThrows(WrongPassphraseException.class, () -> store.unlock("something else".toCharArray()));
        assertEquals(Store.State.OPEN, store.state());
    }

    @Test
    void theStoreKeyOpensTheStoreAndStaysTheCallers() throws Exception {
        put("t", "k", "v");
        try (SecretBytes storeKey = store.storeKey(passphrase())) {
            assertEquals(32, storeKey.length());
            restart();
            store.unlock(storeKey);
            assertEquals(Optional.of("v"), get("t", "k"));
            // The store keeps no reference to the caller's array.
            store.lock();
            store.unlock(storeKey);
            assertEquals(Optional.of("v"), get("t", "k"));
        }
        assertEquals(Optional.of("v"), get("t", "k"));
    }

    @Test
    void notesAreSetReplacedAndRemoved() throws Exception {
        assertEquals(Optional.empty(), store.note("scan"));
        store.note("scan", "1");
        store.note("scan", "2");
        store.note("other", "");
        restart();
        assertEquals(Optional.of("2"), store.note("scan"));
        assertEquals(Optional.of(""), store.note("other"));
        store.note("scan", null);
        store.note("scan", null);
        assertEquals(Optional.empty(), store.note("scan"));
    }

    @Test
    void whatIsGivenAndTakenIsNobodyElses() throws Exception {
        byte[] key = bytes("k");
        byte[] value = bytes("v");
        store.update(tx -> tx.put("t", key, NO_GROUP, value, null));
        Arrays.fill(key, (byte) 0);
        Arrays.fill(value, (byte) 0);
        byte[] taken = store.transact(tx -> tx.get("t", bytes("k"))).orElseThrow();
        Arrays.fill(taken, (byte) 0);
        store.transact(tx -> tx.list("t")).forEach(record -> {
            Arrays.fill(record.key(), (byte) 0);
            Arrays.fill(record.value(), (byte) 0);
        });
        assertEquals(Optional.of("v"), get("t", "k"));
        assertEquals(
                List.of("k"),
                store.transact(tx -> tx.list("t")).stream()
                        .map(record -> text(record.key()))
                        .toList());
    }

    @Test
    void whatWasPutIsReadAfterARestart() throws Exception {
        put("channels", "general", "a root");
        restartAndUnlock();
        assertEquals(Optional.of("a root"), get("channels", "general"));
        assertEquals(Optional.empty(), get("channels", "other"));
        assertEquals(Optional.empty(), get("other", "general"));
        assertTrue(contains("channels", "general"));
        assertFalse(contains("channels", "other"));
    }

    /** Random transactions, of which some fail, against maps: table and key to value. */
    @Test
    void isWhatItsOperationsMakeOfIt() throws Exception {
        Random random = new Random(11);
        Map<String, String> kept = new TreeMap<>();
        for (int transaction = 0; transaction < 200; transaction++) {
            Map<String, String> now = new TreeMap<>(kept);
            boolean fails = random.nextInt(5) == 0;
            try {
                store.update(tx -> {
                    for (int step = random.nextInt(12); step >= 0; step--) {
                        operate(tx, now, random);
                    }
                    if (fails) {
                        throw new IOException("given up");
                    }
                });
                kept = now;
            } catch (IOException e) {
                assertTrue(fails);
            }
            for (String table : List.of("t", "u")) {
                List<String> values = kept.entrySet().stream()
                        .filter(each -> each.getKey().startsWith(table))
                        .map(Map.Entry::getValue)
                        .sorted()
                        .toList();
                assertEquals(values, values(table).stream().sorted().toList(), "after transaction " + transaction);
            }
        }
    }

    /** Values that begin with x expire. */
    private static void operate(StoreTransaction tx, Map<String, String> model, Random random) throws StoreException {
        String table = random.nextBoolean() ? "t" : "u";
        byte[] key = bytes(String.valueOf(random.nextInt(4)));
        String name = table + text(key);
        switch (random.nextInt(7)) {
            case 0, 1 -> {
                boolean expires = random.nextInt(4) == 0;
                String value = (expires ? "x" : "v") + random.nextInt();
                tx.put(table, key, NO_GROUP, bytes(value), expires ? NOW : null);
                model.put(name, value);
            }
            case 2 -> assertEquals(model.remove(name) != null, tx.delete(table, key));
            case 3 -> assertEquals(model.containsKey(name), tx.contains(table, key));
            case 4 -> {
                tx.deleteExpired(NOW.plusSeconds(random.nextInt(2)));
                model.values().removeIf(value -> value.startsWith("x"));
            }
            default ->
                assertEquals(
                        Optional.ofNullable(model.get(name)), tx.get(table, key).map(StoreContract::text));
        }
    }

    @Test
    void emptyKeysValuesAndGroupsAreLikeAnyOther() throws Exception {
        store.update(tx -> tx.put("t", new byte[0], new byte[0], new byte[0], null));
        restartAndUnlock();
        assertArrayEquals(
                new byte[0], store.transact(tx -> tx.get("t", new byte[0])).orElseThrow());
        assertEquals(1, size(new byte[0]));
        assertEquals(0, size(bytes("g")));
    }

    @Test
    void listsGroupsAndTablesInTheOrderOfFirstPutAlsoAfterReplacing() throws Exception {
        store.update(tx -> {
            tx.put("t", bytes("z"), bytes("red"), bytes("1"), null);
            tx.put("t", bytes("a"), bytes("blue"), bytes("2"), null);
            tx.put("t", bytes("m"), bytes("red"), bytes("3"), null);
            tx.put("u", bytes("z"), bytes("red"), bytes("4"), null);
        });
        store.update(tx -> {
            tx.put("t", bytes("z"), bytes("red"), bytes("1b"), null);
            tx.put("t", bytes("m"), bytes("blue"), bytes("3b"), null);
        });
        restartAndUnlock();
        assertEquals(List.of("1b", "2", "3b"), values("t"));
        assertEquals(List.of("4"), values("u"));
        List<StoredRecord> blue = store.transact(tx -> tx.list("t", bytes("blue")));
        assertEquals(List.of("2", "3b"), blue.stream().map(r -> text(r.value())).toList());
        assertEquals(List.of("a", "m"), blue.stream().map(r -> text(r.key())).toList());
        assertTrue(blue.get(0).order() < blue.get(1).order());
        assertEquals(3, count("t"));
        assertEquals(0, count("nothing"));
    }

    @Test
    void anOrderNumberIsNotGivenAgainAfterTheNewestRecordIsGone() throws Exception {
        put("t", "a", "1");
        put("t", "b", "2");
        long newest = store.transact(tx -> tx.list("t")).get(1).order();
        assertTrue(delete("t", "b"));
        assertFalse(delete("t", "b"));
        restartAndUnlock();
        put("t", "c", "3");
        assertTrue(store.transact(tx -> tx.list("t")).get(1).order() > newest);
    }

    @Test
    void tenThousandRecordsAreListed() throws Exception {
        store.update(tx -> {
            for (int i = 0; i < 10_000; i++) {
                tx.put("t", bytes("key " + i), bytes(i % 2 == 0 ? "even" : "odd"), bytes("value " + i), null);
            }
        });
        restartAndUnlock();
        List<StoredRecord> all = store.transact(tx -> tx.list("t"));
        assertEquals(10_000, all.size());
        assertEquals("value 9999", text(all.get(9_999).value()));
        List<StoredRecord> odd = store.transact(tx -> tx.list("t", bytes("odd")));
        assertEquals(5_000, odd.size());
        assertEquals("value 4001", text(odd.get(2_000).value()));
        assertEquals(10_000, count("t"));
    }

    @Test
    void eachOfManyRecordsIsGivenOnceInTheirOrderToAReaderWhoUsesTheTransaction() throws Exception {
        store.update(tx -> {
            for (int i = 0; i < 2_500; i++) {
                tx.put("t", bytes("key " + i), NO_GROUP, bytes("value " + i), null);
                tx.put("u", bytes("key " + i), NO_GROUP, bytes("other " + i), null);
            }
        });
        restartAndUnlock();
        List<String> read = new ArrayList<>();
        store.update(tx -> {
            tx.<StoreException>forEach("t", one -> {
                read.add(text(one.value()));
                assertEquals(
                        "other " + (read.size() - 1),
                        text(tx.get("u", one.key()).orElseThrow()));
                tx.put("v", one.key(), NO_GROUP, one.value(), null);
            });
        });
        assertEquals(values("t"), read);
        assertEquals(2_500, read.size());
        assertEquals(read, values("v"));
    }

    @Test
    void whatAReaderOfRecordsThrowsEndsTheTransaction() throws Exception {
        put("t", "a", "1");
        put("t", "b", "2");
        List<String> read = new ArrayList<>();
        assertThrows(
                IOException.class,
                () -> store.transact((Store.Work<Void, IOException>) tx -> {
                    tx.<IOException>forEach("t", one -> {
                        read.add(text(one.value()));
                        tx.put("u", one.key(), NO_GROUP, one.value(), null);
                        throw new IOException("enough");
                    });
                    return null;
                }));
        assertEquals(List.of("1"), read);
        assertEquals(0, count("u"));
    }

    @Test
    void aTransactionInATransactionIsRefused() throws Exception {
        store.update(tx -> {
            tx.put("t", bytes("k"), NO_GROUP, bytes("v"), null);
            assertThrows(IllegalStateException.class, () -> store.transact(inner -> null));
            assertThrows(IllegalStateException.class, () -> store.note("a", "b"));
            assertThrows(IllegalStateException.class, () -> store.collect(bytes("c")));
            assertThrows(IllegalStateException.class, store::lock);
            assertThrows(IllegalStateException.class, store::compact);
            assertEquals(Store.State.OPEN, store.state());
        });
        assertEquals(Optional.of("v"), get("t", "k"));
    }

    @Test
    void aTransactionIsNotGoodAfterItsWork() throws Exception {
        StoreTransaction kept = store.transact(tx -> tx);
        assertThrows(IllegalStateException.class, () -> kept.get("t", bytes("k")));
        assertThrows(IllegalStateException.class, () -> kept.put("t", bytes("k"), NO_GROUP, bytes("v"), null));
    }

    @Test
    void eightThreadsLoseNoIncrement() throws Exception {
        int threads = 8;
        int each = 25;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(() -> {
                    for (int j = 0; j < each; j++) {
                        increment(store);
                    }
                    return null;
                }));
            }
            for (Future<?> future : running) {
                future.get();
            }
        } finally {
            pool.shutdownNow();
        }
        restartAndUnlock();
        assertEquals(threads * each, store.transact(StoreContract::counter));
    }

    @Test
    void theNewPassphraseOpensAndTheOldOneDoesNot() throws Exception {
        put("t", "k", "v");
        char[] next = "a better passphrase".toCharArray();
        assertThrows(
                WrongPassphraseException.class, () -> store.changePassphrase("not the old one".toCharArray(), next));
        store.changePassphrase(passphrase(), next);
        assertEquals(Optional.of("v"), get("t", "k"));
        restart();
        assertThrows(WrongPassphraseException.class, () -> store.unlock(passphrase()));
        store.unlock(next);
        assertEquals(Optional.of("v"), get("t", "k"));
    }

    @Test
    void theStoreKeyIsGivenForThePassphraseOnly() throws Exception {
        assertThrows(WrongPassphraseException.class, () -> store.storeKey("not the one".toCharArray()));
        store.lock();
        assertThrows(WrongPassphraseException.class, () -> store.storeKey("not the one".toCharArray()));
        store.storeKey(passphrase()).close();
        assertEquals(Store.State.LOCKED, store.state());
    }

    @Test
    void anotherStoreKeyOpensNothing() throws Exception {
        try (SecretBytes storeKey = store.storeKey(passphrase())) {
            store.lock();
            for (int bit : new int[] {0, 7, 128, 255}) {
                byte[] changed = storeKey.expose().clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                assertThrows(WrongPassphraseException.class, () -> store.unlock(SecretBytes.wrap(changed)));
            }
            for (int length : new int[] {0, 31, 33}) {
                byte[] other = Arrays.copyOf(storeKey.expose(), length);
                assertThrows(WrongPassphraseException.class, () -> store.unlock(SecretBytes.wrap(other)));
            }
            assertEquals(Store.State.LOCKED, store.state());
            store.unlock(storeKey);
            // Also on an open store.
            assertThrows(WrongPassphraseException.class, () -> store.unlock(SecretBytes.wrap(new byte[32])));
            assertEquals(Store.State.OPEN, store.state());
            store.unlock(storeKey);
        }
    }

    @Test
    void theStoreKeyStaysTheSameWithAnotherPassphrase() throws Exception {
        char[] next = "a better passphrase".toCharArray();
        try (SecretBytes storeKey = store.storeKey(passphrase())) {
            store.changePassphrase(passphrase(), next);
            store.lock();
            store.unlock(storeKey);
            try (SecretBytes again = store.storeKey(next)) {
                assertEquals(storeKey, again);
            }
        }
    }

    @Test
    void expiredRecordsAreDeletedAndNamed() throws Exception {
        Instant now = NOW;
        store.update(tx -> {
            tx.put("inbox", bytes("late"), NO_GROUP, bytes("x"), now.plusSeconds(60));
            tx.put("outbox", bytes("soon"), NO_GROUP, bytes("x"), now.plusNanos(1));
            tx.put("inbox", bytes("never"), NO_GROUP, bytes("x"), null);
            tx.put("inbox", bytes("prolonged"), NO_GROUP, bytes("x"), now);
            tx.put("inbox", bytes("prolonged"), NO_GROUP, bytes("x"), now.plusSeconds(61));
        });
        assertEquals(List.of(), store.transact(tx -> tx.deleteExpired(now)));
        restartAndUnlock();
        List<StoredRecord> first = store.transact(tx -> tx.deleteExpired(now.plusNanos(1)));
        assertEquals(1, first.size());
        assertEquals("outbox", first.get(0).table());
        assertEquals("soon", text(first.get(0).key()));
        assertEquals(0, first.get(0).value().length);
        List<StoredRecord> second = store.transact(tx -> tx.deleteExpired(now.plusSeconds(3600)));
        assertEquals(
                List.of("late", "prolonged"),
                second.stream().map(r -> text(r.key())).toList());
        assertEquals(1, count("inbox"));
        assertEquals(0, count("outbox"));
    }

    @Test
    void aTransactionThatFailsLeavesTheExpiryAsItWas() throws Exception {
        Instant now = NOW;
        store.update(tx -> {
            tx.put("inbox", bytes("expires"), NO_GROUP, bytes("x"), now);
            tx.put("inbox", bytes("stays"), NO_GROUP, bytes("x"), null);
        });
        assertThrows(
                IOException.class,
                () -> store.<Void, IOException>transact(tx -> {
                    tx.put("inbox", bytes("stays"), NO_GROUP, bytes("x"), now);
                    assertEquals(2, tx.deleteExpired(now).size());
                    tx.put("inbox", bytes("stays"), NO_GROUP, bytes("x"), now);
                    throw new IOException("no");
                }));
        List<StoredRecord> deleted = store.transact(tx -> tx.deleteExpired(now));
        assertEquals(
                List.of("expires"), deleted.stream().map(r -> text(r.key())).toList());
        assertTrue(contains("inbox", "stays"));
    }

    @Test
    void aCandidateIsHeldOnceAndComesOutOldestFirst() throws Exception {
        store.lock();
        store.collect(bytes("first"));
        store.collect(bytes("second"));
        store.collect(bytes("first"));
        assertEquals(2, store.collected());
        restart();
        assertEquals(2, store.collected());
        store.collect(bytes("first"));
        store.collect(bytes("third"));
        store.unlock(passphrase());
        assertEquals(List.of("first", "second"), collected(2));
        assertEquals(List.of("first", "second", "third"), collected(100));
        assertEquals(List.of(), collected(0));
        store.update(tx -> tx.discardCollected(tx.collected(1).get(0)));
        assertEquals(List.of("second", "third"), collected(100));
        assertEquals(2, store.collected());
        store.collect(bytes("first"));
        assertEquals(List.of("second", "third", "first"), collected(100));
    }

    @Test
    void whatWasDiscardedInATransactionThatFailedIsStillHeld() throws Exception {
        store.collect(bytes("kept"));
        assertThrows(
                IOException.class,
                () -> store.<Void, IOException>transact(tx -> {
                    tx.discardCollected(tx.collected(1).get(0));
                    throw new IOException("something else went wrong");
                }));
        assertEquals(List.of("kept"), collected(5));
        StoredRecord other = new StoredRecord("inbox", 1, bytes("k"), bytes("v"));
        assertThrows(
                IllegalArgumentException.class,
                () -> store.transact(tx -> {
                    tx.discardCollected(other);
                    return null;
                }));
    }

    @Test
    void theOldestCandidatesGoWhenThereAreTooMany() throws Exception {
        store.lock();
        for (int i = 0; i < mostCandidates(); i++) {
            store.collect(bytes("candidate " + i));
        }
        restart();
        for (int i = 0; i < 3; i++) {
            store.collect(bytes("newer " + i));
        }
        store.unlock(passphrase());
        List<String> held = collected(1000);
        assertEquals(mostCandidates(), held.size());
        assertEquals("candidate 3", held.get(0));
        assertEquals("newer 2", held.get(held.size() - 1));
        store.update(tx -> {
            for (StoredRecord candidate : tx.collected(2)) {
                tx.discardCollected(candidate);
            }
        });
        store.collect(bytes("fits again"));
        assertEquals("candidate 5", collected(1).get(0));
        assertEquals(mostCandidates() - 1, collected(1000).size());
    }

    @Test
    void aFloodPushesOutNothingButWhatCameWithIt() throws Exception {
        store.lock();
        store.collect(List.of(in(1, "early"), in(-9, "waiting")));
        store.collect(List.of(in(3, "flooded too")));
        for (int i = 0; i < 5; i++) {
            store.collect(IntStream.range(10 * i, 10 * i + 10)
                    .mapToObj(n -> in(3, "junk " + n))
                    .toList());
            // The number of stored packets is counted again.
            restart();
        }
        store.collect(List.of(in(4, "late")));
        assertEquals(mostCandidates(), store.collected());
        // 54 arrived, and there is room for 20.
        assertEquals(Map.of(3L, 34L), store.dropped());
        store.unlock(passphrase());
        List<String> held = collected(100);
        assertTrue(held.containsAll(List.of("early", "waiting", "late", "junk 49")), held.toString());
        assertFalse(held.contains("flooded too"));
        store.forgetDropped(List.of(3L, 5L));
        assertEquals(Map.of(), store.dropped());
    }

    @Test
    void aCandidateThatIsLargeTakesTheRoomOfSeveral() throws Exception {
        store.lock();
        for (int i = 0; i < mostCandidates(); i++) {
            store.collect(List.of(in(i, "candidate " + i)));
        }
        store.collect(List.of(new Store.Collected(bytes("large"), new byte[3000], 99)));
        assertEquals(mostCandidates() - 2, store.collected());
        assertEquals(3, store.dropped().size());
    }

    @Test
    void manyCandidatesAreAddedInOneTransactionOrNotAtAll() throws Exception {
        store.lock();
        Store.Collected tooLarge = new Store.Collected(bytes("x"), new byte[MOST_VALUE + 1], 1);
        assertThrows(IllegalArgumentException.class, () -> store.collect(List.of(in(1, "one"), tooLarge)));
        assertEquals(0, store.collected());
        store.collect(List.of(in(1, "one"), in(1, "two"), in(1, "one")));
        assertEquals(2, store.collected());
    }

    @Test
    void compactingKeepsEverything() throws Exception {
        put("t", "k", "v");
        store.collect(bytes("candidate"));
        store.compact();
        assertEquals(Optional.of("v"), get("t", "k"));
        store.lock();
        store.compact();
        store.unlock(passphrase());
        assertEquals(List.of("candidate"), collected(5));
    }

    @Test
    void whatThrowsLeavesNothingAndItsExceptionComesOutAsItIs() throws Exception {
        put("t", "k", "before");
        List<Throwable> thrown = List.of(
                new IOException("checked"), new IllegalArgumentException("unchecked"), new StackOverflowError("error"));
        for (Throwable expected : thrown) {
            Throwable caught = assertThrows(
                    Throwable.class,
                    () -> store.<Void, Exception>transact(tx -> {
                        tx.put("t", bytes("k"), NO_GROUP, bytes("after"), NOW);
                        tx.put("t", bytes("new"), NO_GROUP, bytes("new"), NOW);
                        tx.delete("t", bytes("k"));
                        if (expected instanceof Error error) {
                            throw error;
                        }
                        throw (Exception) expected;
                    }));
            assertSame(expected, caught);
            assertEquals(List.of("before"), values("t"));
        }
        // A record that was rolled back is not in the expiry schedule either.
        assertEquals(List.of(), store.transact(tx -> tx.deleteExpired(NOW)));
        restartAndUnlock();
        assertEquals(List.of("before"), values("t"));
    }
}
