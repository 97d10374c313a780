package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.partyline.storejdbc.Bench.bytes;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/** The store over H2 in a file, as in a new installation. */
class H2StoreTest extends JdbcStoreContract {
    @TempDir
    Path home;

    @Override
    ConnectionSource source() throws Exception {
        return Bench.source(home.resolve("store"));
    }

    @Override
    Path keyFile() {
        return home.resolve("store/keys");
    }

    @Override
    String binary(byte[] content) {
        return "X'" + HexFormat.of().formatHex(content) + "'";
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(home.resolve("store"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private Path file() {
        return home.resolve("store").resolve("partyline.mv.db");
    }

    private String mode(String name) throws Exception {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("store").resolve(name)));
    }

    @Test
    void itsTwoFilesAndDirectoryAreForItsUserOnlyAlsoAfterCompacting() throws Exception {
        assumeTrue(
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "no POSIX permissions here");
        for (int round = 0; round < 2; round++) {
            assertEquals(List.of("keys", "partyline.mv.db"), files());
            assertEquals("rw-------", mode("keys"));
            assertEquals("rw-------", mode("partyline.mv.db"));
            assertEquals(
                    "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("store"))));
            bench.store.compact();
        }
    }

    /** One that was put back would be taken for one that this server took over from another, whom it had watched. */
    @Test
    void aStoreOfThisServerAloneIsNotTakenOver() {
        assertFalse(bench.store.takenOver());
    }

    /**
     * Otherwise each portion of a large table would read all remaining rows: the time to unlock would grow
     * quadratically.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theRowsOfATableAreReadInTheOrderOfAnIndex(boolean ofGroup) throws Exception {
        bench.put("t", "k", "v");
        bench.store.close();
        try (Connection connection = source().open();
                PreparedStatement explain =
                        connection.prepareStatement("explain " + JdbcTransaction.portion(ofGroup))) {
            explain.setBytes(1, new byte[32]);
            if (ofGroup) {
                explain.setBytes(2, new byte[32]);
            }
            explain.setLong(ofGroup ? 3 : 2, 1);
            try (ResultSet plan = explain.executeQuery()) {
                assertTrue(plan.next());
                assertTrue(plan.getString(1).contains("/* index sorted */"), plan.getString(1));
            }
        }
    }

    @Test
    void anInterruptedThreadDoesNotCloseTheStore() throws Exception {
        Thread.currentThread().interrupt();
        try {
            bench.put("t", "k", "v");
            assertTrue(Thread.currentThread().isInterrupted());
        } finally {
            Thread.interrupted();
        }
        assertEquals(Optional.of("v"), bench.get("t", "k"));
    }

    @Test
    void aHomeWithASemicolonIsRefused() {
        StoreException refused = assertThrows(StoreException.class, () -> Bench.source(home.resolve("a;INIT=b")));
        assertTrue(refused.getMessage().contains("set partyline.home to another"), refused.getMessage());
    }

    @Test
    void aHomeThatCannotBeMadeIsSaid() throws Exception {
        Files.createFile(home.resolve("file"));
        try (Bench other = Bench.embedded(home.resolve("file").resolve("store"))) {
            StoreException refused = assertThrows(StoreException.class, () -> other.store.create(passphrase()));
            assertTrue(refused.getMessage().contains("cannot be used"), refused.getMessage());
        }
    }

    @Test
    void whatWasDeletedIsNotInTheFileAfterCompacting() throws Exception {
        bench.put("t", "keep", "k");
        bench.put("t", "burn", "b");
        List<byte[]> sealed = sealedValues();
        restartAndUnlock();
        bench.store.transact(tx -> tx.delete("t", bytes("burn")));
        bench.store.compact();
        Haystack haystack = Haystack.of(home);
        assertTrue(haystack.holdsPartOf(sealed.get(0)), "the search finds what is there");
        assertFalse(haystack.holdsPartOf(sealed.get(1)));
    }

    @Test
    void whatWasDeletedReplacedOrExpiredLeavesTheFileByItself() throws Exception {
        bench.put("t", "replaced", "a chain key");
        bench.put("t", "burnt", "a text");
        bench.store.transact(tx -> {
            tx.put(
                    "t",
                    bytes("expires"),
                    Bench.NO_GROUP,
                    bytes("x"),
                    bench.clock.instant().plusSeconds(1));
            return null;
        });
        List<byte[]> sealed = sealedValues();
        assertEquals(3, sealed.size());
        restartAndUnlock();
        // The expiry times have been read by then: they cannot be read while the store is locked.
        bench.scheduler.submit(() -> {}).get();
        bench.put("t", "replaced", "the next chain key");
        bench.store.transact(tx -> tx.delete("t", bytes("burnt")));
        bench.store.lock();
        bench.clock.pass(Duration.ofSeconds(3599));
        bench.scheduler.tick();
        for (byte[] value : sealed) {
            assertTrue(Haystack.of(home).holdsPartOf(value), "the search finds what is there");
        }
        // The first change was the opening of the store, an hour ago; the data deleted last is erased with the rest.
        bench.clock.pass(Duration.ofSeconds(1));
        bench.scheduler.tick();
        for (byte[] value : sealed) {
            assertFalse(Haystack.of(home).holdsPartOf(value));
        }
        bench.store.unlock(passphrase());
        assertEquals(Optional.of("the next chain key"), bench.get("t", "replaced"));
    }

    @Test
    void howLongWhatWasDeletedMayStayCanBeChanged() throws Exception {
        bench.put("t", "burnt", "a text");
        List<byte[]> sealed = sealedValues();
        restartAndUnlock();
        bench.store.transact(tx -> tx.delete("t", bytes("burnt")));
        bench.store.eraseAfter(Duration.ofMinutes(1));
        bench.clock.pass(Duration.ofSeconds(60));
        bench.scheduler.tick();
        assertFalse(Haystack.of(home).holdsPartOf(sealed.get(0)));
    }

    @Test
    void whatWasErasedIsNotInTheFileOnceTheStoreWasClosed() throws Exception {
        bench.put("t", "replaced", "a chain key");
        bench.put("t", "burnt", "a text");
        List<byte[]> sealed = sealedValues();
        restartAndUnlock();
        bench.put("t", "replaced", "the next chain key");
        bench.store.transact(tx -> tx.delete("t", bytes("burnt")));
        for (byte[] value : sealed) {
            assertTrue(Haystack.of(home).holdsPartOf(value), "the search finds what is there");
        }
        bench.close();
        for (byte[] value : sealed) {
            assertFalse(Haystack.of(home).holdsPartOf(value));
        }
        assertEquals("rw-------", mode("partyline.mv.db"));
        restartAndUnlock();
        assertEquals(Optional.of("the next chain key"), bench.get("t", "replaced"));
    }

    @Test
    void whatWasErasedBeforeAKillLeavesTheFileOfAStoreThatNobodyUnlocks() throws Exception {
        bench.put("t", "kept", "k");
        bench.put("t", "burnt", "a text");
        List<byte[]> sealed = sealedValues();
        restartAndUnlock();
        bench.store.transact(tx -> tx.delete("t", bytes("burnt")));
        // The file only grows: a copy of it is what a kill would leave.
        Path killed = Files.createDirectory(home.resolve("killed"));
        Files.copy(file(), killed.resolve("partyline.mv.db"));
        Files.copy(home.resolve("store/keys"), killed.resolve("keys"));
        try (Bench next = Bench.embedded(killed)) {
            assertEquals(Store.State.LOCKED, next.store.state());
            next.clock.pass(Duration.ofSeconds(3599));
            next.scheduler.tick();
            assertTrue(Haystack.of(killed).holdsPartOf(sealed.get(1)), "the search finds what is there");
            next.clock.pass(Duration.ofSeconds(1));
            next.scheduler.tick();
            assertEquals(Store.State.LOCKED, next.store.state());
            assertFalse(Haystack.of(killed).holdsPartOf(sealed.get(1)));
            next.store.unlock(passphrase());
            assertEquals(Optional.of("k"), next.get("t", "kept"));
        }
    }

    @Test
    void aStoreThatHoldsNothingStaleIsNotRewrittenWhenItIsClosed() throws Exception {
        bench.put("t", "k", "v");
        bench.clock.pass(Duration.ofHours(1));
        bench.scheduler.tick();
        Object before = Files.getAttribute(file(), "unix:ino");
        bench.close();
        assertEquals(before, Files.getAttribute(file(), "unix:ino"));
    }

    @Test
    void aFileThatHoldsNothingStaleIsLeftAlone() throws Exception {
        bench.clock.pass(Duration.ofHours(1));
        bench.scheduler.tick();
        Object first = Files.getAttribute(file(), "unix:ino");
        bench.clock.pass(Duration.ofDays(1));
        bench.scheduler.tick();
        assertEquals(first, Files.getAttribute(file(), "unix:ino"));
        bench.put("t", "k", "v");
        bench.clock.pass(Duration.ofMinutes(59));
        bench.scheduler.tick();
        assertEquals(first, Files.getAttribute(file(), "unix:ino"));
        bench.clock.pass(Duration.ofMinutes(1));
        bench.scheduler.tick();
        assertFalse(first.equals(Files.getAttribute(file(), "unix:ino")));
    }

    @Test
    void theFileIsRewrittenOnceForWhatExpiredWhileTheStoreWasLocked() throws Exception {
        bench.store.transact(tx -> {
            tx.put(
                    "t",
                    bytes("k"),
                    Bench.NO_GROUP,
                    bytes("v"),
                    bench.clock.instant().plusSeconds(5));
            return null;
        });
        bench.store.compact();
        bench.store.lock();
        Object first = Files.getAttribute(file(), "unix:ino");
        bench.clock.pass(Duration.ofSeconds(5));
        bench.scheduler.tick();
        bench.clock.pass(Duration.ofMinutes(59));
        bench.scheduler.tick();
        assertEquals(first, Files.getAttribute(file(), "unix:ino"));
        bench.clock.pass(Duration.ofMinutes(1));
        bench.scheduler.tick();
        Object second = Files.getAttribute(file(), "unix:ino");
        assertFalse(first.equals(second));
        for (int i = 0; i < 3; i++) {
            bench.clock.pass(Duration.ofHours(1));
            bench.scheduler.tick();
        }
        assertEquals(second, Files.getAttribute(file(), "unix:ino"));
    }

    @Test
    void theKeyUnderTheOldPassphraseIsNotInTheFileAfterAChange() throws Exception {
        bench.close();
        byte[] old;
        try (Connection connection = source().open()) {
            old = Meta.get(connection, "wrap");
        }
        assertTrue(Haystack.of(home).holdsPartOf(Arrays.copyOfRange(old, 7, 39)));
        assertTrue(Haystack.of(home).holdsPartOf(Arrays.copyOfRange(old, 51, 131)));
        restartAndUnlock();
        bench.store.changePassphrase(passphrase(), "another passphrase".toCharArray());
        // The salt stays, for the duress passphrase, and so does the second slot.
        assertTrue(Haystack.of(home).holdsPartOf(Arrays.copyOfRange(old, 7, 39)));
        assertFalse(Haystack.of(home).holdsPartOf(Arrays.copyOfRange(old, 39, 131)));
    }

    private byte[] storedWrap() throws Exception {
        bench.close();
        try (Connection connection = source().open()) {
            return Meta.get(connection, "wrap");
        }
    }

    private List<byte[]> sealedRecords() throws Exception {
        List<byte[]> sealed = new java.util.ArrayList<>();
        bench.close();
        try (Connection connection = source().open();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select sealed from pl_record")) {
            while (rows.next()) {
                sealed.add(rows.getBytes(1));
            }
        }
        return sealed;
    }

    @Test
    void theKeyOfTheFileGoesFirstAndTheRestIsNoiseByThen() throws Exception {
        for (int i = 0; i < 40; i++) {
            bench.put("t", "k" + i, "a text that nobody is to read " + i);
        }
        byte[] wrap = storedWrap();
        List<byte[]> records = sealedRecords();
        // Other names of the same bytes, which show what happens to them when the files are deleted.
        Files.createLink(home.resolve("link"), file());
        Path keys = Files.createLink(home.resolve("link of keys"), home.resolve("store/keys"));
        Haystack before = Haystack.of(home);
        assertTrue(records.stream().anyMatch(before::holdsPartOf), "the search finds what is there");
        assertTrue(before.holdsPartOf(wrap), "the search finds what is there");
        Database database = new Database(source());
        byte[] file = Files.readAllBytes(file());
        ConnectionSource.Remains remains = database.destroy();
        // As after a crash: the file exists, but nothing that decrypts it.
        assertArrayEquals(file, Files.readAllBytes(home.resolve("link")));
        assertEquals(2 * KeyFile.SLOT, Files.size(keys));
        Haystack left = Haystack.of(home);
        assertTrue(records.stream().noneMatch(left::holdsPartOf));
        assertFalse(left.holdsPartOf(wrap));
        remains.overwrite();
        assertFalse(Arrays.equals(file, Files.readAllBytes(home.resolve("link"))));
        assertEquals(List.of(), files());
    }

    @Test
    void whatIsWrittenToADestroyedStoreMakesNoFileAnew() throws Exception {
        bench.store.note("a note", "x");
        bench.store.destroy();
        bench.store.note("a note", "y");
        assertEquals(Optional.empty(), bench.store.note("a note"));
        bench.store.forgetDropped(List.of(1L));
        bench.store.compact();
        assertEquals(List.of(), bench.store.copies());
        assertEquals(java.util.Map.of(), bench.store.dropped());
        assertEquals(0, bench.store.collected());
        assertThrows(StoreException.class, () -> bench.store.collect(bytes("packet")));
        assertThrows(StoreException.class, () -> bench.store.unlock(Bench.passphrase()));
        bench.scheduler.tick();
        bench.close();
        assertEquals(List.of(), files());
        bench = Bench.embedded(home.resolve("store"));
        bench.store.create(Bench.passphrase());
        bench.store.note("a note", "z");
        assertEquals(Optional.of("z"), bench.store.note("a note"));
    }

    @Test
    void afterTheDuressPassphraseNothingOfTheStoreIsInTheFiles() throws Exception {
        for (int i = 0; i < 40; i++) {
            bench.put("t", "k" + i, "a text that nobody is to read " + i);
        }
        byte[] wrap = storedWrap();
        List<byte[]> records = sealedRecords();
        restartAndUnlock();
        bench.store.setDuress(passphrase(), "here it is, take it".toCharArray());
        bench.store.lock();
        Files.createLink(home.resolve("link"), file());
        Files.createLink(home.resolve("link of keys"), home.resolve("store/keys"));
        assertTrue(Haystack.of(home).holdsPartOf(records.get(0)));
        bench.store.unlock("here it is, take it".toCharArray());
        // The scheduler does the slow part.
        bench.scheduler.submit(() -> {}).get();
        Haystack after = Haystack.of(home);
        assertFalse(after.holdsPartOf(Arrays.copyOfRange(wrap, 7, wrap.length)));
        assertTrue(records.stream().noneMatch(after::holdsPartOf));
        assertEquals(List.of("keys", "partyline.mv.db"), files());
    }

    @Test
    void theFilesOfAStoreAreAsLargeWithADuressPassphraseAsWithout() throws Exception {
        bench.store.setDuress(passphrase(), "here it is, take it".toCharArray());
        bench.store.removeDuress(passphrase());
        assertEquals(39 + 2 * 92, storedWrap().length);
        restartAndUnlock();
        bench.store.setDuress(passphrase(), "here it is, take it".toCharArray());
        assertEquals(39 + 2 * 92, storedWrap().length);
        try (Connection connection = source().open();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select name from pl_meta order by name")) {
            List<String> names = new java.util.ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            assertEquals(List.of("collect-private", "collect-public", "format", "turn", "wrap"), names);
        }
    }

    @Test
    void eachChangeOfARecordMakesTheFileLongerByAsMuch() throws Exception {
        increment(bench.store);
        long before = Files.size(file());
        TreeSet<Long> growth = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            increment(bench.store);
            long now = Files.size(file());
            growth.add(now - before);
            before = now;
        }
        assertEquals(
                1, growth.size(), "it grows by " + growth + ", so its length depends on more than what was written");
    }

    @Test
    void overwritingDoesNotMakeTheFileGrowWithoutEnd() throws Exception {
        long most = 1 << 20;
        bench = restart(new Bench(new Database(source(), Migrations.OURS, most)));
        bench.store.unlock(passphrase());
        long compacted = 0;
        long before = 0;
        for (int i = 1; i <= 600; i++) {
            assertEquals(i, increment(bench.store));
            long size = Files.size(file());
            assertTrue(size <= most, "after " + i + " transactions on one record the file has " + size + " bytes");
            compacted += size < before ? 1 : 0;
            before = size;
        }
        assertTrue(compacted > 1, "it was compacted " + compacted + " times");
        restartAndUnlock();
        assertEquals(600, counter(bench.store));
    }

    @Test
    void aConfiguredH2InMemoryIsNotLostByCompacting() throws Exception {
        org.h2.jdbcx.JdbcDataSource memory = new org.h2.jdbcx.JdbcDataSource();
        memory.setURL("jdbc:h2:mem:partyline-test");
        try (Connection keepsItAlive = memory.getConnection();
                Statement statement = keepsItAlive.createStatement();
                Bench other = new Bench(memory::getConnection)) {
            other.store.create(passphrase());
            other.put("t", "k", "v");
            other.store.compact();
            assertEquals(Optional.of("v"), other.get("t", "k"));
            assertTrue(statement.execute("select 1"));
        }
    }

    private ConnectionSource elsewhere(Path keys) {
        org.h2.jdbcx.JdbcDataSource file = new org.h2.jdbcx.JdbcDataSource();
        file.setURL("jdbc:h2:" + home.resolve("elsewhere/h2"));
        return new ExternalDatabase(file, new KeyShare(keys, new java.security.SecureRandom()), () -> false);
    }

    /** The tables are emptied one after another; nothing opens them by then. */
    @Test
    void theErasureOfAStoreInAConfiguredH2GoesOnAtTheNextStart() throws Exception {
        FaultySource elsewhere = new FaultySource(elsewhere(home.resolve("elsewhere/keys")));
        bench = restart(new Bench(elsewhere));
        bench.store.create(passphrase());
        boolean[] lost = {false};
        elsewhere.hook = (what, done) -> {
            if (what.equals("commit") && done && !lost[0]) {
                lost[0] = true;
                throw new java.sql.SQLException("the answer was lost", "08006");
            }
        };
        bench.put("t", "k", "v");
        int[] since = {0};
        elsewhere.hook = (what, done) -> {
            if (what.equals("executeUpdate") && done || what.equals("execute") && !done && since[0] > 0) {
                since[0]++;
            }
            // After the overwriting of the wrapped key, and its flush to the disk.
            if (since[0] == 3) {
                throw new java.sql.SQLException("the server stopped");
            }
        };
        assertThrows(StoreException.class, bench.store::destroy);
        elsewhere.hook = (what, done) -> {};
        bench = restart(new Bench(elsewhere));
        assertEquals(Store.State.NEW, bench.store.state());
        bench.store.create(passphrase());
        assertEquals(Optional.empty(), bench.get("t", "k"));
    }

    /** A change of the passphrase counts even if the database could not be compacted then. */
    @Test
    void aWrappedKeyThatCouldNotBeErasedFromAConfiguredH2IsErasedLater() throws Exception {
        FaultySource elsewhere = new FaultySource(elsewhere(home.resolve("elsewhere/keys")));
        Database database = new Database(elsewhere);
        bench = restart(new Bench(database));
        bench.store.create(passphrase());
        bench.store.compact();
        byte[] slot = Arrays.copyOfRange(database.meta(Meta.WRAP).orElseThrow(), 39, 131);
        int[] since = {0};
        elsewhere.hook = (what, done) -> {
            if (what.equals("executeUpdate")) {
                since[0] = 0;
            }
            if (what.equals("execute") && !done && ++since[0] == 2) {
                throw new java.sql.SQLException("no compaction now");
            }
        };
        bench.store.changePassphrase(passphrase(), "quite another one".toCharArray());
        elsewhere.hook = (what, done) -> {};
        assertTrue(Haystack.of(home).holdsPartOf(slot), "the search finds what is there");
        bench.clock.pass(Duration.ofHours(1));
        bench.scheduler.tick();
        assertFalse(Haystack.of(home).holdsPartOf(slot));
    }

    @Test
    void aStoreInAConfiguredH2IsNotBroughtToAnotherFormat() throws Exception {
        ConnectionSource elsewhere = elsewhere(home.resolve("elsewhere/keys"));
        bench = restart(new Bench(elsewhere));
        bench.store.create(passphrase());
        Migrations newer = new Migrations(List.of(connection -> {}));
        bench = restart(new Bench(new Database(elsewhere, newer, Long.MAX_VALUE)));
        assertEquals(
                "the store on H2 cannot be migrated to format 2, only stores in H2's file and on PostgreSQL can: start "
                        + "the older program",
                assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()))
                        .getMessage());
    }

    @Test
    void whatALockedServerWritesDoesNotMakeTheFileGrowWithoutEnd() throws Exception {
        long most = 1 << 18;
        bench = restart(new Bench(new Database(source(), Migrations.OURS, most)));
        int compacted = 0;
        long before = 0;
        for (int i = 0; i < 200 && compacted == 0; i++) {
            bench.store.note("scan", Integer.toString(i));
            long size = Files.size(file());
            compacted += size < before ? 1 : 0;
            before = size;
        }
        assertTrue(compacted > 0, "it was compacted " + compacted + " times");
    }

    /** Not a file of this server: it is emptied table by table. */
    @Test
    void aStoreInAConfiguredH2IsErasedAndReplacedLikeTheServersOwn() throws Exception {
        Path keys = home.resolve("elsewhere/keys");
        ConnectionSource elsewhere = elsewhere(keys);
        char[] duress = "here it is, take it".toCharArray();
        Database database = new Database(elsewhere);
        bench = restart(new Bench(database));
        bench.store.create(passphrase());
        bench.put("t", "k", "v");
        bench.store.note("a note", "x");
        bench.store.setDuress(passphrase(), duress);
        bench.store.compact();
        byte[] sealed = database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select sealed from pl_record")) {
                row.next();
                return row.getBytes(1);
            }
        });
        assertTrue(Haystack.of(home).holdsPartOf(sealed), "the search finds what is there");
        byte[] wrap = database.meta(Meta.WRAP).orElseThrow();
        assertTrue(Haystack.of(home).holdsPartOf(wrap), "the search finds what is there");
        bench.store.changePassphrase(passphrase(), "quite another one".toCharArray());
        // The salt and the second slot stay.
        assertFalse(Haystack.of(home).holdsPartOf(Arrays.copyOfRange(wrap, 39, 131)));
        bench.store.lock();
        bench.store.unlock(duress);
        assertFalse(Haystack.of(home).holdsPartOf(sealed));
        assertEquals(Optional.empty(), bench.get("t", "k"));
        assertEquals(Optional.empty(), bench.store.note("a note"));
        bench.put("t", "k", "another life");
        bench = restart(new Bench(new Database(elsewhere)));
        bench.store.unlock(duress);
        assertEquals(Optional.of("another life"), bench.get("t", "k"));
        bench.store.overwriteKeys();
        assertEquals(List.of(), Haystack.keysIn(Files.readAllBytes(keys)));
        bench.store.destroy();
        bench.store.destroy();
        assertFalse(Files.exists(keys));
        assertEquals(Store.State.NEW, bench.store.state());
    }
}
