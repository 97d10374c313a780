package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.NO_GROUP;
import static org.partyline.storejdbc.Bench.bytes;
import static org.partyline.storejdbc.Bench.passphrase;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.Logged;

/**
 * After a failure of a disk or a database there is one clear line, nothing is lost, nothing is half done, and the store
 * continues by itself.
 */
class FailureTest {
    private static final String FULL =
            "the disk is full: free some space; the store keeps its data and continues by itself";

    @TempDir
    Path home;

    @AfterEach
    void mendsTheDisk() {
        HookedDisk.hook(what -> {});
    }

    private static void fillDisk() {
        HookedDisk.hook(what -> {
            if (what.equals("write")) {
                throw HookedDisk.FULL;
            }
        });
    }

    private static void emptyDisk() {
        HookedDisk.hook(what -> {});
    }

    @Test
    void aFullDiskIsSaidAndTheStoreGoesOnWhenThereIsRoom() throws Exception {
        try (Bench bench = Bench.embedded(home, HookedDisk.prefix())) {
            bench.store.create(passphrase());
            bench.put("t", "before", "1");
            fillDisk();
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        FULL,
                        assertThrows(StoreException.class, () -> bench.put("t", "during", "2"))
                                .getMessage());
                assertEquals(
                        FULL,
                        assertThrows(StoreException.class, () -> bench.store.collect(bytes("c")))
                                .getMessage());
                assertEquals(
                        FULL,
                        assertThrows(StoreException.class, () -> bench.store.note("n", "v"))
                                .getMessage());
                assertEquals(Store.State.OPEN, bench.store.state());
            }
            emptyDisk();
            assertEquals(Optional.of("1"), bench.get("t", "before"));
            assertEquals(Optional.empty(), bench.get("t", "during"));
            bench.put("t", "after", "3");
            bench.store.collect(bytes("c"));
        }
        try (Bench again = Bench.embedded(home)) {
            again.store.unlock(passphrase());
            assertEquals(2, again.store.transact(tx -> tx.list("t")).size());
            assertEquals(1, again.store.transact(tx -> tx.collected(9)).size());
        }
    }

    @Test
    void aDiskThatBecomesReadOnlyIsSaid() throws Exception {
        try (Bench bench = Bench.embedded(home, HookedDisk.prefix())) {
            bench.store.create(passphrase());
            bench.put("t", "before", "1");
            HookedDisk.hook(what -> {
                if (what.equals("write")) {
                    throw new IOException("Read-only file system");
                }
            });
            assertEquals(
                    Database.READ_ONLY,
                    assertThrows(StoreException.class, () -> bench.put("t", "during", "2"))
                            .getMessage());
            emptyDisk();
            assertEquals(Optional.of("1"), bench.get("t", "before"));
            assertEquals(Optional.empty(), bench.get("t", "during"));
        }
    }

    @Test
    void aDiskThatFailsAtAnyWriteLeavesAllOrNothing() throws Exception {
        int failing = 0;
        for (int at = 1; at <= 12; at++) {
            Path directory = home.resolve("run " + at);
            boolean reported = false;
            try (Bench bench = Bench.embedded(directory, HookedDisk.prefix())) {
                bench.store.create(passphrase());
                bench.put("t", "kept", "k");
                failAt(at);
                try {
                    putTwo(bench, null);
                } catch (StoreException e) {
                    assertEquals(FULL, e.getMessage());
                    reported = true;
                    failing++;
                }
                emptyDisk();
                assertEquals(
                        reported ? 1 : 3,
                        bench.store.transact(tx -> tx.list("t")).size());
            }
            try (Bench again = Bench.embedded(directory)) {
                again.store.unlock(passphrase());
                assertEquals(Optional.of("k"), again.get("t", "kept"));
                assertEquals(
                        reported ? 1 : 3,
                        again.store.transact(tx -> tx.list("t")).size());
            }
        }
        assertTrue(failing > 0, "at least one write failed");
    }

    private static void failAt(int count) {
        AtomicInteger left = new AtomicInteger(count);
        HookedDisk.hook(what -> {
            if (what.equals("write") && left.decrementAndGet() == 0) {
                throw HookedDisk.FULL;
            }
        });
    }

    private static void putTwo(Bench bench, Instant expires) throws StoreException {
        bench.store.transact(tx -> {
            tx.put("t", bytes("a"), NO_GROUP, bytes("a"), expires);
            tx.put("t", bytes("b"), NO_GROUP, new byte[10_000], expires);
            return null;
        });
    }

    @Test
    void aFullDiskAtTheClosingLosesNothing() throws Exception {
        Bench bench = Bench.embedded(home, HookedDisk.prefix());
        bench.store.create(passphrase());
        bench.put("t", "k", "v");
        fillDisk();
        bench.close();
        emptyDisk();
        try (Bench again = Bench.embedded(home)) {
            again.store.unlock(passphrase());
            assertEquals(Optional.of("v"), again.get("t", "k"));
        }
    }

    @Test
    void aFullDiskAtTheMakingLeavesNoStore() throws Exception {
        try (Bench bench = Bench.embedded(home, HookedDisk.prefix())) {
            assertEquals(Store.State.NEW, bench.store.state());
            fillDisk();
            assertThrows(StoreException.class, () -> bench.store.create(passphrase()));
            emptyDisk();
            assertEquals(Store.State.NEW, bench.store.state());
            bench.store.create(passphrase());
            assertEquals(Store.State.OPEN, bench.store.state());
        }
    }

    @Test
    void whatATransactionWroteIsFlushedToTheDiskBeforeItReturns() throws Exception {
        try (Bench bench = Bench.embedded(home, HookedDisk.prefix())) {
            bench.store.create(passphrase());
            List<String> calls = new ArrayList<>();
            HookedDisk.hook(calls::add);
            bench.put("t", "k", "v");
            assertTrue(calls.contains("write"), calls.toString());
            assertEquals("force", calls.get(calls.size() - 1));
            calls.clear();
            bench.store.collect(bytes("candidate"));
            assertTrue(calls.contains("write"), calls.toString());
            assertEquals("force", calls.get(calls.size() - 1));
            calls.clear();
            bench.get("t", "k");
            assertEquals(List.of(), calls);
        }
    }

    @Test
    void aFlushThatFailsIsTriedAgainOnANewConnection() throws Exception {
        try (Bench bench = Bench.embedded(home, HookedDisk.prefix())) {
            bench.store.create(passphrase());
            AtomicInteger failures = new AtomicInteger();
            HookedDisk.hook(what -> {
                if (what.equals("force") && failures.getAndIncrement() == 0) {
                    throw new IOException("Input/output error");
                }
            });
            bench.put("t", "k", "v");
            assertTrue(failures.get() > 1);
            assertEquals(Optional.of("v"), bench.get("t", "k"));
        }
    }

    @Test
    void aCommitThatIsRefusedLeavesNothing() throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(home));
        try (Bench bench = new Bench(faulty)) {
            bench.store.create(passphrase());
            bench.put("t", "k", "before");
            Instant soon = bench.clock.instant().plusSeconds(1);
            fail(faulty, "commit", false);
            StoreException refused = assertThrows(StoreException.class, () -> putTwo(bench, soon));
            assertEquals(
                    "the store's database does not answer: dependent functions wait and continue when it is back",
                    refused.getMessage());
            assertEquals(1, bench.store.transact(tx -> tx.list("t")).size());
            assertEquals(List.of(), bench.store.transact(tx -> tx.deleteExpired(soon)));
            bench.put("t", "k", "after");
            assertEquals(Optional.of("after"), bench.get("t", "k"));
            putTwo(bench, soon);
            fail(faulty, "commit", false);
            assertThrows(StoreException.class, () -> putTwo(bench, null));
            assertEquals(2, bench.store.transact(tx -> tx.deleteExpired(soon)).size());
        }
    }

    private static void assertExpiresWhileLocked(Bench bench) throws Exception {
        bench.store.lock();
        bench.clock.pass(Duration.ofSeconds(1));
        bench.scheduler.tick();
        bench.store.unlock(passphrase());
        assertEquals(List.of(), bench.store.transact(tx -> tx.list("t")));
    }

    /** Opening a store does not wait until it is known when its records expire. */
    @Test
    void whenRecordsExpireIsReadOnAfterTheDatabaseFailed() throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(home));
        try (Bench bench = new Bench(faulty)) {
            bench.store.create(passphrase());
            putTwo(bench, bench.clock.instant().plusSeconds(1));
        }
        try (Bench bench = new Bench(faulty)) {
            CountDownLatch opened = new CountDownLatch(1);
            bench.scheduler.execute(() -> {
                try {
                    opened.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            bench.store.unlock(passphrase());
            fail(faulty, "executeQuery", false);
            opened.countDown();
            bench.scheduler.submit(() -> {}).get();
            assertEquals(Optional.of("a"), bench.get("t", "a"));
            bench.scheduler.submit(() -> {}).get();
            assertExpiresWhileLocked(bench);
        }
    }

    @Test
    void candidatesWhoseCommitWasRefusedTakeNoRoom() throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(home));
        try (Bench bench = new Bench(faulty)) {
            bench.store.create(passphrase());
            bench.store.collect(bytes("one"));
            fail(faulty, "commit", false);
            assertThrows(StoreException.class, () -> bench.store.collect(bytes("refused")));
            for (int i = 1; i < Bench.MOST_CANDIDATES; i++) {
                bench.store.collect(bytes("candidate " + i));
            }
            assertEquals(Map.of(), bench.store.dropped());
        }
    }

    @Test
    void aCommitWhoseAnswerIsLostCounts() throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(home));
        try (Bench bench = new Bench(faulty)) {
            bench.store.create(passphrase());
            Instant soon = bench.clock.instant().plusSeconds(1);
            fail(faulty, "commit", true);
            putTwo(bench, soon);
            assertEquals(2, bench.store.transact(tx -> tx.list("t")).size());
            assertEquals(2, bench.store.transact(tx -> tx.deleteExpired(soon)).size());
        }
    }

    /** @param locked whether the store is locked before anybody uses it again */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCommitNobodyKnowsOfIsLookedAtWhenTheDatabaseIsBack(boolean locked) throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(home));
        try (Bench bench = new Bench(faulty)) {
            bench.store.create(passphrase());
            Instant soon = bench.clock.instant().plusSeconds(1);
            AtomicInteger commits = new AtomicInteger();
            faulty.hook = (what, done) -> {
                if (what.equals("commit") && done) {
                    commits.incrementAndGet();
                    throw new SQLException("connection reset", "08006");
                }
                if (what.equals("open") && commits.get() > 0) {
                    throw new SQLException("connection refused", "08001");
                }
            };
            assertThrows(StoreException.class, () -> putTwo(bench, soon));
            assertThrows(StoreException.class, () -> bench.get("t", "a"));
            faulty.hook = (what, done) -> {};
            if (locked) {
                bench.store.lock();
                bench.store.unlock(passphrase());
            } else {
                assertEquals(Optional.of("a"), bench.get("t", "a"));
            }
            // Its expiry is known, too, also while the store is locked.
            bench.scheduler.submit(() -> {}).get();
            assertExpiresWhileLocked(bench);
        }
    }

    @Test
    void workThatSwallowsAFailureIsNotCommitted() throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(home));
        try (Bench bench = new Bench(faulty)) {
            bench.store.create(passphrase());
            AtomicInteger swallowed = new AtomicInteger();
            assertThrows(
                    StoreException.class,
                    () -> bench.store.transact(tx -> {
                        tx.put("t", bytes("a"), NO_GROUP, bytes("a"), null);
                        fail(faulty, "executeUpdate", false);
                        try {
                            tx.put("t", bytes("b"), NO_GROUP, bytes("b"), null);
                        } catch (StoreException e) {
                            swallowed.incrementAndGet();
                        }
                        return null;
                    }));
            assertEquals(1, swallowed.get());
            assertEquals(Optional.empty(), bench.get("t", "a"));
        }
    }

    @Test
    void aFailureAtAnyStepOfTheMakingLeavesNoStoreOrAWholeOne() throws Exception {
        for (int at = 1; at <= 8; at++) {
            FaultySource faulty = new FaultySource(Bench.source(home.resolve("run " + at)));
            try (Bench bench = new Bench(faulty)) {
                assertEquals(Store.State.NEW, bench.store.state());
                AtomicInteger left = new AtomicInteger(at);
                faulty.hook = (what, done) -> {
                    if (!done
                            && (what.equals("executeUpdate") || what.equals("execute"))
                            && left.decrementAndGet() == 0) {
                        throw new SQLException("broken", "08006");
                    }
                };
                boolean made = true;
                try {
                    bench.store.create(passphrase());
                } catch (StoreException e) {
                    made = false;
                }
                faulty.hook = (what, done) -> {};
                if (!made && bench.store.state() == Store.State.NEW) {
                    bench.store.create(passphrase());
                }
                bench.store.unlock(passphrase());
                bench.put("t", "k", "v");
                assertEquals(Optional.of("v"), bench.get("t", "k"));
            }
        }
    }

    @Test
    void aChangeOfPassphraseThatFailsLeavesTheOldOne() throws Exception {
        try (Bench bench = Bench.embedded(home, HookedDisk.prefix())) {
            bench.store.create(passphrase());
            char[] next = "another passphrase".toCharArray();
            fillDisk();
            assertEquals(
                    FULL,
                    assertThrows(StoreException.class, () -> bench.store.changePassphrase(passphrase(), next))
                            .getMessage());
            emptyDisk();
            bench.store.lock();
            assertThrows(StoreException.class, () -> bench.store.unlock(next));
            bench.store.unlock(passphrase());
        }
    }

    /**
     * The last step erases the key of the previous file: its failure is not reported, since the new passphrase is
     * already valid.
     */
    @Test
    void aChangeOfPassphraseThatFailedWhenItHadTakenPlaceCounts() throws Exception {
        EmbeddedDatabase source = Bench.source(home);
        try (Bench bench = new Bench(source)) {
            bench.store.create(passphrase());
            source.steps = step -> {
                if (step.equals("file")) {
                    throw HookedDisk.FULL;
                }
            };
            char[] next = "another passphrase".toCharArray();
            bench.store.changePassphrase(passphrase(), next);
            source.steps = step -> {};
            bench.store.lock();
            bench.store.unlock(next);
            assertEquals(
                    1, Haystack.keysIn(Files.readAllBytes(home.resolve("keys"))).size());
        }
    }

    @Test
    void theLockedSweepGoesOnAfterAFailure() throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(home));
        try (Bench bench = new Bench(faulty)) {
            bench.store.create(passphrase());
            putTwo(bench, bench.clock.instant().plusSeconds(5));
            bench.store.lock();
            bench.clock.pass(Duration.ofSeconds(5));
            fail(faulty, "commit", false);
            bench.scheduler.tick();
            bench.scheduler.tick();
            bench.store.unlock(passphrase());
            assertEquals(List.of(), bench.store.transact(tx -> tx.list("t")));
        }
    }

    @Test
    void damagedRecordsAreCountedAnewAtEachUnlock() throws Exception {
        try (Bench bench = new Bench(Bench.source(home))) {
            bench.store.create(passphrase());
            putTwo(bench, bench.clock.instant().plusSeconds(5));
        }
        try (Connection connection = Bench.source(home).open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute("update pl_record set id = id + 100");
        }
        try (Bench bench = new Bench(Bench.source(home))) {
            for (int i = 0; i < 2; i++) {
                String log = Logged.during(() -> {
                    bench.store.unlock(passphrase());
                    bench.scheduler.submit(() -> {}).get();
                });
                assertTrue(log.contains("The store has damaged records (2): restore a backup"), log);
                bench.store.lock();
            }
        }
    }

    @Test
    void theLockedSweepGoesOnAfterAnErrorAndTheLogNamesItsKindOnly() throws Exception {
        FaultySource faulty = new FaultySource(Bench.source(home));
        try (Bench bench = new Bench(faulty)) {
            bench.store.create(passphrase());
            putTwo(bench, bench.clock.instant().plusSeconds(5));
            bench.store.lock();
            bench.clock.pass(Duration.ofSeconds(5));
            faulty.hook = (called, done) -> {
                throw new OutOfMemoryError("words of a record");
            };
            String log = Logged.during(bench.scheduler::tick);
            assertTrue(log.contains("Expired records could not be deleted yet: OutOfMemoryError at "), log);
            assertFalse(log.contains("words of a record"), log);
            faulty.hook = (called, done) -> {};
            bench.scheduler.tick();
            bench.store.unlock(passphrase());
            assertEquals(List.of(), bench.store.transact(tx -> tx.list("t")));
        }
    }

    @Test
    void aMissingKeyDerivationIsSaidAndNothingIsMade() throws Exception {
        Database database = new Database(Bench.source(home));
        HandScheduler scheduler = new HandScheduler();
        try (JdbcStore store = new JdbcStore(
                database,
                id -> Optional.empty(),
                QuickArgon2.CHEAP,
                new java.security.SecureRandom(),
                new HandSetClock(Instant.parse("2026-03-01T12:00:00Z")),
                scheduler,
                10,
                java.time.Duration.ofHours(1))) {
            StoreException refused = assertThrows(StoreException.class, () -> store.create(passphrase()));
            assertEquals(
                    "the key derivation ARGON2ID of the store's passphrase is not running: start its bundle",
                    refused.getMessage());
            assertEquals(Store.State.NEW, store.state());
        } finally {
            scheduler.shutdownNow();
        }
    }

    @Test
    void aStoppedStoreSaysSo() throws Exception {
        Bench bench = Bench.embedded(home);
        bench.store.create(passphrase());
        bench.close();
        assertEquals(Store.State.LOCKED, bench.store.state());
        assertTrue(bench.scheduler.isCancelled());
        StoreException refused = assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
        assertEquals("the store was stopped: try again when its bundle runs", refused.getMessage());
    }

    /** Each operation by this thread, and then one by another. */
    @Test
    void noOperationHoldsUpOtherThreads() throws Exception {
        try (Bench bench = Bench.embedded(home)) {
            JdbcStore store = bench.store;
            assertEquals(Store.State.NEW, store.state());
            store.create(passphrase());
            SecretBytes key = store.storeKey(passphrase());
            store.lock();
            store.unlock(key);
            store.unlock(passphrase());
            store.changePassphrase(passphrase(), passphrase());
            store.setDuress(passphrase(), "under duress".toCharArray());
            store.collect(bytes("packet"));
            store.collected();
            store.forgetDropped(store.dropped().keySet());
            store.note("a", "b");
            store.note("a");
            store.confirmLeader();
            store.acceptPutBack();
            store.compact();
            store.copies();
            store.eraseAfter(Duration.ofHours(2));
            bench.scheduler.tick();
            store.transact(tx -> {
                // It does not wait for the transaction.
                assertEquals(Store.State.OPEN, inAnotherThread(bench, store::state));
                return null;
            });
            store.destroy();
            store.create(passphrase());
            assertEquals(Optional.empty(), inAnotherThread(bench, () -> bench.get("t", "k")));
            store.close();
            assertEquals(false, inAnotherThread(bench, store::acceptPutBack));
        }
    }

    private static <T> T inAnotherThread(Bench bench, Callable<T> work) {
        try {
            return bench.scheduler.submit(work).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatWasRefusedWithinATransactionHoldsUpNoOtherThread() throws Exception {
        try (Bench bench = Bench.embedded(home)) {
            bench.store.create(passphrase());
            AtomicReference<StoreTransaction> kept = new AtomicReference<>();
            assertThrows(
                    IllegalStateException.class,
                    () -> bench.store.transact(tx -> {
                        kept.set(tx);
                        assertThrows(ExecutionException.class, bench.scheduler.submit(() -> tx.count("t"))::get);
                        bench.store.lock();
                        return null;
                    }));
            assertThrows(
                    IllegalStateException.class, () -> kept.get().put("t", bytes("k"), NO_GROUP, bytes("v"), null));
            assertEquals(Optional.empty(), inAnotherThread(bench, () -> bench.get("t", "k")));
        }
    }

    /** The states are those of the SQL standard, PostgreSQL's and H2's. */
    @Test
    void whatADatabaseReportsIsSaidInWords() {
        String away = "the store's database does not answer: dependent functions wait and continue when it is back";
        assertEquals(FULL, said(new SQLException("could not extend file", "53100")));
        assertEquals(FULL, said(new SQLException("x", new IOException("No space left on device"))));
        assertEquals(Database.READ_ONLY, said(new SQLException("cannot execute INSERT", "25006")));
        assertEquals(Database.READ_ONLY, said(new SQLException("x", new IOException("Read-only file system"))));
        assertEquals(away, said(new SQLException("terminating connection", "57P01")));
        assertEquals(away, said(new SQLException("x", new SQLException("connection refused", "08001"))));
        assertEquals(away, said(new SQLTransientConnectionException("the pool is empty")));
        assertEquals(Database.IN_USE, said(new SQLException("locked", "90020", 90020)));
        assertEquals(
                "the store's database failed (SQL state 42601, code 7): check the disk, the database and the log; the "
                        + "next use opens it again",
                said(new SQLException("syntax", "42601", 7)));
    }

    private static String said(SQLException failure) {
        return Database.failure(failure).getMessage();
    }

    @Test
    void aMigrationThatChangedNothingIsSaid() throws Exception {
        ConnectionSource below = Bench.source(home);
        try (Bench bench = new Bench(below)) {
            bench.store.create(passphrase());
        }
        ConnectionSource idle = new ConnectionSource() {
            @Override
            public Connection open() throws SQLException, StoreException {
                return below.open();
            }

            @Override
            public void migrate(Migrations migrations, Fence fence) {
                // As if nothing had been committed.
            }
        };
        Migrations newer = new Migrations(List.of(connection -> {}));
        try (Bench bench = new Bench(new Database(idle, newer, Long.MAX_VALUE))) {
            assertEquals(
                    "the store still has its old format: restart, and see the log",
                    assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()))
                            .getMessage());
        }
    }

    /** Makes the next such call fail, once. */
    private static void fail(FaultySource faulty, String what, boolean after) {
        AtomicInteger calls = new AtomicInteger();
        faulty.hook = (called, done) -> {
            if (called.equals(what) && done == after && calls.getAndIncrement() == 0) {
                throw new SQLException("connection reset", "08006");
            }
        };
    }

    private void fill(Bench bench, int records, Instant expires) throws StoreException {
        bench.store.transact(tx -> {
            for (int i = 0; i < records; i++) {
                tx.put("messages", bytes("k" + i), Bench.NO_GROUP, bytes("text " + i), expires);
            }
            return null;
        });
    }

    /** The number of queries until a store with this number of records is open. */
    private int queriesOfUnlock(Path directory, int records) throws Exception {
        Instant expires = Instant.parse("2026-03-01T13:00:00Z");
        try (Bench bench = Bench.embedded(directory)) {
            bench.store.create(passphrase());
            fill(bench, records, expires);
        }
        FaultySource source = new FaultySource(Bench.source(directory));
        AtomicInteger queries = new AtomicInteger();
        try (Bench bench = new Bench(source)) {
            // Nothing is read in the background meanwhile.
            CountDownLatch busy = new CountDownLatch(1);
            bench.scheduler.execute(() -> await(busy));
            source.hook = (what, done) -> {
                if (what.equals("executeQuery") && !done) {
                    queries.incrementAndGet();
                }
            };
            bench.store.unlock(passphrase());
            int asked = queries.get();
            // Expired records are deleted when they are due, even before the background has read them; also after a
            // failure.
            assertThrows(
                    IllegalStateException.class,
                    () -> bench.store.transact(tx -> {
                        assertEquals(records, tx.deleteExpired(expires).size());
                        throw new IllegalStateException();
                    }));
            assertEquals(
                    records,
                    bench.store.transact(tx -> tx.deleteExpired(expires)).size());
            busy.countDown();
            return asked;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void openingAStoreReadsNoRecordHoweverManyThereAre() throws Exception {
        assertEquals(queriesOfUnlock(home.resolve("small"), 1), queriesOfUnlock(home.resolve("large"), 2500));
    }

    @Test
    void whenRecordsExpireIsReadInTheBackgroundAndKnownWhileLocked() throws Exception {
        Instant expires = Instant.parse("2026-03-01T13:00:00Z");
        try (Bench bench = Bench.embedded(home)) {
            bench.store.create(passphrase());
            fill(bench, 2500, expires);
        }
        try (Bench bench = Bench.embedded(home)) {
            bench.store.unlock(passphrase());
            // A portion schedules the next one before it ends.
            for (int i = 0; i < 4; i++) {
                bench.scheduler.submit(() -> {}).get();
            }
            bench.store.lock();
            bench.clock.pass(Duration.ofHours(2));
            bench.scheduler.tick();
            bench.store.unlock(passphrase());
            assertEquals(List.of(), bench.store.transact(tx -> tx.list("messages")));
        }
    }

    /** An erasure begins while the file is rewritten. */
    @Test
    void aKeyFileThatIsOverwrittenDuringACompactionGetsNoNewKey() throws Exception {
        EmbeddedDatabase source = Bench.source(home);
        try (Bench bench = new Bench(source)) {
            bench.store.create(passphrase());
            source.steps = step -> {
                if (step.equals("copy")) {
                    bench.store.overwriteKeys();
                }
            };
            assertThrows(StoreException.class, bench.store::compact);
            assertEquals(List.of(), List.copyOf(Haystack.keysIn(Files.readAllBytes(home.resolve("keys")))));
            source.steps = step -> {};
            bench.store.destroy();
            bench.store.create(passphrase());
            bench.store.compact();
        }
    }

    @Test
    void aLargeFileIsNotRewrittenBecauseTheServerStarted() throws Exception {
        try (Bench bench = Bench.embedded(home)) {
            bench.store.create(passphrase());
            fill(bench, 500, null);
        }
        EmbeddedDatabase source = Bench.source(home);
        List<String> steps = new ArrayList<>();
        source.steps = steps::add;
        try (Bench bench = new Bench(new Database(source, 1000))) {
            bench.store.unlock(passphrase());
            bench.put("t", "k", "v");
            assertEquals(List.of(), steps);
        }
    }
}
