package org.partyline.shell.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.health.Finding;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

/**
 * The doctor shows the worst findings first, hides passed checks, and determines a program's exit status by the worst.
 */
class DoctorCommandTest {
    private static Runner with(Finding... findings) {
        FakeEngine fake = new FakeEngine();
        fake.findings.clear();
        fake.findings.addAll(List.of(findings));
        return new Runner(fake, FakeSession.withoutTerminal());
    }

    private static final Finding FINE = Finding.ok("store", "the store is open");
    private static final Finding OLD =
            Finding.warning("backup", "the newest backup is old", "partyline:backup-export FILE");
    private static final Finding DUMPS = Finding.unsafe("process", "core-dumps: on", "ulimit -c 0");

    private static Object status(Runner runner, String... words) throws Exception {
        return runner.command("doctor").execute(runner.session, new ArrayList<>(List.of(words)));
    }

    @Test
    void aProgramEndsByTheWorst() throws Exception {
        assertEquals(0, status(with(FINE)));
        assertEquals(5, status(with(FINE, OLD)));
        assertEquals(6, status(with(FINE, DUMPS, OLD)));
        assertEquals(6, status(with(FINE, DUMPS, OLD), "--json"));
    }

    @Test
    void theWorstComesFirstAndWhatIsWellIsHiddenUnlessAskedFor() throws Exception {
        String short0 = with(FINE, OLD, DUMPS).run("doctor");
        assertTrue(short0.indexOf("process: core-dumps") < short0.indexOf("backup: the newest"), short0);
        assertFalse(short0.contains("the store is open"), short0);
        assertTrue(
                short0.contains("1 point unsafe, 1 warning; 3 points checked (--all shows the others, too)."), short0);
        assertTrue(with(FINE, OLD, DUMPS).run("doctor", "--all").contains("the store is open"));
        assertEquals(
                "no findings; 1 point checked (--all shows the others, too).",
                with(FINE).run("doctor").strip());
    }

    @Test
    void wordsOfOthersCannotMoveTheCursor() throws Exception {
        String printed =
                with(Finding.unsafe("nodes", "node \u001b[2Ja is gone", "")).run("doctor");
        assertFalse(printed.contains("\u001b[2J"), printed);
    }
}
