package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.NO_GROUP;
import static org.partyline.storejdbc.Bench.bytes;
import static org.partyline.storejdbc.Bench.passphrase;
import static org.partyline.storejdbc.Bench.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.store.StoredRecord;
import org.partyline.api.store.WrongPassphraseException;

/** What every database under the store has to give. */
abstract class StoreContract {
    private final List<Bench> benches = new ArrayList<>();
    Bench bench;

    /** A way to the one database of this test; empty at first. */
    abstract ConnectionSource source() throws Exception;

    @BeforeEach
    void startsWithANewStore() throws Exception {
        bench = restart();
        bench.store.create(passphrase());
    }

    @AfterEach
    void closesWhatItOpened() {
        benches.forEach(Bench::close);
    }

    /** Another store object over the same database, as after a restart of the server. */
    Bench restart() throws Exception {
        benches.forEach(Bench::close);
        return restart(new Bench(source()));
    }

    Bench restart(Bench next) {
        benches.forEach(Bench::close);
        benches.add(next);
        return next;
    }

    Bench restartAndUnlock() throws Exception {
        bench = restart();
        bench.store.unlock(passphrase());
        return bench;
    }

    /** Works on the tables behind the store's back. */
    void tamper(String... statements) throws Exception {
        benches.forEach(Bench::close);
        try (Connection connection = source().open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private long count(String table) throws StoreException {
        return bench.store.transact(tx -> tx.count(table));
    }

    private boolean contains(String table, String key) throws StoreException {
        return bench.store.transact(tx -> tx.contains(table, bytes(key)));
    }

    private boolean delete(String table, String key) throws StoreException {
        return bench.store.transact(tx -> tx.delete(table, bytes(key)));
    }

    private int size(byte[] group) throws StoreException {
        return bench.store.transact(tx -> tx.list("t", group).size());
    }

    private List<String> values(String table) throws StoreException {
        return bench.store.transact(tx ->
                tx.list(table).stream().map(record -> text(record.value())).toList());
    }

    @Test
    void isNewUntilItIsCreatedAndOpenAfterIt() throws Exception {
        tamper("delete from pl_meta");
        bench = restart();
        assertEquals(Store.State.NEW, bench.store.state());
        assertEquals(0, bench.store.collected());
        bench.store.create(passphrase());
        assertEquals(Store.State.OPEN, bench.store.state());
        bench.store.lock();
        assertEquals(Store.State.LOCKED, bench.store.state());
        assertEquals(Store.State.LOCKED, restart().store.state());
    }

    @Test
    void isNotCreatedTwice() throws Exception {
        StoreException refused =
                assertThrows(StoreException.class, () -> bench.store.create("another passphrase".toCharArray()));
        assertEquals("there is a store already: open it with partyline:unlock", refused.getMessage());
        assertEquals(Store.State.OPEN, restartAndUnlock().store.state());
    }

    @Test
    void aPassphraseUnderEightCharactersIsRefused() throws Exception {
        tamper("delete from pl_meta");
        bench = restart();
        StoreException refused = assertThrows(StoreException.class, () -> bench.store.create("seven77".toCharArray()));
        assertEquals("the passphrase has 7 characters: take 8 or more", refused.getMessage());
        // Four characters of two UTF-16 units each.
        assertThrows(StoreException.class, () -> bench.store.create("😀😀😀😀".toCharArray()));
        assertEquals(Store.State.NEW, bench.store.state());
        bench.store.create("eight888".toCharArray());
        assertThrows(
                StoreException.class,
                () -> bench.store.changePassphrase("eight888".toCharArray(), "seven77".toCharArray()));
    }

    @Test
    void whatWasPutIsReadAfterARestart() throws Exception {
        bench.put("channels", "general", "a root");
        restartAndUnlock();
        assertEquals(Optional.of("a root"), bench.get("channels", "general"));
        assertEquals(Optional.empty(), bench.get("channels", "other"));
        assertEquals(Optional.empty(), bench.get("other", "general"));
        assertTrue(contains("channels", "general"));
        assertFalse(contains("channels", "other"));
    }

    @Test
    void emptyKeysValuesAndGroupsAreLikeAnyOther() throws Exception {
        bench.store.transact(tx -> {
            tx.put("t", new byte[0], new byte[0], new byte[0], null);
            return null;
        });
        restartAndUnlock();
        assertArrayEquals(
                new byte[0],
                bench.store.transact(tx -> tx.get("t", new byte[0])).orElseThrow());
        assertEquals(1, size(new byte[0]));
        assertEquals(0, size(bytes("g")));
    }

    @Test
    void aValueOfOneMebibyteFitsAndAByteMoreDoesNot() throws Exception {
        byte[] value = new byte[1 << 20];
        new Random(7).nextBytes(value);
        bench.store.transact(tx -> {
            tx.put("t", bytes("k"), NO_GROUP, value, null);
            return null;
        });
        restartAndUnlock();
        assertArrayEquals(
                value, bench.store.transact(tx -> tx.get("t", bytes("k"))).orElseThrow());
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> bench.store.transact(tx -> {
                    tx.put("t", bytes("k"), NO_GROUP, new byte[(1 << 20) + 1], null);
                    return null;
                }));
        assertEquals("store: a value has 0 to 1048576 bytes, not 1048577", refused.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> bench.store.transact(tx -> {
                    tx.put("", bytes("k"), NO_GROUP, value, null);
                    return null;
                }));
    }

    @Test
    void listsGroupsAndTablesInTheOrderOfFirstPutAlsoAfterReplacing() throws Exception {
        bench.store.transact(tx -> {
            tx.put("t", bytes("z"), bytes("red"), bytes("1"), null);
            tx.put("t", bytes("a"), bytes("blue"), bytes("2"), null);
            tx.put("t", bytes("m"), bytes("red"), bytes("3"), null);
            tx.put("u", bytes("z"), bytes("red"), bytes("4"), null);
            return null;
        });
        bench.store.transact(tx -> {
            tx.put("t", bytes("z"), bytes("red"), bytes("1b"), null);
            tx.put("t", bytes("m"), bytes("blue"), bytes("3b"), null);
            return null;
        });
        restartAndUnlock();
        assertEquals(List.of("1b", "2", "3b"), values("t"));
        assertEquals(List.of("4"), values("u"));
        List<StoredRecord> blue = bench.store.transact(tx -> tx.list("t", bytes("blue")));
        assertEquals(List.of("2", "3b"), blue.stream().map(r -> text(r.value())).toList());
        assertEquals(List.of("a", "m"), blue.stream().map(r -> text(r.key())).toList());
        assertTrue(blue.get(0).order() < blue.get(1).order());
        assertEquals(3, count("t"));
        assertEquals(0, count("nothing"));
    }

    @Test
    void anOrderNumberIsNotGivenAgainAfterTheNewestRecordIsGone() throws Exception {
        bench.put("t", "a", "1");
        bench.put("t", "b", "2");
        long newest = bench.store.transact(tx -> tx.list("t")).get(1).order();
        assertTrue(delete("t", "b"));
        assertFalse(delete("t", "b"));
        restartAndUnlock();
        bench.put("t", "c", "3");
        assertTrue(bench.store.transact(tx -> tx.list("t")).get(1).order() > newest);
    }

    @Test
    void tenThousandRecordsAreListed() throws Exception {
        bench.store.transact(tx -> {
            for (int i = 0; i < 10_000; i++) {
                tx.put("t", bytes("key " + i), bytes(i % 2 == 0 ? "even" : "odd"), bytes("value " + i), null);
            }
            return null;
        });
        restartAndUnlock();
        List<StoredRecord> all = bench.store.transact(tx -> tx.list("t"));
        assertEquals(10_000, all.size());
        assertEquals("value 9999", text(all.get(9_999).value()));
        List<StoredRecord> odd = bench.store.transact(tx -> tx.list("t", bytes("odd")));
        assertEquals(5_000, odd.size());
        assertEquals("value 4001", text(odd.get(2_000).value()));
        assertEquals(10_000, count("t"));
    }

    @Test
    void whatThrowsLeavesNothingAndItsExceptionComesOutAsItIs() throws Exception {
        bench.put("t", "k", "before");
        List<Throwable> thrown = List.of(
                new IOException("checked"), new IllegalArgumentException("unchecked"), new StackOverflowError("error"));
        for (Throwable expected : thrown) {
            Throwable caught = assertThrows(
                    Throwable.class,
                    () -> bench.store.<Void, Exception>transact(tx -> {
                        tx.put("t", bytes("k"), NO_GROUP, bytes("after"), bench.clock.instant());
                        tx.put("t", bytes("new"), NO_GROUP, bytes("new"), bench.clock.instant());
                        tx.delete("t", bytes("k"));
                        if (expected instanceof Error error) {
                            throw error;
                        }
                        throw (Exception) expected;
                    }));
            assertSame(expected, caught);
            assertEquals(List.of("before"), values("t"));
        }
        // What was undone is not in the expiry schedule either.
        assertEquals(List.of(), bench.store.transact(tx -> tx.deleteExpired(bench.clock.instant())));
        restartAndUnlock();
        assertEquals(List.of("before"), values("t"));
    }

    @Test
    void aTransactionInATransactionIsRefused() throws Exception {
        bench.store.transact(tx -> {
            tx.put("t", bytes("k"), NO_GROUP, bytes("v"), null);
            assertThrows(IllegalStateException.class, () -> bench.store.transact(inner -> null));
            assertThrows(IllegalStateException.class, () -> bench.store.note("a", "b"));
            assertThrows(IllegalStateException.class, () -> bench.store.collect(bytes("c")));
            assertThrows(IllegalStateException.class, bench.store::lock);
            assertThrows(IllegalStateException.class, bench.store::compact);
            assertEquals(Store.State.OPEN, bench.store.state());
            return null;
        });
        assertEquals(Optional.of("v"), bench.get("t", "k"));
    }

    @Test
    void aTransactionIsNotGoodAfterItsWork() throws Exception {
        StoreTransaction kept = bench.store.transact(tx -> tx);
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
                        increment(bench.store);
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
        assertEquals(threads * each, counter(bench.store));
    }

    static int increment(Store store) throws StoreException {
        return store.transact(tx -> {
            int next = 1
                    + tx.get("counters", bytes("c"))
                            .map(value -> ByteBuffer.wrap(value).getInt())
                            .orElse(0);
            tx.put(
                    "counters",
                    bytes("c"),
                    NO_GROUP,
                    ByteBuffer.allocate(4).putInt(next).array(),
                    null);
            return next;
        });
    }

    static int counter(Store store) throws StoreException {
        return store.transact(tx -> tx.get("counters", bytes("c"))
                .map(value -> ByteBuffer.wrap(value).getInt())
                .orElse(0));
    }

    @Test
    void lockedItReadsAndWritesNothingButCandidatesAndNotes() throws Exception {
        bench.put("t", "k", "v");
        bench.store.lock();
        bench.store.lock();
        StoreLockedException refused =
                assertThrows(StoreLockedException.class, () -> bench.store.transact(tx -> "never runs"));
        assertEquals("the store is locked: open it with partyline:unlock", refused.getMessage());
        bench.store.note("scan.main", "900000");
        bench.store.collect(bytes("candidate"));
        assertEquals(Optional.of("900000"), bench.store.note("scan.main"));
        bench.store.unlock(passphrase());
        assertEquals(Optional.of("v"), bench.get("t", "k"));
    }

    @Test
    void aWrongPassphraseCostsTheSameWorkAndSaysNothing() throws Exception {
        bench.store.lock();
        List<String> messages = new ArrayList<>();
        for (String wrong : List.of("correct horse batterz", "", "x", "correct horse battery correct horse battery")) {
            int before = bench.argon2.runs.get();
            messages.add(assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(wrong.toCharArray()))
                    .getMessage());
            assertEquals(1, bench.argon2.runs.get() - before);
            assertEquals(Store.State.LOCKED, bench.store.state());
        }
        assertEquals(1, messages.stream().distinct().count());
        int before = bench.argon2.runs.get();
        bench.store.unlock(passphrase());
        assertEquals(1, bench.argon2.runs.get() - before);
        // Also on an open store.
        assertThrows(WrongPassphraseException.class, () -> bench.store.unlock("something else".toCharArray()));
        assertEquals(Store.State.OPEN, bench.store.state());
    }

    @Test
    void thePassphraseIsTheSameHoweverItsAccentsAreTyped() throws Exception {
        tamper("delete from pl_meta");
        bench = restart();
        char[] composed = "caf\u00e9 au lait".toCharArray();
        char[] kept = composed.clone();
        bench.store.create(composed);
        assertArrayEquals(kept, composed);
        bench.store.lock();
        bench.store.unlock("cafe\u0301 au lait".toCharArray());
        assertEquals(Store.State.OPEN, bench.store.state());
    }

    @Test
    void thereMustBeAStoreToUnlockOrToCollectIn() throws Exception {
        tamper("delete from pl_meta");
        bench = restart();
        String message = "there is no store: make one with partyline:setup";
        assertEquals(
                message,
                assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()))
                        .getMessage());
        assertEquals(
                message,
                assertThrows(StoreException.class, () -> bench.store.collect(bytes("c")))
                        .getMessage());
        assertThrows(StoreLockedException.class, () -> bench.store.transact(tx -> null));
    }

    @Test
    void theNewPassphraseOpensAndTheOldOneDoesNot() throws Exception {
        bench.put("t", "k", "v");
        char[] next = "a better passphrase".toCharArray();
        assertThrows(
                WrongPassphraseException.class,
                () -> bench.store.changePassphrase("not the old one".toCharArray(), next));
        bench.store.changePassphrase(passphrase(), next);
        assertEquals(Optional.of("v"), bench.get("t", "k"));
        bench = restart();
        assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(passphrase()));
        bench.store.unlock(next);
        assertEquals(Optional.of("v"), bench.get("t", "k"));
    }

    @Test
    void theStoreKeyOpensTheStoreWithNoDerivation() throws Exception {
        bench.put("t", "k", "v");
        try (SecretBytes storeKey = bench.store.storeKey(passphrase())) {
            assertEquals(32, storeKey.length());
            bench = restart();
            int before = bench.argon2.runs.get();
            bench.store.unlock(storeKey);
            assertEquals(before, bench.argon2.runs.get());
            assertEquals(Store.State.OPEN, bench.store.state());
            assertEquals(Optional.of("v"), bench.get("t", "k"));
            // The store keeps no hold of what the caller owns.
            bench.store.lock();
            bench.store.unlock(storeKey);
            assertEquals(Optional.of("v"), bench.get("t", "k"));
        }
        assertEquals(Optional.of("v"), bench.get("t", "k"));
    }

    @Test
    void theStoreKeyIsGivenForThePassphraseOnly() throws Exception {
        assertThrows(WrongPassphraseException.class, () -> bench.store.storeKey("not the one".toCharArray()));
        bench.store.lock();
        assertThrows(WrongPassphraseException.class, () -> bench.store.storeKey("not the one".toCharArray()));
        bench.store.storeKey(passphrase()).close();
        assertEquals(Store.State.LOCKED, bench.store.state());
    }

    @Test
    void anotherStoreKeyOpensNothing() throws Exception {
        try (SecretBytes storeKey = bench.store.storeKey(passphrase())) {
            bench.store.lock();
            for (int bit : new int[] {0, 7, 128, 255}) {
                byte[] changed = storeKey.expose().clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(SecretBytes.wrap(changed)));
            }
            for (int length : new int[] {0, 31, 33}) {
                byte[] other = Arrays.copyOf(storeKey.expose(), length);
                assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(SecretBytes.wrap(other)));
            }
            assertEquals(Store.State.LOCKED, bench.store.state());
            bench.store.unlock(storeKey);
            // Also on an open store.
            assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(SecretBytes.wrap(new byte[32])));
            assertEquals(Store.State.OPEN, bench.store.state());
            bench.store.unlock(storeKey);
        }
    }

    @Test
    void theStoreKeyStaysTheSameWithAnotherPassphrase() throws Exception {
        char[] next = "a better passphrase".toCharArray();
        try (SecretBytes storeKey = bench.store.storeKey(passphrase())) {
            bench.store.changePassphrase(passphrase(), next);
            bench.store.lock();
            bench.store.unlock(storeKey);
            try (SecretBytes again = bench.store.storeKey(next)) {
                assertEquals(storeKey, again);
            }
        }
    }

    @Test
    void withNoStoreThereIsNoStoreKey() throws Exception {
        tamper("delete from pl_meta");
        bench = restart();
        assertThrows(StoreException.class, () -> bench.store.storeKey(passphrase()));
        StoreException refused =
                assertThrows(StoreException.class, () -> bench.store.unlock(SecretBytes.wrap(new byte[32])));
        assertEquals("there is no store: make one with partyline:setup", refused.getMessage());
    }

    @Test
    void expiredRecordsAreDeletedAndNamed() throws Exception {
        Instant now = bench.clock.instant();
        bench.store.transact(tx -> {
            tx.put("inbox", bytes("late"), NO_GROUP, bytes("x"), now.plusSeconds(60));
            tx.put("outbox", bytes("soon"), NO_GROUP, bytes("x"), now.plusNanos(1));
            tx.put("inbox", bytes("never"), NO_GROUP, bytes("x"), null);
            tx.put("inbox", bytes("prolonged"), NO_GROUP, bytes("x"), now);
            tx.put("inbox", bytes("prolonged"), NO_GROUP, bytes("x"), now.plusSeconds(61));
            return null;
        });
        assertEquals(List.of(), bench.store.transact(tx -> tx.deleteExpired(now)));
        restartAndUnlock();
        List<StoredRecord> first = bench.store.transact(tx -> tx.deleteExpired(now.plusNanos(1)));
        assertEquals(1, first.size());
        assertEquals("outbox", first.get(0).table());
        assertEquals("soon", text(first.get(0).key()));
        assertEquals(0, first.get(0).value().length);
        List<StoredRecord> second = bench.store.transact(tx -> tx.deleteExpired(now.plusSeconds(3600)));
        assertEquals(
                List.of("late", "prolonged"),
                second.stream().map(r -> text(r.key())).toList());
        assertEquals(1, count("inbox"));
        assertEquals(0, count("outbox"));
    }

    @Test
    void aTransactionThatFailsLeavesTheExpiryAsItWas() throws Exception {
        Instant now = bench.clock.instant();
        bench.store.transact(tx -> {
            tx.put("inbox", bytes("expires"), NO_GROUP, bytes("x"), now);
            tx.put("inbox", bytes("stays"), NO_GROUP, bytes("x"), null);
            return null;
        });
        assertThrows(
                IOException.class,
                () -> bench.store.<Void, IOException>transact(tx -> {
                    tx.put("inbox", bytes("stays"), NO_GROUP, bytes("x"), now);
                    assertEquals(2, tx.deleteExpired(now).size());
                    tx.put("inbox", bytes("stays"), NO_GROUP, bytes("x"), now);
                    throw new IOException("no");
                }));
        List<StoredRecord> deleted = bench.store.transact(tx -> tx.deleteExpired(now));
        assertEquals(
                List.of("expires"), deleted.stream().map(r -> text(r.key())).toList());
        assertTrue(contains("inbox", "stays"));
    }

    @Test
    void whileLockedExpiredRecordsGoByThemselvesAndOthersStay() throws Exception {
        Instant now = bench.clock.instant();
        bench.store.transact(tx -> {
            tx.put("inbox", bytes("soon"), NO_GROUP, bytes("x"), now.plusSeconds(10));
            tx.put("inbox", bytes("late"), NO_GROUP, bytes("x"), now.plusSeconds(1000));
            tx.put("inbox", bytes("never"), NO_GROUP, bytes("x"), null);
            return null;
        });
        assertEquals(30, bench.scheduler.seconds);
        bench.clock.pass(Duration.ofSeconds(11));
        bench.scheduler.tick();
        // Open: whoever opened it deletes, and hears what was deleted.
        assertEquals(3, count("inbox"));
        bench.store.lock();
        bench.scheduler.tick();
        bench.store.unlock(passphrase());
        assertEquals(
                List.of("late", "never"),
                bench.store.transact(tx -> tx.list("inbox")).stream()
                        .map(r -> text(r.key()))
                        .toList());
        assertEquals(List.of(), bench.store.transact(tx -> tx.deleteExpired(bench.clock.instant())));
    }

    @Test
    void aCandidateIsHeldOnceAndComesOutOldestFirst() throws Exception {
        bench.store.lock();
        bench.store.collect(bytes("first"));
        bench.store.collect(bytes("second"));
        bench.store.collect(bytes("first"));
        assertEquals(2, bench.store.collected());
        bench = restart();
        assertEquals(2, bench.store.collected());
        bench.store.collect(bytes("first"));
        bench.store.collect(bytes("third"));
        bench.store.unlock(passphrase());
        assertEquals(List.of("first", "second"), collected(2));
        assertEquals(List.of("first", "second", "third"), collected(100));
        assertEquals(List.of(), collected(0));
        bench.store.transact(tx -> {
            tx.discardCollected(tx.collected(1).get(0));
            return null;
        });
        assertEquals(List.of("second", "third"), collected(100));
        assertEquals(2, bench.store.collected());
        bench.store.collect(bytes("first"));
        assertEquals(List.of("second", "third", "first"), collected(100));
    }

    @Test
    void whatWasDiscardedInATransactionThatFailedIsStillHeld() throws Exception {
        bench.store.collect(bytes("kept"));
        assertThrows(
                IOException.class,
                () -> bench.store.<Void, IOException>transact(tx -> {
                    tx.discardCollected(tx.collected(1).get(0));
                    throw new IOException("something else went wrong");
                }));
        assertEquals(List.of("kept"), collected(5));
        StoredRecord other = new StoredRecord("inbox", 1, bytes("k"), bytes("v"));
        assertThrows(
                IllegalArgumentException.class,
                () -> bench.store.transact(tx -> {
                    tx.discardCollected(other);
                    return null;
                }));
    }

    @Test
    void theOldestCandidatesGoWhenThereAreTooMany() throws Exception {
        bench.store.lock();
        for (int i = 0; i < Bench.MOST_CANDIDATES; i++) {
            bench.store.collect(bytes("candidate " + i));
        }
        bench = restart();
        for (int i = 0; i < 3; i++) {
            bench.store.collect(bytes("newer " + i));
        }
        bench.store.unlock(passphrase());
        List<String> held = collected(1000);
        assertEquals(Bench.MOST_CANDIDATES, held.size());
        assertEquals("candidate 3", held.get(0));
        assertEquals("newer 2", held.get(held.size() - 1));
        bench.store.transact(tx -> {
            for (StoredRecord candidate : tx.collected(2)) {
                tx.discardCollected(candidate);
            }
            return null;
        });
        bench.store.collect(bytes("fits again"));
        assertEquals("candidate 5", collected(1).get(0));
        assertEquals(Bench.MOST_CANDIDATES - 1, collected(1000).size());
    }

    @Test
    void aFloodPushesOutNothingButWhatCameWithIt() throws Exception {
        bench.store.lock();
        bench.store.collect(List.of(in(1, "early"), in(-9, "waiting")));
        bench.store.collect(List.of(in(3, "flooded too")));
        for (int i = 0; i < 5; i++) {
            bench.store.collect(java.util.stream.IntStream.range(10 * i, 10 * i + 10)
                    .mapToObj(n -> in(3, "junk " + n))
                    .toList());
            // What is held is counted anew.
            bench = restart();
        }
        bench.store.collect(List.of(in(4, "late")));
        assertEquals(Bench.MOST_CANDIDATES, bench.store.collected());
        // 54 came, and there is room for 20.
        assertEquals(Map.of(3L, 34L), bench.store.dropped());
        bench.store.unlock(passphrase());
        List<String> held = collected(100);
        assertTrue(held.containsAll(List.of("early", "waiting", "late", "junk 49")), held.toString());
        assertFalse(held.contains("flooded too"));
        bench.store.forgetDropped(List.of(3L, 5L));
        assertEquals(Map.of(), bench.store.dropped());
    }

    @Test
    void aCandidateThatIsLargeTakesTheRoomOfSeveral() throws Exception {
        bench.store.lock();
        for (int i = 0; i < Bench.MOST_CANDIDATES; i++) {
            bench.store.collect(List.of(in(i, "candidate " + i)));
        }
        bench.store.collect(List.of(new Store.Collected(bytes("large"), new byte[3000], 99)));
        assertEquals(Bench.MOST_CANDIDATES - 2, bench.store.collected());
        assertEquals(3, bench.store.dropped().size());
    }

    @Test
    void manyCandidatesAreAddedInOneTransactionOrNotAtAll() throws Exception {
        bench.store.lock();
        Store.Collected tooLarge = new Store.Collected(bytes("x"), new byte[RecordBody.MAX_VALUE + 1], 1);
        assertThrows(IllegalArgumentException.class, () -> bench.store.collect(List.of(in(1, "one"), tooLarge)));
        assertEquals(0, bench.store.collected());
        bench.store.collect(List.of(in(1, "one"), in(1, "two"), in(1, "one")));
        assertEquals(2, bench.store.collected());
    }

    private static Store.Collected in(long share, String text) {
        return new Store.Collected(bytes(text), bytes(text), share);
    }

    private List<String> collected(int most) throws StoreException {
        return bench.store.transact(
                tx -> tx.collected(most).stream().map(c -> text(c.value())).toList());
    }

    @Test
    void notesAreSetReplacedAndRemoved() throws Exception {
        assertEquals(Optional.empty(), bench.store.note("scan"));
        bench.store.note("scan", "1");
        bench.store.note("scan", "2");
        bench.store.note("other", "");
        bench = restart();
        assertEquals(Optional.of("2"), bench.store.note("scan"));
        assertEquals(Optional.of(""), bench.store.note("other"));
        bench.store.note("scan", null);
        bench.store.note("scan", null);
        assertEquals(Optional.empty(), bench.store.note("scan"));
        assertThrows(IllegalArgumentException.class, () -> bench.store.note("k".repeat(256), "v"));
    }

    @Test
    void compactingKeepsEverything() throws Exception {
        bench.put("t", "k", "v");
        bench.store.collect(bytes("candidate"));
        bench.store.compact();
        assertEquals(Optional.of("v"), bench.get("t", "k"));
        bench.store.lock();
        bench.store.compact();
        bench.store.unlock(passphrase());
        assertEquals(List.of("candidate"), collected(5));
    }

    @Test
    void aStoreOfANewerFormatIsRefused() throws Exception {
        tamper("update pl_meta set content = " + binary("2".getBytes()) + " where name = 'format'");
        bench = restart();
        StoreException refused = assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
        assertEquals(
                "the store has format 2, this program reads format 1: start the newer program that wrote it, or restore"
                        + " a backup",
                refused.getMessage());
        assertThrows(StoreException.class, () -> bench.store.create(passphrase()));
        assertEquals(Store.State.LOCKED, bench.store.state());
    }

    @Test
    void recordsThatChangedPlacesAreFoundOut() throws Exception {
        bench.put("t", "mine", "10 sat");
        bench.put("t", "yours", "10,000 sat");
        tamper(
                "update pl_record set id = id + 100",
                "create table swap as select id, sealed from pl_record",
                "update pl_record set sealed = (select s.sealed from swap s where s.id <> pl_record.id)",
                "drop table swap",
                "update pl_record set id = id - 100");
        restartAndUnlock();
        StoreException refused = assertThrows(StoreException.class, () -> bench.get("t", "mine"));
        assertEquals("record 1 of the store is damaged: restore a backup", refused.getMessage());
        assertThrows(StoreException.class, () -> bench.store.transact(tx -> tx.list("t")));
    }

    @Test
    void aRecordMovedToAnotherKeyGroupOrPlaceIsFoundOut() throws Exception {
        String other = binary(new byte[StoreKeys.INDEX]);
        for (String change : List.of("grp = " + other, "id = id + 7", "more = " + other)) {
            bench.put("t", "k", "v");
            tamper("update pl_record set " + change);
            restartAndUnlock();
            assertThrows(StoreException.class, () -> bench.get("t", "k"), change);
            bench.store.transact(tx -> tx.delete("t", bytes("k")));
        }
        bench.put("t", "gone", "v");
        bench.put("t", "here", "w");
        // The hash of one key, at the row of another.
        tamper(
                "create table moved as select rec from pl_record where id = (select max(id) from pl_record)",
                "delete from pl_record where id = (select max(id) from pl_record)",
                "update pl_record set rec = (select rec from moved)",
                "drop table moved");
        restartAndUnlock();
        assertThrows(StoreException.class, () -> bench.get("t", "here"));
    }

    @Test
    void aDamagedRecordDoesNotKeepTheOthersBack() throws Exception {
        bench.put("t", "good", "v");
        bench.put("t", "bad", "v");
        tamper("update pl_record set sealed = " + binary(new byte[96]) + " where id = 2");
        restartAndUnlock();
        assertEquals(Optional.of("v"), bench.get("t", "good"));
        assertThrows(StoreException.class, () -> bench.get("t", "bad"));
        bench.put("t", "bad", "mended");
        assertEquals(List.of("v", "mended"), values("t"));
    }

    @Test
    void aChangedCandidateIsDroppedAndTheOthersComeOut() throws Exception {
        bench.store.collect(bytes("one"));
        bench.store.collect(bytes("two"));
        bench.store.collect(bytes("three"));
        tamper("update pl_candidate set sealed = " + binary(new byte[200]) + " where id < 3");
        restartAndUnlock();
        assertEquals(List.of("three"), collected(2));
        assertEquals(List.of("three"), collected(100));
    }

    @Test
    void anotherPublicKeyForCandidatesIsFoundOut() throws Exception {
        byte[] thief = CandidateBox.newKeyPair(new java.security.SecureRandom())
                .getPublic()
                .getEncoded();
        tamper("update pl_meta set content = " + binary(thief) + " where name = 'collect-public'");
        bench = restart();
        StoreException refused = assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
        assertEquals("the store's key for collected packets is damaged: restore a backup", refused.getMessage());
        assertEquals(Store.State.LOCKED, bench.store.state());
    }

    @Test
    void aDamagedWrapIsSaidAndNotTakenForAWrongPassphrase() throws Exception {
        tamper("update pl_meta set content = " + binary(new byte[99]) + " where name = 'wrap'");
        bench = restart();
        StoreException refused = assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
        assertEquals("the store's wrapped key is damaged: restore a backup", refused.getMessage());
    }

    /** A binary literal of the database. */
    abstract String binary(byte[] content);

    @Test
    void sealedSizesComeInSteps() throws Exception {
        for (int length : new int[] {0, 1, 7, 20, 40, 41, 200, 1000}) {
            bench.put("t", "k" + length, "x".repeat(length));
        }
        benches.forEach(Bench::close);
        try (Connection connection = source().open();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select sealed from pl_record")) {
            int seen = 0;
            while (rows.next()) {
                int padded = rows.getBytes(1).length - StoreKeys.SEAL_OVERHEAD;
                assertEquals(0, padded % 64);
                seen++;
            }
            assertEquals(8, seen);
        }
    }

    /** For subclasses: the raw sealed values in the database. */
    List<byte[]> sealedValues() throws Exception {
        benches.forEach(Bench::close);
        List<byte[]> values = new ArrayList<>();
        try (Connection connection = source().open();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select sealed from pl_record order by id")) {
            while (rows.next()) {
                values.add(rows.getBytes(1));
            }
        }
        return values;
    }

    @Test
    void theSameValueIsSealedDifferentlyEachTime() throws Exception {
        bench.put("t", "a", "same");
        byte[] first = sealedValues().get(0);
        restartAndUnlock();
        bench.put("t", "a", "same");
        byte[] second = sealedValues().get(0);
        assertFalse(Arrays.equals(first, second));
        assertEquals(first.length, second.length);
    }

    static void drop(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : List.of("pl_record", "pl_candidate", "pl_note", "pl_meta")) {
                statement.execute("drop table if exists " + table);
            }
        }
    }
}
