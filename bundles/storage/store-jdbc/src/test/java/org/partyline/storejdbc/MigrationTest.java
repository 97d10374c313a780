package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.passphrase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;

/** A store of an older format with a newer program, and one of a newer format with an older program. */
class MigrationTest {
    private static final Migrations.Step MARK = connection -> {
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter table pl_record add column mark integer");
            statement.execute("update pl_record set mark = 7");
        }
    };

    private static final Migrations.Step RENAME = connection -> {
        try (Statement statement = connection.createStatement()) {
            // Fails if the first step was not run, or ran twice.
            statement.execute("alter table pl_record alter column mark rename to marked");
        }
    };

    private static final List<Migrations.Step> STEPS = List.of(MARK, RENAME);

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
    void aFileWithoutTheRowHasNoFormat() {
        assertEquals(0, Migrations.number(null));
    }

    @Test
    void aStoreOfThisFormatIsLeftAlone() throws Exception {
        assertWhole(FIRST);
        assertEquals(FILES, files());
    }

    /** A copy of the old store would keep data that is erased later. */
    @Test
    void anOlderStoreIsBroughtToTheFormatAndNothingIsLeftOfTheOldOne() throws Exception {
        Path old = Files.createLink(home.resolve("old"), file());
        assertWhole(NEWER);
        Files.delete(old);
        assertEquals(FILES, files());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        // Nothing is migrated twice.
        assertWhole(NEWER);
    }

    /** All tables with their columns and rows. H2 itself changes its file whenever it opens it. */
    private List<String> content() throws Exception {
        List<String> content = new ArrayList<>();
        try (Connection connection = Bench.source(home).open();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("pl_meta", "pl_note", "pl_record", "pl_candidate", "pl_dropped")) {
                try (ResultSet rows = statement.executeQuery("select * from " + table + " order by 1")) {
                    int columns = rows.getMetaData().getColumnCount();
                    content.add(table + " " + columns);
                    while (rows.next()) {
                        for (int i = 1; i <= columns; i++) {
                            content.add(
                                    rows.getObject(i) instanceof byte[] bytes
                                            ? HexFormat.of().formatHex(bytes)
                                            : rows.getString(i));
                        }
                    }
                }
            }
        }
        return content;
    }

    /** Builds before the first release wrote only a number, and had other tables. */
    @Test
    void aStoreOfABuildBeforeTheFirstReleaseIsRefusedAndNothingInItChanges() throws Exception {
        for (String format : List.of("1", "2", "9", "", "x")) {
            Files.write(file(), before);
            Files.write(home.resolve("keys"), keys);
            try (Connection connection = Bench.source(home).open()) {
                connection.setAutoCommit(false);
                Meta.update(connection, Meta.FORMAT, format.getBytes(StandardCharsets.US_ASCII));
                connection.commit();
            }
            List<String> content = content();
            try (Bench bench = program(Migrations.OURS)) {
                StoreException refused = assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
                assertTrue(
                        refused.getMessage()
                                .endsWith(
                                        "but this program reads format v1: nothing was changed; run backup-export with the"
                                                + " build that wrote the store, and setup --restore with this one in a new home"),
                        refused.getMessage());
            }
            assertEquals(content, content(), format);
            assertArrayEquals(keys, Files.readAllBytes(home.resolve("keys")), format);
            assertEquals(FILES, files());
        }
    }

    @Test
    void aFileThatIsNotEncryptedIsRefusedAndNothingIsWrittenBesideIt() throws Exception {
        Files.delete(home.resolve("keys"));
        byte[] plain = "H:2,block:5".getBytes(StandardCharsets.US_ASCII);
        Files.write(file(), plain);
        try (Bench bench = program(Migrations.OURS)) {
            StoreException refused = assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
            assertTrue(refused.getMessage().contains("run backup-export with the build"), refused.getMessage());
        }
        assertArrayEquals(plain, Files.readAllBytes(file()));
        assertEquals(List.of("partyline.mv.db"), files());
    }

    @Test
    void anOlderProgramRefusesInOneLine() throws Exception {
        assertWhole(NEWER);
        try (Bench old = program(FIRST)) {
            StoreException refused = assertThrows(StoreException.class, () -> old.store.unlock(passphrase()));
            assertEquals(
                    "the store has format v3, but this program reads format v1: nothing was changed; start the "
                            + "newer program that wrote it, or run backup-export with the build that wrote the store, and "
                            + "setup --restore with this one in a new home",
                    refused.getMessage());
            assertEquals(Store.State.LOCKED, old.store.state());
        }
        assertWhole(NEWER);
    }

    @Test
    void aMigrationThatIsCutOffAnywhereBeginsAgainOrIsWhole() throws Exception {
        List<Path> killed = List.of(home.resolve("first"), home.resolve("second"), home.resolve("last"));
        Path store = Files.createDirectory(home.resolve("store"));
        Files.move(file(), store.resolve("partyline.mv.db"));
        Files.move(home.resolve("keys"), store.resolve("keys"));
        Migrations observed = new Migrations(List.of(observed(MARK, killed.get(0)), observed(RENAME, killed.get(1))));
        home = store;
        new Database(Bench.source(store), observed, Long.MAX_VALUE).connection();
        RewriteTest.copy(store, killed.get(2));
        for (Path each : killed) {
            home = each;
            assertWhole(NEWER);
            assertEquals(FILES, files());
        }
    }

    private Migrations.Step observed(Migrations.Step step, Path left) {
        return connection -> {
            try {
                RewriteTest.copy(home, left);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            step.run(connection);
        };
    }

    @Test
    void theDoctorNamesTheTablesOfEachOlderFormat() throws Exception {
        OldTablesCheck check =
                new OldTablesCheck(() -> List.of("pl_meta_format1", "pl_meta_format2", "pl_meta_formatx"));
        assertEquals("old-stores", check.name());
        assertEquals(
                List.of("drop table pl_meta_format1", "drop table pl_meta_format2"),
                check.examine().stream()
                        .map(finding -> finding.remedy().replaceAll(".*(?=drop table)", ""))
                        .toList());
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
        for (String row : List.of("", "0", "1", "v0", "x", "v1234567", "v-1")) {
            StoreException refused =
                    assertThrows(StoreException.class, () -> NEWER.isOld(row.getBytes(StandardCharsets.US_ASCII)), row);
            assertTrue(refused.getMessage().contains("this program reads format v3"), refused.getMessage());
        }
    }
}
