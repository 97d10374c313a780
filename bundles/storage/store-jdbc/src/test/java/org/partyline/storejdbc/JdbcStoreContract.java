package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.NO_GROUP;
import static org.partyline.storejdbc.Bench.bytes;
import static org.partyline.storejdbc.Bench.text;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.testkit.Logged;
import org.partyline.testkit.StoreContract;

/** The contract of every database under the store, besides the contract of every store. */
abstract class JdbcStoreContract extends StoreContract {
    private final List<Bench> benches = new ArrayList<>();
    Bench bench;

    /** A source for the one database of this test; empty at first. */
    abstract ConnectionSource source() throws Exception;

    /** Whether the database may contain the tables of a store. */
    boolean isUsed() {
        return !benches.isEmpty();
    }

    @Override
    protected Store fresh() throws Exception {
        if (isUsed()) {
            benches.forEach(Bench::close);
            try (Connection connection = source().open()) {
                drop(connection);
            }
        }
        return restarted();
    }

    @Override
    protected Store restarted() throws Exception {
        bench = restart();
        return bench.store;
    }

    @Override
    protected int mostCandidates() {
        return Bench.MOST_CANDIDATES;
    }

    @AfterEach
    void closesWhatItOpened() {
        benches.forEach(Bench::close);
    }

    /** Returns the file without which nothing opens the store. */
    abstract Path keyFile();

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

    /** Changes the tables without the store. */
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

    private List<String> values(String table) throws StoreException {
        return bench.store.transact(tx ->
                tx.list(table).stream().map(record -> text(record.value())).toList());
    }

    @Test
    void whatIsRefusedSaysWhatToDo() throws Exception {
        assertEquals(
                "there is already a store: open it with partyline:unlock",
                assertThrows(StoreException.class, () -> bench.store.create("another passphrase".toCharArray()))
                        .getMessage());
        assertEquals(
                "the passphrase has 7 characters: use 8 or more",
                assertThrows(
                                StoreException.class,
                                () -> bench.store.changePassphrase(passphrase(), "seven77".toCharArray()))
                        .getMessage());
        assertEquals(
                "store: a value has 0 to 1048576 bytes, not 1048577",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> bench.store.transact(tx -> {
                                    tx.put("t", bytes("k"), NO_GROUP, new byte[RecordBody.MAX_VALUE + 1], null);
                                    return null;
                                }))
                        .getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> bench.store.transact(tx -> {
                    tx.put("", bytes("k"), NO_GROUP, bytes("v"), null);
                    return null;
                }));
        assertThrows(IllegalArgumentException.class, () -> bench.store.note("k".repeat(256), "v"));
        bench.store.lock();
        assertEquals(
                "the store is locked: open it with partyline:unlock",
                assertThrows(StoreLockedException.class, () -> bench.store.transact(tx -> "never runs"))
                        .getMessage());
        tamper("delete from pl_meta");
        bench = restart();
        String message = "there is no store: create one with partyline:setup";
        assertEquals(
                message,
                assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()))
                        .getMessage());
        assertEquals(
                message,
                assertThrows(StoreException.class, () -> bench.store.unlock(SecretBytes.wrap(new byte[32])))
                        .getMessage());
        assertEquals(
                message,
                assertThrows(StoreException.class, () -> bench.store.collect(bytes("c")))
                        .getMessage());
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
    void aWrongPassphraseCostsTheSameWork() throws Exception {
        bench.store.lock();
        for (String wrong : List.of("correct horse batterz", "", "x", "correct horse battery correct horse battery")) {
            int before = bench.argon2.runs.get();
            assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(wrong.toCharArray()));
            assertEquals(1, bench.argon2.runs.get() - before);
        }
        int before = bench.argon2.runs.get();
        bench.store.unlock(passphrase());
        assertEquals(1, bench.argon2.runs.get() - before);
    }

    private static final char[] DURESS = "here it is, take it".toCharArray();

    @Test
    void theDuressPassphraseErasesALockedStoreAndOpensAnEmptyOne() throws Exception {
        bench.put("t", "k", "v");
        bench.store.note("a note", "x");
        bench.store.collect(bytes("packet"));
        bench.store.setDuress(passphrase(), DURESS);
        assertEquals(Optional.of("v"), bench.get("t", "k"));
        byte[] storeKey = storeKeyOf(passphrase());
        // While open, it is a wrong passphrase: the caller has seen all of it already.
        assertThrows(WrongPassphraseException.class, () -> bench.store.storeKey(DURESS));
        assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(DURESS));
        assertThrows(
                WrongPassphraseException.class,
                () -> bench.store.changePassphrase(DURESS, "something else".toCharArray()));
        assertEquals(Optional.of("v"), bench.get("t", "k"));

        bench.store.lock();
        int before = bench.argon2.runs.get();
        bench.store.unlock(DURESS);
        assertEquals(1, bench.argon2.runs.get() - before, "as any unlock");
        assertEquals(Store.State.OPEN, bench.store.state());
        assertEquals(Optional.empty(), bench.get("t", "k"));
        assertEquals(0, count("t"));
        assertEquals(Optional.empty(), bench.store.note("a note"));
        bench.put("t", "k", "another life");
        assertEquals(0, bench.store.collected());
        for (int i = 0; i < Bench.MOST_CANDIDATES; i++) {
            bench.store.collect(bytes("another packet " + i));
        }
        assertEquals(Map.of(), bench.store.dropped());

        restartAndUnlock(DURESS);
        assertEquals(Optional.of("another life"), bench.get("t", "k"));
        bench.store.lock();
        assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(passphrase()));
        assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(SecretBytes.wrap(storeKey)));
        // It is a passphrase of an empty store like any other: nothing is erased again.
        bench.store.unlock(DURESS);
        assertEquals(Optional.of("another life"), bench.get("t", "k"));
        bench.store.setDuress(DURESS, "another for duress".toCharArray());
    }

    /** Only what is open has keys in memory; the test has the arrays that a reader of the memory would find. */
    @Test
    void noPassphraseAndNoKeyStaysInMemory() throws Exception {
        tamper("delete from pl_meta");
        bench = restart();
        bench.store.create(passphrase());
        byte[] storeKey = storeKeyOf(passphrase());
        bench.store.setDuress(passphrase(), DURESS);
        char[] next = "quite another one".toCharArray();
        bench.store.changePassphrase(passphrase(), next);
        bench.store.lock();
        assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(passphrase()));
        bench.store.unlock(next);
        bench.store.lock();
        bench.store.unlock(DURESS);
        byte[] emptyKey = storeKeyOf(DURESS);
        assertFalse(Arrays.equals(new byte[emptyKey.length], emptyKey));
        for (SecretBytes secret : bench.argon2.secrets) {
            assertTrue(isWiped(secret), "a passphrase or what was derived from it");
        }
        for (byte[] drawn : bench.drawn) {
            byte[] front = Arrays.copyOf(drawn, storeKey.length);
            assertFalse(Arrays.equals(front, storeKey), "the key of the store");
            assertFalse(Arrays.equals(front, emptyKey), "the key of the empty store");
        }
    }

    private static boolean isWiped(SecretBytes secret) {
        try {
            return Arrays.equals(new byte[secret.length()], secret.expose());
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private byte[] storeKeyOf(char[] passphrase) throws StoreException {
        try (SecretBytes key = bench.store.storeKey(passphrase)) {
            return key.expose().clone();
        }
    }

    private void restartAndUnlock(char[] passphrase) throws Exception {
        bench = restart();
        bench.store.unlock(passphrase);
    }

    @Test
    void theDuressPassphraseStaysWithAnotherPassphraseAndGoesWhenItIsToldTo() throws Exception {
        bench.put("t", "k", "v");
        bench.store.setDuress(passphrase(), DURESS);
        bench.store.changePassphrase(passphrase(), "quite another one".toCharArray());
        bench.store.removeDuress("quite another one".toCharArray());
        bench.store.lock();
        assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(DURESS));
        bench.store.unlock("quite another one".toCharArray());
        assertEquals(Optional.of("v"), bench.get("t", "k"));
        bench.store.setDuress("quite another one".toCharArray(), DURESS);
        bench.store.changePassphrase("quite another one".toCharArray(), passphrase());
        bench.store.lock();
        bench.store.unlock(DURESS);
        assertEquals(Optional.empty(), bench.get("t", "k"));
    }

    @Test
    void aDuressPassphraseIsLongEnoughAndNotTheStoresOwn() throws Exception {
        assertTrue(assertThrows(StoreException.class, () -> bench.store.setDuress(passphrase(), passphrase()))
                .getMessage()
                .contains("choose another one for duress"));
        assertTrue(
                assertThrows(StoreException.class, () -> bench.store.setDuress(passphrase(), "seven77".toCharArray()))
                        .getMessage()
                        .contains("use 8 or more"));
        assertThrows(WrongPassphraseException.class, () -> bench.store.setDuress("wrong one".toCharArray(), DURESS));
        assertThrows(WrongPassphraseException.class, () -> bench.store.removeDuress("wrong one".toCharArray()));
        bench.store.setDuress(passphrase(), DURESS);
        assertTrue(assertThrows(StoreException.class, () -> bench.store.changePassphrase(passphrase(), DURESS))
                .getMessage()
                .contains("choose another one"));
        bench.store.lock();
        bench.store.unlock(passphrase());
    }

    /** Also while a transaction, a compaction or a database that does not answer delays the rest. */
    @Test
    void itsKeysAreOverwrittenAtOnce() throws Exception {
        bench.put("t", "k", "v");
        byte[] before = Files.readAllBytes(keyFile());
        assertEquals(1, Haystack.keysIn(before).size());
        bench.store.transact(tx -> {
            new ErasableStore(bench.store).overwriteKeys();
            byte[] after = Files.readAllBytes(keyFile());
            assertEquals(before.length, after.length, "in place");
            assertEquals(List.of(), List.copyOf(Haystack.keysIn(after)));
            return tx.get("t", bytes("k"));
        });
        bench.store.compact();
        bench.clock.pass(Duration.ofDays(2));
        bench.scheduler.tick();
        Bench other = restart();
        assertEquals(List.of(), List.copyOf(Haystack.keysIn(Files.readAllBytes(keyFile()))), "no new one");
        assertThrows(StoreException.class, () -> other.store.unlock(passphrase()));
        other.store.destroy();
        bench = restart();
        bench.store.overwriteKeys();
        bench.store.create(passphrase());
        assertEquals(Optional.empty(), bench.get("t", "k"));
    }

    @Test
    void aDestroyedStoreIsThereNoMoreAndAnotherCanBeMade() throws Exception {
        bench.put("t", "k", "v");
        bench.store.collect(bytes("packet"));
        new ErasableStore(bench.store).erase();
        assertThrows(StoreLockedException.class, () -> bench.get("t", "k"));
        assertEquals(Store.State.NEW, bench.store.state());
        assertEquals(0, bench.store.collected());
        assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
        assertThrows(StoreException.class, () -> bench.store.collect(bytes("packet")));
        bench.store.destroy();
        bench.store.create("a new beginning".toCharArray());
        assertEquals(Optional.empty(), bench.get("t", "k"));
        bench.put("t", "k", "another life");
        bench.store.note("a note", "x");
        assertEquals(Optional.of("x"), bench.store.note("a note"));
        bench.store.lock();
        bench.store.unlock("a new beginning".toCharArray());
        bench.store.destroy();
        bench = restart();
        assertEquals(Store.State.NEW, bench.store.state());
        bench.store.create("a new beginning".toCharArray());
        assertEquals(Optional.empty(), bench.get("t", "k"));
        bench.store.destroy();
        bench.store.destroy();
    }

    /** The server stopped when the wrapped key was overwritten, and nothing else. */
    @Test
    void aStoreWhoseWrappedKeyWasOverwrittenIsErasedAtTheNextStart() throws Exception {
        bench.put("t", "k", "v");
        tamper("update pl_meta set content = " + binary(new byte[223]) + " where name = 'wrap'");
        bench = restart();
        assertEquals(Store.State.NEW, bench.store.state());
        bench.store.create(passphrase());
        assertEquals(0, count("t"));
    }

    @Test
    void whatIsNotedOrCollectedFitsUpToItsLimit() throws Exception {
        String key = "k".repeat(255);
        String most = "n".repeat(65_536);
        bench.store.note(key, most);
        assertEquals(Optional.of(most), bench.store.note(key));
        assertThrows(IllegalArgumentException.class, () -> bench.store.note(key, most + "n"));
        assertThrows(IllegalArgumentException.class, () -> bench.store.note(key + "k"));
        bench.store.collect(new byte[RecordBody.MAX_VALUE]);
        assertEquals(1, bench.store.collected());
        String table = "t".repeat(255);
        byte[] longest = new byte[65_535];
        bench.store.transact(tx -> {
            tx.put(table, longest, longest, bytes("v"), null);
            return null;
        });
        restartAndUnlock();
        assertEquals(List.of("v"), values(table));
        for (byte[] over : List.of(new byte[65_536], new byte[70_000])) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> bench.store.transact(tx -> {
                        tx.put("t", over, NO_GROUP, bytes("v"), null);
                        return null;
                    }));
        }
        assertThrows(IllegalArgumentException.class, () -> bench.put(table + "t", "k", "v"));
    }

    @Test
    void aRecordThatIsPutAgainWhereOneHasExpiredIsThere() throws Exception {
        Instant now = bench.clock.instant();
        bench.store.transact(tx -> {
            tx.put("t", bytes("k"), NO_GROUP, bytes("old"), now);
            return null;
        });
        bench.store.transact(tx -> {
            assertTrue(tx.contains("t", bytes("k")));
            assertEquals(1, tx.deleteExpired(now).size());
            assertFalse(tx.contains("t", bytes("k")));
            tx.put("t", bytes("k"), NO_GROUP, bytes("new"), null);
            return null;
        });
        assertEquals(Optional.of("new"), bench.get("t", "k"));
    }

    /** A packet of up to 1,024 bytes takes one place. */
    @Test
    void damagedCandidatesThatAreRemovedMakeRoom() throws Exception {
        for (int i = 0; i < Bench.MOST_CANDIDATES; i++) {
            bench.store.collect(List.of(new Store.Collected(bytes("name " + i), new byte[1024], 1)));
        }
        tamper("update pl_candidate set sealed = " + binary(new byte[200]) + " where id < 4");
        restartAndUnlock();
        bench.store.collect(List.of(new Store.Collected(bytes("one more"), new byte[1], 1)));
        assertEquals(Map.of(1L, 1L), bench.store.dropped());
        assertEquals(Bench.MOST_CANDIDATES - 2, collected(100).size());
        bench.store.collect(List.of(new Store.Collected(bytes("a second"), new byte[1025], 1)));
        assertEquals(Map.of(1L, 1L), bench.store.dropped());
        bench.store.collect(List.of(new Store.Collected(bytes("a third"), new byte[1], 1)));
        assertEquals(Map.of(1L, 2L), bench.store.dropped());
        String log = Logged.during(() -> collected(100));
        assertFalse(log.contains("damaged"), log);
        tamper("update pl_candidate set sealed = " + binary(new byte[200]));
        restartAndUnlock();
        assertEquals(List.of(), collected(100));
    }

    @Test
    void damagedPropertiesOfTheStoreAreSaid() throws Exception {
        bench.put("t", "k", "v");
        bench.store.collect(bytes("packet"));
        Map<String, String> damages = Map.of(
                "delete from pl_meta where name = 'collect-private'",
                "the store's key for collected packets is damaged: restore a backup",
                "delete from pl_meta where name = 'collect-public'",
                "the store's key for collected packets is damaged: restore a backup",
                "update pl_meta set content = " + binary(new byte[3]) + " where name = 'turn'",
                "the store's counters are damaged: restore a backup",
                "delete from pl_meta where name = 'turn'",
                "there is no store: create one with partyline:setup");
        tamper("create table kept as select * from pl_meta");
        for (Map.Entry<String, String> each : damages.entrySet()) {
            tamper(each.getKey());
            bench = restart();
            StoreException refused = assertThrows(StoreException.class, () -> {
                bench.store.unlock(passphrase());
                bench.put("t", "k", "w");
            });
            assertEquals(each.getValue(), refused.getMessage(), each.getKey());
            tamper("delete from pl_meta", "insert into pl_meta select * from kept");
        }
        tamper("update pl_meta set content = " + binary(new byte[3]) + " where name = 'collect-public'");
        bench = restart();
        assertEquals(
                "the store's key for collected packets is damaged: restore a backup",
                assertThrows(StoreException.class, () -> bench.store.collect(bytes("another")))
                        .getMessage());
        tamper("drop table kept");
    }

    @Test
    void aStoreWithoutTheKeyForCollectedPacketsIsNotOpenedWithTheStoreKeyEither() throws Exception {
        try (SecretBytes storeKey = bench.store.storeKey(passphrase())) {
            tamper("delete from pl_meta where name = 'collect-private'");
            bench = restart();
            assertEquals(
                    "the store's key for collected packets is damaged: restore a backup",
                    assertThrows(StoreException.class, () -> bench.store.unlock(storeKey))
                            .getMessage());
        }
    }

    /** Of equally full shares, the newest block: it can be read again. */
    @Test
    void theFullestShareMakesRoomEachTime() throws Exception {
        for (int i = 0; i < Bench.MOST_CANDIDATES; i++) {
            collect(i, 1 + i % 2);
        }
        for (int i = 0; i < 8; i++) {
            collect(100 + i, 0);
        }
        assertEquals(Map.of(1L, 4L, 2L, 4L), bench.store.dropped());
        collect(200, 0);
        assertEquals(Map.of(0L, 1L, 1L, 4L, 2L, 4L), bench.store.dropped());
    }

    private void collect(int name, long share) throws Exception {
        bench.store.collect(List.of(new Store.Collected(bytes("name " + name), new byte[1], share)));
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

    /** When they expire is read in portions of a thousand records. */
    @Test
    void allRecordsOfALargeStoreExpireWhileItIsLockedAlsoAfterATransactionThatFailed() throws Exception {
        Instant soon = bench.clock.instant().plusSeconds(10);
        bench.store.transact(tx -> {
            for (int i = 0; i <= 1000; i++) {
                tx.put("inbox", bytes("k" + i), NO_GROUP, bytes("x"), soon);
            }
            return null;
        });
        restartAndUnlock();
        for (int i = 0; i < 2; i++) {
            bench.scheduler.submit(() -> {}).get();
        }
        IllegalStateException fails = new IllegalStateException();
        assertSame(
                fails,
                assertThrows(
                        IllegalStateException.class,
                        () -> bench.store.transact(tx -> {
                            tx.put("inbox", bytes("one more"), NO_GROUP, bytes("x"), null);
                            throw fails;
                        })));
        bench.store.lock();
        bench.clock.pass(Duration.ofSeconds(11));
        bench.scheduler.tick();
        bench.store.unlock(passphrase());
        assertEquals(0, count("inbox"));
    }

    @Test
    void theStoreKeyOpensTheStoreWithNoDerivation() throws Exception {
        try (SecretBytes storeKey = bench.store.storeKey(passphrase())) {
            bench = restart();
            int before = bench.argon2.runs.get();
            bench.store.unlock(storeKey);
            assertEquals(before, bench.argon2.runs.get());
        }
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
        // While open, the user of the store deletes, and learns what was deleted.
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

    private List<String> collected(int most) throws StoreException {
        return bench.store.transact(
                tx -> tx.collected(most).stream().map(c -> text(c.value())).toList());
    }

    @Test
    void aStoreOfANewerFormatIsRefused() throws Exception {
        tamper("update pl_meta set content = " + binary("v3".getBytes()) + " where name = 'format'");
        bench = restart();
        StoreException refused = assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
        assertEquals(
                "the store has format v3, but this program reads format v1: nothing was changed; start the "
                        + "newer program that wrote it, or " + Migrations.THROUGH_A_BACKUP,
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
        // The hash of one key, in the row of another.
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
            for (String table : List.of("pl_record", "pl_candidate", "pl_dropped", "pl_note", "pl_meta")) {
                statement.execute("drop table if exists " + table);
            }
        }
    }
}
