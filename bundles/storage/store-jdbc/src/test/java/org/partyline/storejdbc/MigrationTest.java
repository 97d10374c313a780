package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.passphrase;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.testkit.HandSetClock;

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

    private byte[] before;

    @BeforeEach
    void anOldStore() throws Exception {
        try (Bench bench = program(FIRST)) {
            bench.store.create(passphrase());
            bench.put("t", "k", "v");
            bench.store.note("n", "in clear");
        }
        before = Files.readAllBytes(file());
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

    private Path backup() throws Exception {
        List<String> backups =
                files().stream().filter(name -> name.contains(".format-")).toList();
        assertEquals(1, backups.size(), backups::toString);
        return home.resolve(backups.get(0));
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
        assertEquals(List.of("partyline.mv.db"), files());
    }

    @Test
    void anOlderStoreIsBroughtToTheFormatAfterACopyOfItWasPutBeside() throws Exception {
        assertWhole(NEWER);
        Path backup = backup();
        assertTrue(
                backup.getFileName()
                        .toString()
                        .matches("partyline\\.format-1\\.\\d{4}-\\d\\d-\\d\\dT\\d{6}Z\\.mv\\.db"),
                backup::toString);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        assertEquals(2, files().size());
        // And nothing is migrated twice.
        assertWhole(NEWER);
        assertEquals(2, files().size());
    }

    @Test
    void aStoreOf010IsBroughtToTheFormatWithTwoSlots() throws Exception {
        assertWhole(Migrations.OURS);
        assertEquals(2, Migrations.OURS.format());
        assertTrue(backup().getFileName().toString().startsWith("partyline.format-1."));
    }

    @Test
    void whatDestroysTheStoreDestroysTheCopyThatWasMadeOfIt() throws Exception {
        assertWhole(NEWER);
        backup();
        try (Database database = new Database(Bench.source(home), NEWER, Long.MAX_VALUE)) {
            database.destroy().overwrite();
        }
        assertEquals(List.of(), files());
    }

    @Test
    void anOlderProgramRefusesInOneLineAndTheCopyIsForIt() throws Exception {
        assertWhole(NEWER);
        try (Bench old = program(FIRST)) {
            StoreException refused = assertThrows(StoreException.class, () -> old.store.unlock(passphrase()));
            assertEquals(
                    "the store has format 3, this program reads format 1: start the newer program that wrote it, or restore a backup",
                    refused.getMessage());
            assertEquals(Store.State.LOCKED, old.store.state());
        }
        assertWhole(NEWER);
        Files.move(backup(), file(), StandardCopyOption.REPLACE_EXISTING);
        assertWhole(FIRST);
    }

    @Test
    void aMigrationThatIsCutOffAnywhereBeginsAgainOrIsWhole() throws Exception {
        for (int at = 1; at <= 3; at++) {
            Files.write(file(), before);
            CrashTest.run(home, "migrate", at, CrashChild.HALTED);
            assertWhole(NEWER);
            assertEquals(2, files().size(), files()::toString);
            // And the copy is whole.
            Files.move(backup(), file(), StandardCopyOption.REPLACE_EXISTING);
            assertWhole(FIRST);
        }
    }

    @Test
    void whatWasLeftOfCopiesThatWereCutOffIsInNobodysWay() throws Exception {
        Files.writeString(home.resolve("partyline.migrating.mv.db"), "half");
        Files.writeString(home.resolve("partyline.backup.part"), "half");
        Path earlier = home.resolve("partyline.format-1.2026-01-01T000000Z.mv.db");
        Files.writeString(earlier, "of another time");
        assertWhole(NEWER);
        assertEquals(3, files().size(), files()::toString);
        assertEquals("of another time", Files.readString(earlier));
    }

    @Test
    void aStepThatFailsLeavesTheStoreAsItWas() throws Exception {
        Migrations failing = new Migrations(List.of(MARK, connection -> {
            throw new SQLException("no");
        }));
        try (Bench bench = program(failing)) {
            assertThrows(StoreException.class, () -> bench.store.unlock(passphrase()));
        }
        assertWhole(FIRST);
        assertEquals(List.of("partyline.mv.db"), files());
    }

    @Test
    void aDiskThatIsTooSmallIsRefusedBeforeAnythingIsChanged() throws Exception {
        FileMigration migration =
                new FileMigration(file(), new HandSetClock(Instant.EPOCH), directory -> 16L << 20 | before.length);
        StoreException refused = assertThrows(StoreException.class, () -> migration.run(1, 2, copy -> changed()));
        assertEquals(
                "the store is to be brought from format 1 to format 2, which needs 17 MiB of disk, and 16 MiB are free in "
                        + home + ": make room; nothing was changed",
                refused.getMessage());
        assertEquals(List.of("partyline.mv.db"), files());
        assertTrue(Arrays.equals(before, Files.readAllBytes(file())));
    }

    private static void changed() {
        throw new AssertionError("changed before there was room");
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
