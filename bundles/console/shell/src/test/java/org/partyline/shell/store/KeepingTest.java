package org.partyline.shell.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.audit.AuditLog.Entry;
import org.partyline.api.engine.Backups.Change;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.secrets.Unattended.Source;
import org.partyline.api.store.Store;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** Backups, the audit log, the store's passphrase, and where its key is stored. */
class KeepingTest {
    private static final String RIGHT = "correct horse";

    @TempDir
    Path directory;

    private final FakeEngine fake = FakeEngine.furnished();
    private String file;

    @BeforeEach
    void aPassphraseFile() throws Exception {
        file = file("right", RIGHT);
    }

    @AfterEach
    void everySecretIsWiped() {
        fake.secrets.forEach(secret -> assertArrayEquals(new char[secret.length], secret));
        Thread.interrupted();
    }

    private String file(String name, String content) throws Exception {
        Path path = directory.resolve(name);
        Files.writeString(path, content + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return path.toString();
    }

    private Runner plain() {
        return new Runner(fake, FakeSession.withoutTerminal());
    }

    private Runner answering(String... answers) {
        return new Runner(fake, FakeSession.withTerminal(80, 60).answer(answers));
    }

    private static String bare(String printed) {
        return AttributedString.stripAnsi(printed).replaceAll("\\s+", " ");
    }

    @Test
    void aBackupGoesWhereTheOperatorIs() throws Exception {
        Runner runner = plain();
        runner.session.currentDir(directory);
        String printed = runner.run("backup-export", "../x/mine.backup", "--passphrase-file", file, "--json");
        assertEquals(
                directory.resolveSibling("x").resolve("mine.backup").toString(),
                new ObjectMapper().readTree(printed).get("file").asText());
    }

    @Test
    void aBackupHasAPassphraseOfItsOwnAskedForTwice() throws Exception {
        Runner runner = answering("its own words", "its own words");
        String printed = runner.run("backup-export", "mine.backup");
        assertEquals(List.of("its own words"), fake.secretTexts);
        assertEquals(List.of((char) 0, (char) 0), runner.session.masks);
        assertFalse(printed.contains("own words"), printed);
        assertTrue(answering("short", "its own words", "its own words")
                .run("backup-export", "x")
                .contains("Too short"));
    }

    @Test
    void importingShowsWhatChangesAndAsks() throws Exception {
        Runner runner = answering("gone", "no");
        String printed = bare(runner.run("backup-import", "mine.backup", "--passphrase-file", file));
        assertTrue(printed.contains("channel me/lobby renamed added as lobby-2"), printed);
        assertTrue(printed.endsWith("Cancelled: nothing was changed. "), printed);
        assertEquals(List.of("preview mine.backup"), fake.calls);
        answering("in-use", "yes").run("backup-import", "mine.backup", "--passphrase-file", file);
        assertEquals(List.of("preview mine.backup", "preview mine.backup", "import mine.backup"), fake.calls);
        assertEquals(List.of(Original.IN_USE), fake.originals);
    }

    @Test
    void whoCannotBeAskedSaysWhatBecameOfTheOriginal() throws Exception {
        assertEquals(
                "Error: the state of the server that made the backup is unknown: add --original gone if it is "
                        + "no longer used, or --original in-use so that this server only reads",
                plain().refusal("backup-import", "mine.backup", "--yes", "--passphrase-file", file));
        assertEquals(
                "Error: --original must be gone or in-use, not 'away'",
                plain().refusal(
                                "backup-import",
                                "mine.backup",
                                "--yes",
                                "--original",
                                "away",
                                "--passphrase-file",
                                file));
        assertEquals(List.of(), fake.calls);
        String printed = bare(plain().run(
                        "backup-import", "mine.backup", "--yes", "--original", "in-use", "--passphrase-file", file));
        assertEquals(List.of(Original.IN_USE), fake.originals);
        assertTrue(printed.contains("Next: partyline:restore-takeover, once the original is gone"), printed);
    }

    @Test
    void takingOverAsksFirst() throws Exception {
        assertTrue(answering("no").run("restore-takeover").contains("Cancelled: nothing was changed."));
        assertTrue(plain().refusal("restore-takeover").contains("confirm with --yes"));
        assertFalse(fake.calls.contains("take over"));
        String printed = bare(answering("yes").run("restore-takeover"));
        assertTrue(printed.contains("me sends from now on: 2 sessions are offered to contacts."), printed);
        assertTrue(fake.calls.contains("take over"));
    }

    @Test
    void aPreviewChangesNothing() throws Exception {
        String printed = plain().run("backup-import", "mine.backup", "--preview", "--passphrase-file", file);
        assertTrue(
                printed.contains("Nothing was changed. Import it with partyline:backup-import mine.backup"), printed);
        JsonNode document = new ObjectMapper()
                .readTree(
                        plain().run("backup-import", "mine.backup", "--preview", "--json", "--passphrase-file", file));
        assertFalse(document.get("imported").asBoolean());
        assertEquals(3, document.get("changes").size());
        assertFalse(fake.calls.contains("import mine.backup"));
        assertEquals(
                "Error: --preview and --yes exclude each other: preview the import or run it",
                plain().refusal("backup-import", "mine.backup", "--preview", "--yes"));
    }

    @Test
    void whereAllIsHereNothingIsImported() throws Exception {
        fake.changes.removeIf(change -> !change.action().equals("kept"));
        String printed =
                plain().run("backup-import", "mine.backup", "--yes", "--original", "gone", "--passphrase-file", file);
        assertTrue(
                printed.endsWith("Nothing to import: this server already has all of it." + System.lineSeparator()),
                printed);
        assertEquals(List.of("preview mine.backup"), fake.calls);
    }

    @Test
    void withoutATerminalAnImportNeedsAYes() {
        String refusal =
                plain().refusal("backup-import", "mine.backup", "--original", "gone", "--passphrase-file", file);
        assertTrue(refusal.contains("confirm with --yes"), refusal);
        assertFalse(fake.calls.contains("import mine.backup"));
    }

    @Test
    void aWrongPassphraseIsALine() throws Exception {
        assertEquals(
                "Error: the passphrase is not that of the backup: try again",
                plain().refusal(
                                "backup-import",
                                "mine.backup",
                                "--yes",
                                "--original",
                                "gone",
                                "--passphrase-file",
                                file("wrong", "wrong one")));
        assertFalse(fake.calls.contains("import mine.backup"));
    }

    @Test
    void theTableOfChangesFitsTheTerminal() throws Exception {
        fake.changes.add(new Change("contact", "me/" + "long ".repeat(6), "added", "word ".repeat(30)));
        String printed = AttributedString.stripAnsi(
                answering("gone", "no").run("backup-import", "mine.backup", "--passphrase-file", file));
        printed.lines().forEach(line -> assertTrue(line.length() <= 80, () -> "too wide: " + line));
    }

    @Test
    void theNewestEventsAreListed() throws Exception {
        String printed = plain().run("audit", "--last", "1");
        assertTrue(printed.contains("handshake-refused"), printed);
        assertFalse(printed.contains("store-unlocked"), printed);
        for (String bad : new String[] {"0", "10001"}) {
            assertEquals("Error: --last must be 1 to 10000, not " + bad, plain().refusal("audit", "--last", bad));
        }
        assertEquals("Error: --count requires --follow", plain().refusal("audit", "--count", "2"));
    }

    @Test
    void followingPrintsNewEventsAndNothingTwice() throws Exception {
        fake.auditOnFollow.add(fake.audited.get(1));
        fake.auditOnFollow.add(new Entry(Samples.NOW, "keys-rotated", "persona me"));
        String printed = plain().run("audit", "--follow", "--last", "2", "--count", "3");
        assertEquals(3, printed.lines().count(), printed);
        assertTrue(printed.endsWith("2026-11-24 10:00:00  keys-rotated  persona me" + System.lineSeparator()), printed);
        assertEquals(1, fake.unsubscribed);
    }

    @Test
    void ctrlCEndsFollowingWithAWholeDocument() throws Exception {
        Thread.currentThread().interrupt();
        assertEquals(
                "{\"events\":[]}", plain().run("audit", "--follow", "--json").strip());
        assertEquals(1, fake.unsubscribed);
    }

    @Test
    void whatAnEventTellsOfOthersIsHarmless() throws Exception {
        fake.audited.add(new Entry(Samples.NOW, "x", "eve\u001B[2J\nStore open"));
        fake.auditOnFollow.add(new Entry(Samples.NOW, "y", "eve\u001B[2J\nStore open"));
        for (String printed : new String[] {plain().run("audit"), plain().run("audit", "--follow", "--count", "1")}) {
            assertFalse(printed.contains("\u001B"), printed);
            assertFalse(printed.contains("\nStore open"), printed);
        }
    }

    @Test
    void thePassphraseOfTheStoreChanges() throws Exception {
        Runner runner = answering(RIGHT, "a newer horse", "a newer horse");
        String printed = runner.run("passphrase-change");
        assertEquals("a newer horse", fake.passphrase);
        assertEquals(List.of((char) 0, (char) 0, (char) 0), runner.session.masks);
        assertFalse(printed.contains("horse"), printed);
    }

    @Test
    void aWrongOldOneChangesNothing() throws Exception {
        assertEquals(
                "Error: the passphrase is wrong: try again",
                plain().refusal(
                                "passphrase-change",
                                "--old-passphrase-file",
                                file("wrong", "wrong horse"),
                                "--new-passphrase-file",
                                file("new", "a newer horse")));
        assertEquals(RIGHT, fake.passphrase);
    }

    @Test
    void standardInputHoldsOneOfTheTwo() {
        assertEquals(
                "Error: standard input can be read only once: name a file with --old-passphrase-file or with "
                        + "--new-passphrase-file",
                plain().refusal("passphrase-change", "--old-passphrase-file", "-", "--new-passphrase-file", "-"));
        fake.state = Store.State.NEW;
        assertEquals(
                "Error: there is no store yet: create one with partyline:setup", plain().refusal("passphrase-change"));
    }

    @Test
    void theStoreKeyMovesAndComesBack() throws Exception {
        for (Source source : Source.values()) {
            String printed = plain().run("secrets-move", source.word(), "--passphrase-file", file);
            assertTrue(printed.startsWith("From the next start, the store "), printed);
            assertEquals(source, fake.source);
            assertEquals(source != Source.ASK, printed.contains("can read everything"));
            assertTrue(plain().run("secrets-status").contains(SecretsText.source(source)));
        }
        assertEquals(
                "Error: PLACE must be ask, keyring, file or credential, not 'moon'",
                plain().refusal("secrets-move", "moon", "--passphrase-file", file));
    }

    @Test
    void aWrongPassphraseMovesNothing() throws Exception {
        assertEquals(
                "Error: the passphrase is wrong: try again",
                plain().refusal("secrets-move", "file", "--passphrase-file", file("wrong", "wrong horse")));
        assertEquals(Source.KEYRING, fake.source);
    }
}
