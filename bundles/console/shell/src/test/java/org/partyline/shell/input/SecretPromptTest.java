package org.partyline.shell.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.testing.FakeSession;

class SecretPromptTest {
    @TempDir
    Path directory;

    private SecretPrompt passphrases(FakeSession session, String standardInput) {
        return new SecretPrompt(
                Console.of(session, session.getConsole()),
                new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8)),
                directory);
    }

    private String file(String name, byte[] content, String mode) throws Exception {
        Path path = directory.resolve(name);
        Files.write(path, content);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        return name;
    }

    private String file(String name, String content) throws Exception {
        return file(name, content.getBytes(StandardCharsets.UTF_8), "rw-------");
    }

    private char[] existing(String file) throws Exception {
        return passphrases(FakeSession.withoutTerminal(), "").existing(Optional.of(file), "Q", "--passphrase-file");
    }

    @Test
    void aFileGivesItsFirstLine() throws Exception {
        assertEquals("grün wie Gras", new String(existing(file("a", "grün wie Gras\nsecond line\n"))));
        assertEquals("no line end", new String(existing(file("b", "no line end"))));
        assertEquals("windows", new String(existing(file("c", "windows\r\n"))));
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws Exception {
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----")) {
            String name = file("open" + mode, "secret".getBytes(StandardCharsets.UTF_8), mode);
            CommandError refused = assertThrows(CommandError.class, () -> existing(name));
            assertEquals(
                    "other users can read or change '" + name + "': run chmod 600 on it first", refused.getMessage());
        }
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        CommandError refused = assertThrows(CommandError.class, () -> existing("nowhere"));
        assertEquals("there is no file 'nowhere': name a file that contains the passphrase", refused.getMessage());
    }

    @Test
    void whatIsNoTextOrTooLongOrEmptyIsRefusedWithoutItsContent() throws Exception {
        String notText = file("bin", new byte[] {'s', 'e', 'c', (byte) 0xFF, (byte) 0xFE}, "rw-------");
        CommandError refused = assertThrows(CommandError.class, () -> existing(notText));
        assertEquals("the passphrase in 'bin' is not UTF-8 text: save the file as UTF-8", refused.getMessage());
        String tooLong = file("long", "x".repeat(5000));
        assertEquals(
                "the passphrase in 'long' is longer than 4096 bytes: check that it is the right file",
                assertThrows(CommandError.class, () -> existing(tooLong)).getMessage());
        String empty = file("empty", "\n");
        assertEquals(
                "no passphrase was given: nothing was done",
                assertThrows(CommandError.class, () -> existing(empty)).getMessage());
    }

    @Test
    void aDashReadsStandardInput() throws Exception {
        char[] secret = passphrases(FakeSession.withoutTerminal(), "from a pipe\n")
                .existing(Optional.of("-"), "Q", "--passphrase-file");
        assertEquals("from a pipe", new String(secret));
    }

    @Test
    void aQuestionEchoesNothing() throws Exception {
        FakeSession session = FakeSession.withTerminal(80, 24).answer("hidden words");
        char[] secret = passphrases(session, "").existing(Optional.empty(), "Passphrase", "--passphrase-file");
        assertEquals("hidden words", new String(secret));
        assertEquals(List.of((char) 0), session.masks);
        assertFalse(session.printed().contains("hidden"));
    }

    @Test
    void aNewOneIsAskedForTwice() throws Exception {
        FakeSession session = FakeSession.withTerminal(80, 24).answer("long enough", "long enough");
        char[] secret = passphrases(session, "").fresh(Optional.empty(), "Passphrase", "--passphrase-file");
        assertEquals("long enough", new String(secret));
        assertEquals(List.of((char) 0, (char) 0), session.masks);
    }

    @Test
    void twoThatDifferAreAskedForAgain() throws Exception {
        FakeSession session = FakeSession.withTerminal(80, 24)
                .answer("seven77", "long enough", "long enouhg", "long enough", "long enough");
        char[] secret = passphrases(session, "").fresh(Optional.empty(), "Passphrase", "--passphrase-file");
        assertEquals("long enough", new String(secret));
        assertEquals(
                List.of("Too short: use at least 8 characters.", "The two entries differ. Try again."),
                session.printed().lines().toList());
    }

    @Test
    void ctrlDIsNoAnswer() {
        FakeSession session = FakeSession.withTerminal(80, 24).answer(FakeSession.CTRL_D);
        CommandError refused = assertThrows(
                CommandError.class,
                () -> passphrases(session, "").existing(Optional.empty(), "Passphrase", "--passphrase-file"));
        assertEquals("no answer was given: nothing was done", refused.getMessage());
    }

    @Test
    void aNewOneThatIsTooShortIsRefused() throws Exception {
        String name = file("short", "seven77");
        CommandError refused = assertThrows(
                CommandError.class,
                () -> passphrases(FakeSession.withoutTerminal(), "")
                        .fresh(Optional.of(name), "Passphrase", "--passphrase-file"));
        assertEquals("the passphrase is too short: use at least 8 characters", refused.getMessage());
    }

    @Test
    void withoutATerminalTheOptionIsNamed() {
        CommandError refused = assertThrows(
                CommandError.class,
                () -> passphrases(FakeSession.withoutTerminal(), "")
                        .existing(Optional.empty(), "Passphrase", "--passphrase-file"));
        assertEquals(
                "there is no terminal to ask for the passphrase: name a file with --passphrase-file FILE, or - for "
                        + "standard input",
                refused.getMessage());
    }

    @Test
    void ctrlCInterruptsAndTellsNothingOfWhatWasTyped() {
        FakeSession session = FakeSession.withTerminal(80, 24).answer(FakeSession.CTRL_C);
        InterruptedException interrupted = assertThrows(
                InterruptedException.class,
                () -> passphrases(session, "").existing(Optional.empty(), "Passphrase", "--passphrase-file"));
        assertEquals("interrupted by the operator", interrupted.getMessage());
        assertEquals(null, interrupted.getCause());
    }
}
