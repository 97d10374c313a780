package org.partyline.shell.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.store.Store;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

class StatusExitTest {
    private final FakeEngine fake = new FakeEngine();

    private Object status(String... words) throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        return runner.command("status").execute(runner.session, new ArrayList<>(List.of(words)));
    }

    private static final Finding WELL = Finding.ok("disk", "900 MiB are left");
    private static final Finding WARNING =
            Finding.warning("backup", "the newest backup is 40 days old", "partyline:backup-export FILE");
    private static final Finding UNSAFE =
            Finding.unsafe("disk", "3 MiB are left on the disk of the store", "free space");

    @Test
    void aServerThatIsWellEndsWithZero() throws Exception {
        fake.findings = List.of(WELL);
        assertEquals(0, status("--exit-status"));
        assertEquals(0, status("--exit-status", "--json"));
    }

    @Test
    void aStoreThatIsLockedOrNotThereEndsWithFour() throws Exception {
        fake.findings = List.of(WELL, WARNING);
        fake.state = Store.State.LOCKED;
        assertEquals(4, status("--exit-status"));
        fake.state = Store.State.NEW;
        assertEquals(4, status("--exit-status"));
    }

    @Test
    void aServerWithWarningsEndsWithFive() throws Exception {
        fake.findings = List.of(WARNING, WELL);
        assertEquals(5, status("--exit-status"));
    }

    @Test
    void aServerWithSomethingUnsafeEndsWithSix() throws Exception {
        fake.findings = List.of(WARNING, UNSAFE, WELL);
        assertEquals(6, status("--exit-status"));
        fake.state = Store.State.LOCKED;
        assertEquals(6, status("--exit-status"));
    }

    @Test
    void theDoctorEndsWithTheSameStatusWhateverIsFound() throws Exception {
        for (Store.State state : Store.State.values()) {
            for (List<Finding> findings :
                    List.of(List.of(WELL), List.of(WARNING, WELL), List.of(UNSAFE), List.of(UNSAFE, WARNING, WELL))) {
                fake.state = state;
                fake.findings = findings;
                Runner runner = new Runner(fake, FakeSession.withoutTerminal());
                assertEquals(
                        runner.command("doctor").execute(runner.session, new ArrayList<>()),
                        status("--exit-status"),
                        () -> state + " " + findings);
            }
        }
    }

    @Test
    void itShowsTheSummaryAndTheWorstFindingFirstWithWhatToDo() throws Exception {
        fake.findings = List.of(WARNING, UNSAFE, WELL);
        List<String> lines = new Runner(fake, FakeSession.withoutTerminal())
                .run("status")
                .lines()
                .toList();
        assertTrue(lines.contains("Doctor    1 point unsafe, 1 warning (partyline:doctor)"), lines::toString);
        assertEquals(
                List.of(
                        "Unsafe   3 MiB are left on the disk of the store → free space",
                        "Warning  the newest backup is 40 days old → partyline:backup-export FILE"),
                lines.subList(lines.size() - 2, lines.size()));
        String json = new Runner(fake, FakeSession.withoutTerminal()).run("status", "--json");
        assertTrue(json.contains("\"unsafe\":1,\"warnings\":1"), json);
    }

    @Test
    void withoutADoctorItSaysThatNothingWasChecked() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal(), fake.engineWithout(Doctor.class));
        String printed = runner.run("status");
        assertTrue(printed.contains("Warning  nothing was checked: the doctor service is not running"), printed);
        assertEquals(5, runner.command("status").execute(runner.session, new ArrayList<>(List.of("--exit-status"))));
    }

    /** A console would print the number. */
    @Test
    void whoDoesNotAskForItGetsNone() throws Exception {
        assertNull(status());
    }
}
