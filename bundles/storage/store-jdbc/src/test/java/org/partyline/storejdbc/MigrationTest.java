package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.passphrase;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/** A store of an older format meets a newer program, and one of a newer format an older program. */
class MigrationTest {
    static final Migrations.Step MARK = connection -> {
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter table pl_record add column mark integer");
            statement.execute("update pl_record set mark = 7");
        }
    };

    static final Migrations.Step RENAME = connection -> {
        try (Statement statement = connection.createStatement()) {
            // Fails where the first step was not run, or ran twice.
            statement.execute("alter table pl_record alter column mark rename to marked");
        }
    };

    static final List<Migrations.Step> STEPS = List.of(MARK, RENAME);

    /** A program that knows no other format. */
    private static final Migrations FIRST = new Migrations(List.of());

    private static final Migrations NEWER = new Migrations(STEPS);

    @TempDir
    Path home;

    private static final List<String> FILES = List.of("keys", "partyline.mv.db");

    private byte[] before;
    private byte[] keys;

    @BeforeEach
    void anOldStore() throws Exception {
        try (Bench bench = program(FIRST)) {
            bench.store.create(passphrase());
            bench.put("t", "k", "v");
            bench.store.note("n", "in clear");
        }
        before = Files.readAllBytes(file());
        keys = Files.readAllBytes(home.resolve("keys"));
    }

    private Path file() {
        return home.resolve("partyline.mv.db");
    }

    private Bench program(Migrations migrations) throws Exception {
        return new Bench(new Database(Bench.source(home), migrations, Long.MAX_VALUE));
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.list(home)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void assertWhole(Migrations migrations) throws Exception {
        try (Bench bench = program(migrations)) {
            bench.store.unlock(passphrase());
            assertEquals(Optional.of("v"), bench.get("t", "k"));
            assertEquals(Optional.of("in clear"), bench.store.note("n"));
            bench.put("t", "later", "w");
            assertEquals(Optional.of("w"), bench.get("t", "later"));
        }
    }

    @Test
    void aStoreOfThisFormatIsLeftAlone() throws Exception {
        assertWhole(FIRST);
        assertEquals(FILES, files());
    }

    /** A copy of the old one would keep what is erased later. */
    @Test
    void anOlderStoreIsBroughtToTheFormatAndNothingIsLeftOfTheOldOne() throws Exception {
        Path old = Files.createLink(home.resolve("old"), file());
        assertWhole(NEWER);
        Files.delete(old);
        assertEquals(FILES, files());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        // And nothing is migrated twice.
        assertWhole(NEWER);
    }

    @Test
    void aStoreOf010IsBroughtToTheFormatWithTwoSlots() throws Exception {
        assertWhole(Migrations.OURS);
        assertEquals(2, Migrations.OURS.format());
    }

    /** A file of a program from before the key file. */
    @Test
    void aFileThatIsNotEncryptedBecomesOneThatIsAndItsBlocksAreOverwritten() throws Exception {
        byte[] sealed;
        Path plain = home.resolve("plain");
        try (Connection connection = Bench.source(home).open()) {
            connection.setAutoCommit(false);
            JdbcDataSource target = new JdbcDataSource();
            target.setURL("jdbc:h2:" + plain);
            target.setUser("sa");
            try (Connection copy = target.getConnection();
                    Statement statement = connection.createStatement();
                    var row = statement.executeQuery("select sealed from pl_record")) {
                copy.setAutoCommit(false);
                row.next();
                sealed = row.getBytes(1);
                new Copying(connection, copy, Map.of()).run();
            }
        }
        Files.delete(home.resolve("keys"));
        Files.move(home.resolve("plain.mv.db"), file(), StandardCopyOption.REPLACE_EXISTING);
        Path held = Files.createDirectory(home.resolve("held"));
        Files.createLink(held.resolve("link"), file());
        assertTrue(Haystack.of(held).holdsPartOf(sealed), "the search finds what is there");
        assertWhole(FIRST);
        assertFalse(Haystack.of(held).holdsPartOf(sealed));
    }

    @Test
    void anOlderProgramRefusesInOneLine() throws Exception {
        assertWhole(NEWER);
        try (Bench old = program(FIRST)) {
            StoreException refused = assertThrows(StoreException.class, () -> old.store.unlock(passphrase()));
            assertEquals(
                    "the store has format 3, this program reads format 1: start the newer program that wrote it, or restore a backup",
                    refused.getMessage());
            assertEquals(Store.State.LOCKED, old.store.state());
        }
        assertWhole(NEWER);
    }

    @Test
    void aMigrationThatIsCutOffAnywhereBeginsAgainOrIsWhole() throws Exception {
        for (int at = 1; at <= 3; at++) {
            Files.write(file(), before);
            Files.write(home.resolve("keys"), keys);
            CrashTest.run(home, "migrate", at, CrashChild.HALTED);
            assertWhole(NEWER);
            assertEquals(FILES, files());
        }
    }

    @Test
    void aStepThatFailsLeavesTheStoreAsItWas() throws Exception {
        Migrations failing = new Migrations(List.of(MARK, connection -> {
            throw new SQLException("no");
        }));
        try (Bench bench = program(failing)) {
            assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
        }
        assertEquals(FILES, files());
        assertWhole(FIRST);
        assertEquals(FILES, files());
    }

    @Test
    void aRowThatNobodyWroteIsRefused() {
        for (String row : List.of("", "0", "x", "1234567", "-1")) {
            StoreException refused =
                    assertThrows(StoreException.class, () -> NEWER.isOld(row.getBytes(StandardCharsets.US_ASCII)), row);
            assertTrue(refused.getMessage().contains("this program reads format 3"), refused.getMessage());
        }
    }
}
