package org.partyline.shell.panic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.Store;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

/** No irreversible action is performed without confirmation, and failures are reported. */
class PanicCommandsTest {
    private static final String NOBODY =
            "Error: this cannot be undone: confirm with --yes, because the session is not interactive";

    @TempDir
    Path directory;

    private static Runner atTerminal(String... answers) {
        return new Runner(
                FakeEngine.furnished(), FakeSession.withTerminal(100, 40).answer(answers));
    }

    @Test
    void whatCannotBeUndoneIsRefusedWithoutATerminalAndWithoutYes() {
        for (List<String> line : List.of(
                List.of("panic", "erase"),
                List.of("panic", "erase", "--json"),
                List.of("panic", "move"),
                List.of("shred", "conversation", "bob"),
                List.of("shred", "channel", "lobby"),
                List.of("shred", "persona", "me"))) {
            Runner runner = Runner.plain();
            assertEquals(
                    NOBODY,
                    runner.refusal(line.get(0), line.subList(1, line.size()).toArray(String[]::new)));
            assertEquals(List.of(), runner.fake.panicked);
        }
    }

    @Test
    void atATerminalItAsksOnceAndNoIsNo() throws Exception {
        Runner runner = atTerminal("no", "no", "no");
        assertTrue(runner.run("panic", "erase").contains("Cancelled: nothing was changed."));
        assertTrue(runner.run("panic", "move").contains("Cancelled: nothing was changed."));
        assertTrue(runner.run("shred", "channel", "lobby").contains("Cancelled: nothing was changed."));
        assertEquals(List.of(), runner.fake.panicked);
        assertEquals(3, runner.session.prompts.size());

        Runner sure = atTerminal("yes");
        assertTrue(AttributedString.stripAnsi(sure.run("panic", "erase")).contains("Erased. The server stops"));
        assertEquals(List.of("erase", "end"), sure.fake.panicked);
        assertEquals(1, sure.session.prompts.size());
    }

    @Test
    void whatWillNotBeErasedIsSaidBeforeItAsks() throws Exception {
        Runner runner = atTerminal("no");
        runner.fake.away = List.of("org.partyline.backup");
        runner.run("panic", "erase");
        assertEquals(List.of(), runner.fake.panicked);
        String asked = runner.session.prompts.get(0);
        assertTrue(
                asked.contains(
                        "files of bundles that are not running (bundle:start NAME first): org.partyline.backup. Erase this server"),
                asked);
    }

    @Test
    void whatCouldNotBeErasedIsSaidAndEndsAProgramWithAFailure() throws Exception {
        Runner runner = Runner.plain();
        runner.fake.stuck = true;
        Object status = runner.command("panic").execute(runner.session, new ArrayList<>(List.of("erase", "--yes")));
        assertEquals(1, status);
        assertEquals(List.of("erase", "end"), runner.fake.panicked);
        String printed = runner.run("panic", "erase", "--yes");
        assertTrue(printed.contains("FAILED  backups: not erased: /backup; delete by hand"), printed);
        assertTrue(printed.contains("Only partly done: see above."), printed);
        assertFalse(printed.contains("Erased. The server stops"), printed);
    }

    @Test
    void lockingAsksNobodyAndLeavesTheConsoleThatAsks() throws Exception {
        Runner runner = Runner.plain();
        String printed = runner.run("panic", "lock");
        assertTrue(printed.endsWith("Locked. Open it with partyline:unlock.\n"), printed);
        assertEquals(1, runner.fake.panicked.size());
        // A separate mark each time, which nobody can guess.
        runner.run("panic", "lock");
        assertTrue(runner.fake.panicked.get(0).length() > 36);
        assertFalse(runner.fake.panicked.get(0).equals(runner.fake.panicked.get(1)));
    }

    @Test
    void whatIsNotThereIsRefusedBeforeItAsks() {
        Runner runner = Runner.plain();
        assertTrue(runner.refusal("shred", "conversation", "nobody", "--yes").startsWith("Error: "));
        assertTrue(runner.refusal("shred", "persona", "nobody", "--yes").startsWith("Error: "));
        assertEquals(
                "Error: --persona applies to conversation and channel only",
                runner.refusal("shred", "persona", "me", "--persona", "me"));
        assertEquals(List.of(), runner.fake.panicked);
    }

    private String file(String name, String passphrase) throws Exception {
        Path file = directory.resolve(name);
        Files.writeString(file, passphrase + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file.toString();
    }

    @Test
    void aDuressPassphraseIsSetWithTheStoreOpenAndTheRightPassphrase() throws Exception {
        Runner runner = Runner.plain();
        String own = file("own", runner.fake.passphrase);
        String wrong = file("wrong", "a wrong passphrase");
        String duress = file("duress", "take all of it");
        assertEquals(
                "Error: the passphrase is wrong: try again",
                runner.refusal("duress-set", "--passphrase-file", wrong, "--duress-passphrase-file", duress));
        assertEquals(
                "Error: the passphrase is too short: use at least 8 characters",
                runner.refusal(
                        "duress-set", "--passphrase-file", own, "--duress-passphrase-file", file("short", "seven77")));
        assertEquals(
                "Error: the passphrase is wrong: try again",
                runner.refusal("duress-remove", "--passphrase-file", wrong));
        assertEquals(List.of(), runner.fake.panicked);
        runner.run("duress-set", "--passphrase-file", own, "--duress-passphrase-file", duress);
        runner.run("duress-remove", "--passphrase-file", own);
        assertEquals(List.of("duress set", "duress removed"), runner.fake.panicked);
        assertEquals(6, runner.fake.secrets.size());
        for (char[] secret : runner.fake.secrets) {
            assertArrayEquals(new char[secret.length], secret);
        }

        runner.fake.state = Store.State.LOCKED;
        assertEquals(
                "Error: the store is locked: open it with partyline:unlock",
                runner.refusal("duress-set", "--passphrase-file", own, "--duress-passphrase-file", duress));
        assertEquals(
                "Error: the store is locked: open it with partyline:unlock",
                runner.refusal("duress-remove", "--passphrase-file", own));
    }
}
