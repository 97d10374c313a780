package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.passphrase;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;

/** The store's file and its key: each rewriting replaces both. */
class RewriteTest {
    private static final char[] NEXT = "another passphrase".toCharArray();
    private static final List<String> FILES = List.of("keys", "partyline.mv.db");

    @TempDir
    Path home;

    private Path store;

    @BeforeEach
    void aStoreIsMade() throws Exception {
        store = home.resolve("store");
        try (Bench bench = Bench.embedded(store)) {
            bench.store.create(passphrase());
            bench.put("t", "k", "v");
        }
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** The files as a kill at this moment would leave them. */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        for (String each : files(from)) {
            Files.copy(from.resolve(each), to.resolve(each));
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static int keys(Path directory) throws IOException {
        return Haystack.keysIn(Files.readAllBytes(directory.resolve("keys"))).size();
    }

    private static void assertOpens(Path directory, char[] passphrase, char[] wrong) throws Exception {
        try (Bench bench = Bench.embedded(directory)) {
            assertThrows(WrongPassphraseException.class, () -> bench.store.unlock(wrong));
            bench.store.unlock(passphrase);
            assertEquals(Optional.of("v"), bench.get("t", "k"));
            assertEquals(FILES, files(directory));
            assertEquals(1, keys(directory));
        }
    }

    /** It is the old file with the old key, or the new file with the new key. */
    @Test
    void aRewritingThatWasCutOffLeavesOneFileAndItsKey() throws Exception {
        EmbeddedDatabase source = Bench.source(store);
        List<String> steps = new ArrayList<>();
        try (Bench bench = new Bench(source)) {
            source.steps = step -> {
                steps.add(step);
                if (step.equals("copy")) {
                    assertEquals("rw-------", mode(store.resolve("partyline.next.mv.db")), "from the first byte on");
                }
                copy(store, home.resolve(step));
            };
            bench.store.changePassphrase(passphrase(), NEXT);
        }
        assertEquals(List.of("copy", "key", "file", "old key"), steps);
        for (String step : steps) {
            // The copy is valid only together with its key.
            boolean changed = !step.equals("copy");
            assertEquals(step.equals("key") || step.equals("file") ? 2 : 1, keys(home.resolve(step)));
            assertOpens(home.resolve(step), changed ? NEXT : passphrase(), changed ? passphrase() : NEXT);
        }
    }

    @Test
    void aFileWithoutItsKeyIsLeftAsItIs() throws Exception {
        byte[] file = Files.readAllBytes(store.resolve("partyline.mv.db"));
        byte[] keys = Files.readAllBytes(store.resolve("keys"));
        Files.delete(store.resolve("keys"));
        try (Bench bench = Bench.embedded(store)) {
            StoreException refused = assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
            assertTrue(refused.getMessage().contains("has no key or is damaged"), refused.getMessage());
        }
        assertArrayEquals(file, Files.readAllBytes(store.resolve("partyline.mv.db")));
        Files.write(store.resolve("keys"), keys);
        assertOpens(store, passphrase(), NEXT);
    }

    @Test
    void aFileThatCannotBeOverwrittenIsSaidWhenTheStoreIsDestroyed() throws Exception {
        Path stuck = Files.createDirectories(store.resolve("partyline.remains.stuck/not empty"));
        try (Bench bench = Bench.embedded(store)) {
            bench.store.unlock(passphrase());
            assertEquals(
                    "the store's key is erased, but its file is not overwritten: restart the server, or destroy the disk",
                    assertThrows(StoreException.class, bench.store::destroy).getMessage());
            Files.delete(stuck);
            bench.store.destroy();
            assertEquals(List.of(), files(store));
        }
    }

    /** H2 would remove as many bytes from the last whole block, with the last commit. */
    @Test
    void aBlockThatWasWrittenInPartTakesNothingWithIt() throws Exception {
        Path killed = home.resolve("killed");
        try (Bench bench = Bench.embedded(store)) {
            bench.store.unlock(passphrase());
            for (int i = 0; i < 20; i++) {
                JdbcStoreContract.increment(bench.store);
            }
            copy(store, killed);
        }
        Files.write(killed.resolve("partyline.mv.db"), new byte[4000], StandardOpenOption.APPEND);
        try (Bench bench = Bench.embedded(killed)) {
            bench.store.unlock(passphrase());
            assertEquals(20, JdbcStoreContract.counter(bench.store));
        }
    }

    @Test
    void whatOthersMayReadIsPrivateFromTheNextStartOn() throws Exception {
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String each : FILES) {
            Files.setPosixFilePermissions(store.resolve(each), PosixFilePermissions.fromString("rw-rw-rw-"));
        }
        try (Bench bench = Bench.embedded(store)) {
            bench.store.unlock(passphrase());
            assertEquals("rwx------", mode(store));
            for (String each : FILES) {
                assertEquals("rw-------", mode(store.resolve(each)));
            }
        }
    }

    @Test
    void whatKeepsADiskFromBeingWrittenIsSaid() throws Exception {
        EmbeddedDatabase source = Bench.source(store);
        Map<String, String> said = Map.of(
                "No space left on device",
                Database.FULL,
                "Read-only file system",
                Database.READ_ONLY,
                "Permission denied",
                "the store's directory " + store + " cannot be used: give this user write permission");
        try (Bench bench = new Bench(source)) {
            bench.store.unlock(passphrase());
            for (Map.Entry<String, String> each : said.entrySet()) {
                source.steps = step -> {
                    throw new IOException(each.getKey());
                };
                StoreException refused = assertThrows(StoreException.class, bench.store::compact);
                assertEquals(each.getValue(), refused.getMessage());
                assertEquals(Optional.of("v"), bench.get("t", "k"));
            }
            source.steps = step -> {};
        }
        assertOpens(store, passphrase(), NEXT);
    }

    /** Without an index, each query would read the whole table; without a constraint, a key could have two records. */
    @Test
    void theCopyHasTheIndexesAndConstraints() throws Exception {
        Database database = new Database(Bench.source(store));
        try (Bench bench = new Bench(database)) {
            List<String> before = database.read(connection -> schema(connection.createStatement()));
            bench.store.compact();
            assertEquals(before, database.read(connection -> schema(connection.createStatement())));
        }
    }

    private static List<String> schema(Statement statement) throws java.sql.SQLException {
        List<String> found = new ArrayList<>();
        try (statement;
                ResultSet rows = statement.executeQuery("select 'index ' || table_name || ' ' || index_name"
                        + " from information_schema.indexes union all select constraint_type || ' ' || table_name"
                        + " from information_schema.table_constraints order by 1")) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    @Test
    void aCopyThatWasLeftBesideNoStoreIsNoStore() throws Exception {
        Path empty = Files.createDirectory(home.resolve("empty"));
        Files.write(empty.resolve("partyline.next.mv.db"), new byte[9000]);
        Files.createFile(empty.resolve("partyline.mv.db"));
        try (Bench bench = Bench.embedded(empty)) {
            bench.store.create(passphrase());
            bench.put("t", "k", "v");
        }
        assertOpens(empty, passphrase(), NEXT);
    }
}
