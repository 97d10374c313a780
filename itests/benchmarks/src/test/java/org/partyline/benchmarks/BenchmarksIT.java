package org.partyline.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.itests.harness.NeedsNode;

/** Checks that each part of the benchmarks runs in a separate JVM and returns its figures, whatever these are. */
class BenchmarksIT {

    /** The result of a run of the program. */
    private record Run(int status, List<String> rows, String all) {}

    @TempDir
    Path work;

    private Process process;

    /** A part that failed leaves nothing behind. */
    @AfterEach
    void endWhatRuns() {
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scan", "recognise", "open", "derive", "memory", "junk", "command"})
    void aPartGivesFigures(String part) throws Exception {
        assertGivesFigures(run(part, System.getProperty("partyline.distribution")));
    }

    @Test
    @EnabledIfSystemProperty(named = "nightly", matches = "true", disabledReason = "it is in .ci/nightly")
    void thePartThatStartsManyServersGivesFigures() throws Exception {
        assertGivesFigures(run("start", System.getProperty("partyline.distribution")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"node", "scale"})
    @ExtendWith(NeedsNode.class)
    void aPartWithANodeGivesFigures(String part) throws Exception {
        assertGivesFigures(run(part, System.getProperty("partyline.distribution")));
    }

    @Test
    void aPartThatFailsEndsTheRunWithItsNameAndAStatus() throws Exception {
        Run run = run("scan,start", work.resolve("no-such-archive").toString());

        assertEquals(1, run.status(), run.all());
        assertTrue(run.all().contains("Error: part start failed."), run.all());
        assertEquals(List.of(), run.rows());
    }

    @Test
    void aPartThatDoesNotExistEndsTheRun() throws Exception {
        Run run = run("scam", System.getProperty("partyline.distribution"));

        assertEquals(1, run.status(), run.all());
        assertTrue(run.all().contains("Error: there is no part scam; there are [scan, "), run.all());
    }

    private static void assertGivesFigures(Run run) {
        assertEquals(0, run.status(), run.all());
        assertTrue(run.rows().size() > 2, run.all());
    }

    private Run run(String part, String distribution) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.add("-Dquick=true");
        command.add("-Dpartyline.distribution=" + distribution);
        command.add("-Dwork=" + work.resolve("work"));
        for (String handedOn : List.of("karaf.distribution", "bitcoind")) {
            command.add("-D" + handedOn + "=" + System.getProperty(handedOn, ""));
        }
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), Main.class.getName(), part));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), all);
        return new Run(
                process.exitValue(),
                all.lines().filter(line -> line.startsWith("| ")).toList(),
                all);
    }
}
