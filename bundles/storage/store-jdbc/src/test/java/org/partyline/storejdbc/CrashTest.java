package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.storejdbc.Bench.passphrase;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.Store;

/** The process is killed at any point, without a chance to clean up. */
class CrashTest {
    @TempDir
    Path home;

    private static Process start(Path directory, String what, int at) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashChild.class.getName(),
                        directory.toString(),
                        what,
                        Integer.toString(at))
                .redirectErrorStream(true)
                .start();
    }

    /** The output of the child process. */
    private static List<String> run(Path directory, String what, int at, int exit) throws Exception {
        Process child = start(directory, what, at);
        List<String> lines;
        try (BufferedReader reader = child.inputReader(StandardCharsets.UTF_8)) {
            lines = reader.lines().toList();
        }
        assertEquals(exit, child.waitFor(), () -> String.join("\n", lines));
        return lines;
    }

    private void create() throws Exception {
        try (Bench bench = Bench.embedded(home)) {
            bench.store.create(passphrase());
        }
    }

    private Bench unlocked() throws Exception {
        Bench bench = Bench.embedded(home);
        bench.store.unlock(passphrase());
        return bench;
    }

    @Test
    void whatWasCommittedIsThereWhenTheProcessDiesRightAfterIt() throws Exception {
        create();
        for (int at : new int[] {1, 20}) {
            run(home, "increment", at, CrashChild.HALTED);
            try (Bench bench = unlocked()) {
                assertEquals(at, JdbcStoreContract.counter(bench.store));
            }
        }
    }

    @Test
    void whatWasCommittedIsThereWhenTheProcessDiesAfterItWorkedForAWhile() throws Exception {
        create();
        // Longer than H2 retains unused space, so that it would reuse space if that were allowed.
        for (int milliseconds : new int[] {1700, 2600}) {
            List<String> told = run(home, "busy", milliseconds, CrashChild.HALTED);
            try (Bench bench = unlocked()) {
                assertEquals(told.get(told.size() - 1), Integer.toString(JdbcStoreContract.counter(bench.store)));
            }
        }
    }

    @Test
    void whatWasCommittedIsThereAfterAKill() throws Exception {
        create();
        Process child = start(home, "increment", Integer.MAX_VALUE);
        int last = 0;
        try (BufferedReader reader = child.inputReader(StandardCharsets.UTF_8)) {
            while (last < 50) {
                last = Integer.parseInt(reader.readLine());
            }
            // SIGKILL.
            child.toHandle().destroyForcibly();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                last = Integer.parseInt(line);
            }
            child.waitFor();
        }
        try (Bench bench = unlocked()) {
            int counter = JdbcStoreContract.counter(bench.store);
            assertTrue(counter == last || counter == last + 1, counter + " after " + last);
        }
    }

    @Test
    void aTransactionThatWasCutOffLeavesNothing() throws Exception {
        create();
        run(home, "inside", 0, CrashChild.HALTED);
        try (Bench bench = unlocked()) {
            assertEquals(Optional.of("1"), bench.get("t", "before"));
            assertEquals(Optional.empty(), bench.get("t", "inside"));
        }
    }

    @Test
    void aMakingThatWasCutOffLeavesNoStoreOrAWholeOne() throws Exception {
        List<Store.State> states = new ArrayList<>();
        // Steps 1 to 5 insert, 6 is before the commit, 7 after it. Reading the state commits first: +2.
        for (int at : new int[] {1, 4, 6, 7}) {
            Path directory = home.resolve("run " + at);
            run(directory, "create", at, CrashChild.HALTED);
            try (Bench bench = Bench.embedded(directory)) {
                Store.State state = bench.store.state();
                states.add(state);
                if (state == Store.State.NEW) {
                    bench.store.create(passphrase());
                } else {
                    bench.store.unlock(passphrase());
                }
                bench.put("t", "k", "v");
                assertEquals(Optional.of("v"), bench.get("t", "k"));
            }
        }
        assertEquals(List.of(Store.State.NEW, Store.State.NEW, Store.State.NEW, Store.State.LOCKED), states);
    }

    @Test
    void aWriteThatWasCutOffInTheMiddleLosesNothingThatWasCommitted() throws Exception {
        create();
        int before = 0;
        for (int at : new int[] {1, 2, 5, 40}) {
            List<String> told = run(home, "write", at, CrashChild.HALTED);
            int last = told.isEmpty() ? before : Integer.parseInt(told.get(told.size() - 1));
            try (Bench bench = unlocked()) {
                before = JdbcStoreContract.counter(bench.store);
            }
            assertTrue(before == last || before == last + 1, before + " after " + last);
        }
    }

    @Test
    void compactingThatWasCutOffLosesNothing() throws Exception {
        create();
        try (Bench bench = unlocked()) {
            for (int i = 0; i < 20; i++) {
                bench.put("t", "key " + i, "value " + i);
            }
        }
        int at = 1;
        // Until the process survives: then it has been killed at every relevant step.
        for (int exit = CrashChild.HALTED; exit == CrashChild.HALTED; at += 4) {
            Process child = start(home, "compact", at);
            child.getInputStream().readAllBytes();
            exit = child.waitFor();
            try (Bench bench = unlocked()) {
                assertEquals(20, bench.store.transact(tx -> tx.list("t")).size());
                assertEquals(Optional.of("value 19"), bench.get("t", "key 19"));
            }
        }
        assertTrue(at > 5, "it died at least once");
    }

    @Test
    void aStoreThatAnotherProcessUsesIsNotOpened() throws Exception {
        create();
        try (Bench bench = unlocked()) {
            bench.put("t", "k", "v");
            String told = String.join("\n", run(home, "open", 0, 1));
            assertTrue(
                    told.contains(
                            "another process uses the store: stop it, or set partyline.home to another directory"),
                    told);
        }
    }
}
