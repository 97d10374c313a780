package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The packed distribution, run by its start script as an operator would: two homes side by side. */
public class StartScriptIT {

    /** What a run of the script gave. */
    private record Run(int status, String out, String err) {}

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static Path distribution;
    private static Path first;
    private static Path second;

    @BeforeClass
    public static void startTwoServers() throws Exception {
        Path folder = FOLDER.getRoot().toPath();
        Process tar = new ProcessBuilder(
                        "tar", "-xzf", System.getProperty("partyline.distribution"), "-C", folder.toString())
                .inheritIO()
                .start();
        assertEquals(0, tar.waitFor());
        distribution = folder.resolve("partyline-" + System.getProperty("project.version"));
        first = folder.resolve("first home");
        second = folder.resolve("second");

        Process one = start(first, Map.of(), "server");
        Process two = start(second, Map.of(), "server");
        Run ran = finish(one);
        assertEquals(ran.err(), 0, ran.status());
        ran = finish(two);
        assertEquals(ran.err(), 0, ran.status());
    }

    @AfterClass
    public static void stopThem() throws Exception {
        List<String> left = new ArrayList<>();
        for (Path home : List.of(first, second)) {
            run(home, "stop");
            if (run(home, "status").status() != 3) {
                left.add(home.toString());
            }
        }
        assertEquals(List.of(), left);
    }

    @Test
    public void statusNamesTheHomeAndTheConsole() throws Exception {
        Run run = run(first, "status");

        assertEquals(0, run.status());
        assertTrue(run.out(), run.out().startsWith("A server runs in " + first + " (pid "));
        assertTrue(run.out(), run.out().contains("console on 127.0.0.1:"));
    }

    @Test
    public void statusOfAHomeWithoutAServerSaysSoAndExitsWithThree() throws Exception {
        Path home = FOLDER.newFolder().toPath();

        assertEquals(new Run(3, "No server runs in " + home + ".\n", ""), run(home, "status"));
    }

    @Test
    public void aCommandPrintsItsOutputAndNothingElse() throws Exception {
        assertEquals(new Run(0, "hello\n", ""), run(first, "command", "shell:echo hello"));
    }

    @Test
    public void theCommandsOfPartylineNeedNoScope() throws Exception {
        Run run = run(first, "command", "status --help");

        assertEquals(0, run.status());
        assertTrue(run.out(), run.out().contains("partyline:status"));
    }

    /** One alone can leave a login waiting for ever, and all that come after it. */
    @Test(timeout = 60_000)
    public void twoThreadsTakeTheEventsOfTheConsole() throws Exception {
        Path log = first.resolve("log/console.log");
        String server = Files.readString(first.resolve("partyline.pid")).strip();
        assertEquals(0, new ProcessBuilder("kill", "-QUIT", server).start().waitFor());
        // What follows the threads in it.
        while (!Files.readString(log).contains("JNI global refs")) {
            Thread.sleep(50);
        }

        assertEquals(
                2,
                Files.readAllLines(log).stream()
                        .filter(line -> line.contains("EPollPort$EventHandlerTask.run"))
                        .count());
    }

    @Test
    public void aCommandThatFailsExitsWithAnotherStatusThanZero() throws Exception {
        assertNotEquals(0, run(first, "command", "no-such-command").status());
    }

    @Test
    public void aCommandWithoutAServerSaysWhatToDo() throws Exception {
        Path home = FOLDER.newFolder().toPath();

        assertEquals(
                new Run(1, "", "Error: no server runs in " + home + ": start one with `partyline server`.\n"),
                run(home, "command", "shell:echo hello"));
    }

    @Test
    public void twoHomesHaveServersAndPortsOfTheirOwn() throws Exception {
        assertEquals(
                first.toString(),
                run(first, "command", "shell:echo ${partyline.home}").out().strip());
        assertEquals(
                second.toString(),
                run(second, "command", "shell:echo ${partyline.home}").out().strip());
        assertNotEquals(
                Files.readString(first.resolve("console.port")), Files.readString(second.resolve("console.port")));
    }

    @Test
    public void nobodyElseMayReadWhatLiesInAHome() throws Exception {
        List<String> open = new ArrayList<>();
        try (Stream<Path> files = Files.walk(first)) {
            for (Path file : files.toList()) {
                try {
                    String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                    if (!permissions.endsWith("------")) {
                        open.add(permissions + " " + file);
                    }
                } catch (NoSuchFileException e) {
                    // The server runs, and has files that last for a moment.
                    continue;
                }
            }
        }

        assertEquals(List.of(), open);
    }

    @Test
    public void thePasswordOfTheConsoleIsRandomAndOfEachHomeItsOwn() throws Exception {
        String one = password(first);
        String two = password(second);

        assertTrue(one.matches("[0-9a-f]{48}"));
        assertTrue(two.matches("[0-9a-f]{48}"));
        assertNotEquals(one, two);
    }

    @Test
    public void thePasswordIsOnNoCommandLineAndInNoLog() throws Exception {
        String password = password(first);

        assertTrue(ProcessHandle.allProcesses()
                .noneMatch(process -> process.info().commandLine().orElse("").contains(password)));
        try (Stream<Path> logs = Files.list(first.resolve("log"))) {
            for (Path log : logs.toList()) {
                assertFalse(log.toString(), Files.readString(log).contains(password));
            }
        }
    }

    @Test
    public void whatIsTypedIntoAConsoleIsWrittenToNoFile() throws Exception {
        Path ownHome = FOLDER.newFolder().toPath();
        Path workingDirectory = FOLDER.newFolder().toPath();
        Path commands = Files.writeString(
                FOLDER.newFolder().toPath().resolve("commands"), "shell:echo typed-by-hand\nlogout\n");

        // One console over SSH, to a server that runs; and one of a server's own.
        for (Path home : List.of(second, ownHome)) {
            ProcessBuilder console = script(home, Map.of());
            Run run = finish(console.directory(workingDirectory.toFile())
                    .redirectInput(commands.toFile())
                    .start());
            assertEquals(run.err(), 0, run.status());
            assertTrue(run.out(), run.out().contains("typed-by-hand"));
        }

        List<String> written = new ArrayList<>();
        for (Path place : List.of(second, ownHome, workingDirectory, distribution)) {
            try (Stream<Path> files = Files.walk(place)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    try {
                        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains("typed-by-hand")) {
                            written.add(file.toString());
                        }
                    } catch (NoSuchFileException e) {
                        // As above.
                        continue;
                    }
                }
            }
        }
        assertEquals(List.of(), written);
    }

    @Test
    public void theDistributionStaysAsItWasUnpacked() throws Exception {
        try (Stream<Path> files = Files.list(distribution)) {
            assertEquals(
                    List.of("LICENSE", "etc", "lib", "partyline", "system"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertFalse(
                Files.readString(distribution.resolve("etc/users.properties")).contains("partyline ="));
    }

    @Test
    public void anOlderJavaIsRefusedInOneLine() throws Exception {
        Path bin = Files.createDirectories(FOLDER.newFolder().toPath().resolve("bin"));
        Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));

        Run run = finish(start(
                FOLDER.newFolder().toPath(), Map.of("JAVA_HOME", bin.getParent().toString()), "server"));

        assertEquals(
                new Run(1, "", "Error: " + java + " is version 11: Java 17 to 23 is needed; set JAVA_HOME to one.\n"),
                run);
    }

    @Test
    public void aMissingJavaIsRefusedInOneLine() throws Exception {
        String nowhere = FOLDER.newFolder().toString();

        Run run = finish(start(FOLDER.newFolder().toPath(), Map.of("JAVA_HOME", nowhere), "server"));

        assertEquals(1, run.status());
        assertEquals(
                "Error: JAVA_HOME is " + nowhere + ", and there is no bin/java in it: set it to a Java 17 to 23.\n",
                run.err());
    }

    @Test
    public void aWordThatItDoesNotKnowIsRefusedInOneLine() throws Exception {
        assertEquals(
                new Run(1, "", "Error: there is no `partyline sever`: see `partyline help`.\n"), run(first, "sever"));
    }

    private static String password(Path home) throws IOException {
        return Files.readAllLines(home.resolve("etc/users.properties")).stream()
                .filter(line -> line.startsWith("partyline = "))
                .map(line -> line.substring("partyline = ".length(), line.indexOf(',')))
                .findFirst()
                .orElseThrow();
    }

    private static Run run(Path home, String... words) throws Exception {
        return finish(start(home, Map.of(), words));
    }

    private static Process start(Path home, Map<String, String> environment, String... words) throws IOException {
        return script(home, environment, words).start();
    }

    private static ProcessBuilder script(Path home, Map<String, String> environment, String... words) {
        List<String> command =
                new ArrayList<>(List.of(distribution.resolve("partyline").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PARTYLINE_HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return builder;
    }

    private static Run finish(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue("the script hangs", process.waitFor(120, TimeUnit.SECONDS));
        return new Run(process.exitValue(), out, err);
    }
}
