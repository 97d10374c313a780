package org.partyline.itests.distribution;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Tests the packed distribution through its start script, as an operator uses it: two homes side by side. The second
 * one's path is longer than a socket address may be, and two processes start it at once.
 */
public class StartScriptIT {

    /** The result of a run of the script. */
    private record Run(int status, String out, String err) {}

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static Path distribution;
    private static Path first;
    private static Path second;
    private static List<Run> startsOfTheFirst;
    private static List<Run> startsOfTheSecond;

    @BeforeClass
    public static void startTwoServers() throws Exception {
        Path folder = FOLDER.getRoot().toPath();
        Process tar = new ProcessBuilder(
                        "tar", "-xzf", System.getProperty("partyline.distribution"), "-C", folder.toString())
                .inheritIO()
                .start();
        assertEquals(0, tar.waitFor());
        distribution = folder.resolve("partyline-" + System.getProperty("project.version"));
        makeReadOnly();
        first = folder.resolve("first home");
        second = folder.resolve("second").resolve("deep".repeat(40));

        Map<String, String> withoutFlock = Map.of("PATH", pathWithout("flock").toString());
        // An operator may prepare settings, in a directory that others can read.
        Files.createDirectories(first.resolve("etc"));
        cutOff(first);
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        // Left over from a start that was killed.
        Files.writeString(first.resolve("start.pid"), ended.pid() + "\n");
        Process one = start(first, withoutFlock, "server");
        Process another = start(first, withoutFlock, "server");
        Process two = start(second, Map.of(), "server");
        Process three = start(second, Map.of(), "server");
        startsOfTheFirst = List.of(finish(one), finish(another));
        startsOfTheSecond = List.of(finish(two), finish(three));
    }

    /** Starts a server, and kills it while it installs its bundles. */
    private static void cutOff(Path home) throws Exception {
        ProcessBuilder shell = script(home, Map.of());
        shell.command(
                "bash",
                "-c",
                "\"$0\" server & until [ -d \"$1/data/cache/bundle60\" ]; do sleep 0.05; done;"
                        + " kill -9 \"$(cat \"$1/partyline.pid\")\"; wait $!",
                distribution + "/partyline",
                home.toString());
        Run cut = finish(shell.start());
        assertEquals(cut.toString(), 1, cut.status());
    }

    /** Creates a directory with all programs of the machine but one. */
    private static Path pathWithout(String program) throws IOException {
        Path bin = FOLDER.newFolder().toPath();
        for (String place : System.getenv("PATH").split(":")) {
            if (!Files.isDirectory(Path.of(place))) {
                continue;
            }
            try (Stream<Path> files = Files.list(Path.of(place))) {
                for (Path file : files.toList()) {
                    Path link = bin.resolve(file.getFileName());
                    if (!file.getFileName().toString().equals(program) && Files.notExists(link, NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, file);
                    }
                }
            }
        }
        return bin;
    }

    /** As root unpacks it for other users. */
    private static void makeReadOnly() throws IOException {
        try (Stream<Path> files = Files.walk(distribution)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                boolean script = file.getFileName().toString().equals("partyline");
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(script ? "r-xr-xr-x" : "r--r--r--"));
            }
        }
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
    public void statusNamesTheHomeAndTheProcess() throws Exception {
        Run run = run(first, "status");

        // There is no store.
        assertEquals(4, run.status());
        assertTrue(run.out(), run.out().startsWith("A server is running in " + first + " (pid " + pid(first) + ").\n"));
        assertTrue(run.out(), run.out().contains("Store "));
    }

    @Test
    public void whereAServiceManagerHasTheServerNobodyElseStartsOrStopsIt() throws Exception {
        Path home = FOLDER.newFolder().toPath().resolve("service");
        Map<String, String> service = Map.of("PARTYLINE_SERVICE", "partyline.service");
        for (String verb : List.of("run", "server", "demo", "tour")) {
            Run run = finish(start(home, service, verb));
            assertEquals(verb, 1, run.status());
            assertTrue(run.err(), run.err().contains("systemctl start partyline.service"));
        }
        Run stop = finish(start(first, service, "stop"));
        assertEquals(1, stop.status());
        assertTrue(stop.err(), stop.err().contains("systemctl stop partyline.service"));
        assertEquals(3, run(home, "status").status());
        assertTrue(Files.notExists(home.resolve("data")));
    }

    @Test
    public void twoStartsAtOnceMakeOneServerWhichBothName() throws Exception {
        isOneServer(second, startsOfTheSecond);
    }

    @Test
    public void twoStartsAtOnceMakeOneServerAlsoWithoutFlockAndAfterAStartThatWasKilled() throws Exception {
        isOneServer(first, startsOfTheFirst);
        try (Stream<Path> files = Files.list(first)) {
            assertEquals(
                    List.of(),
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.startsWith("start.pid"))
                            .toList());
        }
    }

    /** Karaf itself never starts bundles that such a start has installed. */
    @Test
    public void aStartThatWasKilledWhileItInstalledItsBundlesIsBegunAnew() throws Exception {
        Run bundles = run(first, "command", "bundle:list -t 0 -s");
        assertEquals(bundles.err(), 0, bundles.status());
        assertFalse(bundles.out(), bundles.out().contains("Installed"));
        assertTrue(bundles.out(), bundles.out().contains("org.partyline.console-socket"));
    }

    @Test
    public void theSystemsMessagesAreInEnglish() throws Exception {
        String environment = Files.readString(Path.of("/proc", pid(first), "environ"));
        assertTrue(List.of(environment.split("\0")).contains("LANGUAGE=C"));
    }

    /** A start holds the lock before its server has written its number. Here, a shell takes the server's place. */
    @Test
    public void stopWaitsForAServerThatIsBeingStarted() throws Exception {
        Path home = FOLDER.newFolder().toPath();
        ProcessBuilder shell = script(home, Map.of());
        shell.command(
                "bash",
                "-c",
                "exec 9>>\"$1/start.lock\"; flock 9; mkfifo \"$1/never\"; \"$0\" stop 9>&- & stop=$!;"
                        + " until [ \"$(readlink /proc/$stop/fd/9)\" = \"$1/start.lock\" ] || ! kill -0 $stop;"
                        + " do sleep 0.05; done;"
                        + " bash -c 'read -r <>\"$1\"' \"-Dkaraf.base=$1\" \"$1/never\" 9>&- &"
                        + " echo $! >\"$1/partyline.pid\"; flock -u 9; wait $stop",
                distribution + "/partyline",
                home.toString());
        Run stopped = finish(shell.start());
        assertEquals(stopped.toString(), 0, stopped.status());
        assertEquals("The server in " + home + " stopped.", stopped.out().strip());
        assertEquals(
                "No server is running in " + home + ".", run(home, "stop").out().strip());
    }

    /** A start would make it private, and delete the directory {@code data/cache}. */
    @Test
    public void aDirectoryWithOtherFilesIsNoHome() throws Exception {
        Path directory = FOLDER.newFolder().toPath();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path theirs = Files.writeString(
                Files.createDirectories(directory.resolve("data/cache")).resolve("theirs"), "");
        for (String verb : List.of("run", "server", "")) {
            Run refused = finish(start(directory, Map.of(), verb.isEmpty() ? new String[0] : new String[] {verb}));
            assertEquals(
                    new Run(
                            1,
                            "",
                            "Error: " + directory + " is not empty, and not a home of Mempool Partyline:"
                                    + " set PARTYLINE_HOME to a new or empty directory.\n"),
                    refused);
        }
        assertTrue(Files.exists(theirs));
        assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals(List.of(directory.resolve("data")), contents(directory));
    }

    @Test
    public void aDirectoryWithOtherFilesHasNoSettings() throws Exception {
        Path home = FOLDER.newFolder().toPath();
        Path directory = FOLDER.newFolder().toPath();
        Path theirs = Files.writeString(directory.resolve("theirs"), "");
        Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rw-r--r--"));

        assertEquals(
                new Run(
                        1,
                        "",
                        "Error: " + directory + " has files, but no settings of Mempool Partyline:"
                                + " set PARTYLINE_ETC to a new or empty directory.\n"),
                finish(start(home, Map.of("PARTYLINE_ETC", directory.toString()), "server")));

        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(theirs)));
        assertEquals(List.of(theirs), contents(directory));
    }

    @Test
    public void aQuestionMakesNoHome() throws Exception {
        Path directory = FOLDER.newFolder().toPath();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        String none = "No server is running in " + directory + ".\n";

        assertEquals(new Run(0, none, ""), run(directory, "stop"));
        assertEquals(new Run(3, none, ""), run(directory, "status"));

        assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals(List.of(), contents(directory));
    }

    private static List<Path> contents(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void isOneServer(Path home, List<Run> starts) throws Exception {
        String pid = pid(home);
        assertEquals(
                List.of(
                        new Run(0, "A server is already running in " + home + " (pid " + pid + ").\n", ""),
                        new Run(0, "A server is running in " + home + " (pid " + pid + ").\n", "")),
                starts.stream().sorted(Comparator.comparing(Run::out)).toList());
        assertEquals(4, run(home, "status").status());
    }

    @Test
    public void statusOfAHomeWithoutAServerSaysSoAndExitsWithThree() throws Exception {
        Path home = FOLDER.newFolder().toPath();

        assertEquals(new Run(3, "No server is running in " + home + ".\n", ""), run(home, "status"));
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

    @Test
    public void aCommandThatFailsExitsWithAnotherStatusThanZero() throws Exception {
        assertEquals(
                new Run(2, "", "Error: there is no command 'no-such-command': see help\n"),
                run(first, "command", "no-such-command"));
        assertEquals(
                new Run(2, "", "Error: there is no command 'no-such-command': see help\n"),
                type(first, "shell:echo said\n", "command", "no-such-command"));
    }

    @Test
    public void aPipeWithAWrongCommandOrOneThatFailsExitsWithAnotherStatusThanZero() throws Exception {
        assertEquals(
                new Run(2, "", "Error: there is no command 'no-such-command': see help\n"),
                run(first, "command", "no-such-command | tail -1"));
        assertEquals(
                new Run(1, "", "Error: No matching bundles\n"),
                run(first, "command", "bundle:stop no-such-bundle | head -1"));
        assertEquals(new Run(0, "hello\n", ""), run(first, "command", "shell:echo hello | tail -1"));
    }

    @Test
    public void whatOneGivesACommandIsNoProgram() throws Exception {
        Path file = FOLDER.newFolder().toPath().resolve("made");
        String text = "look: $(exec touch " + file + ") `x` ${HOME} %(1) !! ; | & > " + file + " # {} [] a=b";

        assertEquals(new Run(0, text + "\n", ""), run(first, "command", "shell:echo '" + text + "'"));
        assertEquals(new Run(0, text + "\n", ""), type(first, "shell:echo '" + text + "'\n", "command", "-"));
        assertEquals(new Run(0, text + "\n", ""), type(first, "shell:echo '" + text + "'\n"));

        assertFalse(Files.exists(file));
    }

    @Test
    public void commandsOfStandardInputRunUntilOneFails() throws Exception {
        assertEquals(
                new Run(2, "one\ntwo\nthree\n", "Error: there is no command 'bad': see help\n"),
                type(first, "shell:echo one\nshell:echo 'two\nthree'\nbad\nshell:echo four\n", "command", "-"));
    }

    @Test
    public void tenMegabytesOfOutputComeWholeWhoeverReadsThem() throws Exception {
        String once = run(first, "command", "help").out();
        int times = 10_000_000 / once.length() + 1;
        String command = "help\n".repeat(times);

        Run run = run(first, "command", command);

        assertEquals(run.err(), 0, run.status());
        assertTrue("cut after " + run.out().length() + " characters", run.out().equals(once.repeat(times)));
        assertEquals(new Run(0, once.substring(0, 16), ""), piped(first, command, "head -c 16"));
        assertEquals(new Run(0, once.substring(once.length() - 17), ""), piped(first, command, "tail -c 17"));
    }

    @Test
    public void outputThatCannotBeWrittenIsAnError() throws Exception {
        Process process = script(first, Map.of(), "command", "shell:echo hello")
                .redirectOutput(Path.of("/dev/full").toFile())
                .start();

        Run run = finish(process);

        assertEquals(1, run.status());
        assertEquals("Error: the output could not be written: No space left on device\n", run.err());
    }

    /** Everybody can read the list of processes. */
    @Test
    public void theWordsOfCommandsFromStandardInputAreInNoListOfProcesses() throws Exception {
        String canary = "a-canary-that-nobody-else-may-see";
        Process process = script(first, Map.of(), "command", "-")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        OutputStream typing = process.getOutputStream();
        typing.write(("shell:echo " + canary + "\n").getBytes(StandardCharsets.UTF_8));
        typing.flush();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertEquals(canary, out.readLine());

        // It waits for the next line, so all its processes exist.
        assertTrue(
                "the client is not to be seen",
                withWord("org.partyline.consolesocket").contains("lines"));
        assertEquals("", withWord(canary));
        typing.close();
        assertEquals(0, process.waitFor());
    }

    @Test
    public void noProcessButTheScriptItselfHasTheWordsOfACommandAsArguments() throws Exception {
        String canary = "a-canary-the-script-was-told";
        Process process = script(
                        first,
                        Map.of(),
                        "command",
                        "shell:echo started\nsetup --yes --node-type none --persona " + canary + " --passphrase-file -")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertEquals("started", out.readLine());

        // It waits for the passphrase.
        String seen = withWord(canary);
        assertFalse(seen, seen.contains("java"));
        assertTrue(seen, seen.contains(distribution.resolve("partyline").toString()));
        process.getOutputStream().close();
        assertEquals(
                "Error: no passphrase was given: nothing was done",
                process.errorReader(StandardCharsets.UTF_8).readLine());
        assertEquals(1, process.waitFor());
    }

    @Test
    public void wordsOnACommandLineAreWarnedOfOnce() throws Exception {
        Run once = run(second, "command", "partyline:send hello");
        Run twice = run(second, "command", "partyline:send hello");

        assertTrue(once.err(), once.err().startsWith("Note: other users of this machine can see this message"));
        assertTrue(once.err(), once.err().contains("`partyline command -`"));
        assertEquals(once.err().substring(once.err().indexOf('\n') + 1), twice.err());
    }

    @Test
    public void aRelativeNameIsRelativeToWhereTheCallerIs() throws Exception {
        Path here = FOLDER.newFolder().toPath().toRealPath();
        Run run = finish(script(first, Map.of(), "command", "node-add near --type rpc --cookie-file own.cookie")
                .directory(here.toFile())
                .start());

        assertEquals(run.err(), 0, run.status());
        String settings = Files.readString(first.resolve("etc/org.partyline.transport.rpc-near.cfg"));
        assertTrue(settings, settings.contains("cookie-file = " + here.resolve("own.cookie") + "\n"));
        assertEquals(0, run(first, "command", "node-remove near").status());
    }

    @Test
    public void whatANonLastCommandOfAPipeComplainsOfIsShownOnce() throws Exception {
        assertEquals(
                new Run(2, "", "Error: partyline:status has no option '--nonsense': see partyline:status --help\n"),
                run(first, "command", "status --nonsense | tail -1"));
    }

    @Test
    public void aCommandWithoutAServerSaysWhatToDo() throws Exception {
        Path home = FOLDER.newFolder().toPath();

        assertEquals(
                new Run(3, "", "Error: no server is running in " + home + ": start one with `partyline server`.\n"),
                run(home, "command", "shell:echo hello"));
    }

    @Test
    public void twoHomesHaveServersOfTheirOwn() throws Exception {
        for (Path home : List.of(first, second)) {
            Run run = run(home, "command", "shell:info | grep \"Karaf base\"");
            assertTrue(run.out(), run.out().strip().endsWith(" " + home));
        }
        assertNotEquals(pid(first), pid(second));
    }

    /** As long as nobody may log in over SSH. */
    @Test
    public void aServerListensOnNoPort() throws Exception {
        assumeTrue("this is Linux", Files.exists(Path.of("/proc/net/tcp")));
        Path sockets = Path.of("/proc", pid(first), "fd");
        List<String> own = new ArrayList<>();
        try (Stream<Path> files = Files.list(sockets)) {
            for (Path file : files.toList()) {
                try {
                    own.add(Files.readSymbolicLink(file).toString());
                } catch (NoSuchFileException e) {
                    // Closed meanwhile.
                    continue;
                }
            }
        }
        List<String> listening = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            for (String line : Files.readAllLines(Path.of("/proc", pid(first), "net", table))) {
                String[] words = line.strip().split("\\s+");
                // State 0A means listening; a bound UDP socket has 07.
                if (words.length > 9
                        && List.of("0A", "07").contains(words[3])
                        && own.contains("socket:[" + words[9] + "]")) {
                    listening.add(table + " " + words[1]);
                }
            }
        }
        assertEquals(List.of(), listening);
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
                    // The server is running, and has short-lived files.
                    continue;
                }
            }
        }

        assertEquals(List.of(), open);
    }

    @Test
    public void theServersUserMayWriteItsSettingsAlsoWhereTheDistributionIsReadOnly() throws Exception {
        List<String> readOnly = new ArrayList<>();
        for (Path place : List.of(first.resolve("etc"), first.resolve(".shipped"))) {
            try (Stream<Path> files = Files.walk(place)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (!PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                            .startsWith("rw-")) {
                        readOnly.add(file.toString());
                    }
                }
            }
        }
        assertEquals(List.of(), readOnly);
    }

    @Test
    public void theInstructionsNameEverythingThatLiesInAHome() throws Exception {
        String table = Files.readString(Path.of("..", "..", "docs", "install.md"))
                .replaceFirst("(?s).*\n\\| in the home [^\n]*\n", "")
                .replaceFirst("(?s)\n\n.*", "");
        List<String> named = table.lines()
                .map(line -> line.split("\\|")[1])
                .flatMap(names -> Stream.of(names.split(",")))
                .map(name -> name.replaceAll("[`/ ]", ""))
                .toList();
        try (Stream<Path> files = Files.list(first)) {
            assertEquals(
                    List.of(),
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> !named.contains(name))
                            .toList());
        }
    }

    /** The shipped files are known there, as in any home in which a server has run. */
    @Test
    public void aHomeWhoseSettingsWereTakenAwayGetsThoseOfTheDistributionAndSaysSo() throws Exception {
        Path home = FOLDER.newFolder().toPath();
        Path shipped = first.resolve(".shipped");
        try (Stream<Path> files = Files.walk(shipped)) {
            for (Path file : files.toList()) {
                Files.copy(file, home.resolve(".shipped").resolve(shipped.relativize(file)));
            }
        }
        try {
            Run started = finish(start(home, Map.of(), "server"));
            assertEquals(started.err(), 0, started.status());
            assertEquals(
                    "The settings in " + home + "/etc are missing. They are restored from the distribution;"
                            + " your nodes and changes are lost.\n",
                    started.err());
            assertEquals(4, run(home, "status").status());
        } finally {
            run(home, "stop");
        }
    }

    @Test
    public void noUserHasAPassword() throws Exception {
        List<String> users = Files.readAllLines(first.resolve("etc/users.properties")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith("_g_"))
                .toList();

        assertEquals(List.of(), users);
    }

    /**
     * One console connects to a running server, and one starts its own; standard input stays open, as a program's does.
     */
    @Test(timeout = 300_000)
    public void aConsoleOnAPipeRunsWhatComesAndEndsWithIt() throws Exception {
        Path own = FOLDER.newFolder().toPath();
        for (Path home : List.of(second, own)) {
            Process console = script(home, Map.of())
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .start();
            OutputStream typing = console.getOutputStream();
            typing.write("shell:echo first\n".getBytes(StandardCharsets.UTF_8));
            typing.flush();
            BufferedReader out = console.inputReader(StandardCharsets.UTF_8);
            assertEquals("first", out.readLine());
            typing.write("no-such-command\nshell:echo second\n".getBytes(StandardCharsets.UTF_8));
            typing.flush();
            // No prompt, and nothing else.
            assertEquals("second", out.readLine());
            typing.write("logout\n".getBytes(StandardCharsets.UTF_8));
            typing.flush();
            assertEquals(null, out.readLine());
            assertEquals(2, console.waitFor());
            typing.close();
        }
        assertEquals(4, run(second, "status").status());
        assertEquals(3, run(own, "status").status());
    }

    @Test
    public void aConsoleOnAPipeEndsAtTheEndOfInput() throws Exception {
        assertEquals(new Run(0, "hello\n", ""), type(second, "shell:echo hello"));
    }

    @Test
    public void whatIsTypedIntoAConsoleIsWrittenToNoFile() throws Exception {
        Path ownHome = FOLDER.newFolder().toPath();
        Path workingDirectory = FOLDER.newFolder().toPath();
        Path commands = Files.writeString(
                FOLDER.newFolder().toPath().resolve("commands"), "shell:echo typed-by-hand\nlogout\n");

        // One console to a running server, and one with its own.
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
                    List.of("LICENSE", "NOTICE", "etc", "lib", "partyline", "schemas", "system", "watch"),
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

    /**
     * Otherwise, the server would wait for it forever, and systemd with it. The JVM of this test would only report that
     * it was started.
     */
    @Test
    public void aDatabaseWithoutItsPasswordIsRefusedInOneLine() throws Exception {
        Path bin = Files.createDirectories(FOLDER.newFolder().toPath().resolve("bin"));
        Path java = Files.writeString(
                bin.resolve("java"), "#!/bin/sh\necho 'openjdk version \"17.0.2\"' >&2\necho started\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> withJava = Map.of("JAVA_HOME", bin.getParent().toString());
        Path home = FOLDER.newFolder().toPath();
        Path etc = Files.createDirectories(home.resolve("etc"));
        Path settings = etc.resolve("org.partyline.store.postgresql.cfg");
        Path password = etc.resolve("postgresql.password");
        Files.writeString(settings, "url = jdbc:postgresql://127.0.0.1:1/none\n");
        Run refused = new Run(
                1,
                "",
                "Error: the database password in " + password
                        + " is missing: write it there, in one line, and run chmod 600 on the file.\n");

        assertEquals("there is none", refused, finish(start(home, withJava, "run")));
        Files.writeString(password, "");
        assertEquals("it is empty", refused, finish(start(home, withJava, "run")));
        Files.writeString(password, "secret\n");
        Run started = finish(start(home, withJava, "run"));
        assertTrue(started.toString(), started.out().endsWith("started\n"));
        Path other = FOLDER.getRoot().toPath().resolve("another.password");
        Files.writeString(settings, "url = jdbc:postgresql://127.0.0.1:1/none\npassword-file = " + other + "\n");
        assertTrue(finish(start(home, withJava, "run")).err().contains("in " + other + " is missing: "));
        // Through a Unix socket, PostgreSQL may authenticate the user without a password.
        int port = 40_000 + ThreadLocalRandom.current().nextInt(20_000);
        Path socket = Path.of("/tmp/.s.PGSQL." + port);
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
            for (String host : List.of("", "localhost", "127.0.0.1", "[::1]")) {
                Files.writeString(settings, "url = jdbc:postgresql://" + host + ":" + port + "/none\n");
                Files.deleteIfExists(password);
                assertTrue(host, finish(start(home, withJava, "run")).out().endsWith("started\n"));
            }
            Files.writeString(settings, "url = jdbc:postgresql://db.example.org:" + port + "/none\n");
            assertEquals(refused, finish(start(home, withJava, "run")));
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    /** The JVM of this test creates a store, and exits. */
    @Test
    public void aDemoInADirectoryOfTheUsersSaysThatItsDataStays() throws Exception {
        Path bin = Files.createDirectories(FOLDER.newFolder().toPath().resolve("bin"));
        Path java = Files.writeString(
                bin.resolve("java"),
                "#!/bin/sh\necho 'openjdk version \"17.0.2\"' >&2\n"
                        + "for each; do case $each in -Dpartyline.home=*) mkdir \"${each#*=}/store\" ;; esac; done\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        String javaHome = bin.getParent().toString();
        Path home = FOLDER.newFolder().toPath().resolve("home");
        String stays = "PARTYLINE_HOME is set, so the data stays in " + home
                + ". Its store cannot be opened again: delete the directory.\n";

        for (String verb : List.of("demo", "tour")) {
            Run run = finish(start(home, Map.of("JAVA_HOME", javaHome), verb));
            assertTrue(run.err(), run.err().endsWith(stays));
            // The file that existed before does not belong to the demo.
            Run again = finish(start(home, Map.of("JAVA_HOME", javaHome), verb));
            assertFalse(again.err(), again.err().contains("the data stays"));
            Files.delete(home.resolve("store"));
        }
        Path temporary = FOLDER.newFolder().toPath();
        Map<String, String> noHome =
                Map.of("JAVA_HOME", javaHome, "PARTYLINE_HOME", "", "TMPDIR", temporary.toString());
        assertFalse(finish(start(home, noHome, "demo")).err().contains("the data stays"));
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    public void aHeapThatIsTooSmallIsRefusedWithTheNumberThatIsNeeded() throws Exception {
        for (String heap : List.of("64m", "100", "131071k")) {
            Path home = FOLDER.newFolder().toPath().resolve("home");
            assertEquals(
                    new Run(
                            1,
                            "",
                            "Error: PARTYLINE_HEAP is " + heap
                                    + ", but a server needs 128m or more: one key derivation uses 64m.\n"),
                    finish(start(home, Map.of("PARTYLINE_HEAP", heap), "server")));
            assertFalse(Files.exists(home));
        }
        assertEquals(
                new Run(1, "", "Error: PARTYLINE_HEAP is much: write a size such as 512m or 1g, 128m or more.\n"),
                finish(start(FOLDER.newFolder().toPath(), Map.of("PARTYLINE_HEAP", "much"), "server")));
    }

    @Test
    public void theVersionIsOursWithAndWithoutAServer() throws Exception {
        String line = "Mempool Partyline " + System.getProperty("project.version");

        Run without = run(FOLDER.newFolder().toPath(), "version");
        // Unless the tests run on sources outside a git checkout.
        assertTrue(without.out(), without.out().matches(line + "(, commit [0-9a-f]{12}(\\+changes)?)?\n"));
        assertEquals(without, run(first, "--version"));
        Run run = run(first, "command", "version");
        assertTrue(run.out(), run.out().startsWith(without.out().strip() + " (Karaf "));
    }

    @Test
    public void aMissingJavaIsRefusedInOneLine() throws Exception {
        String nowhere = FOLDER.newFolder().toString();

        Run run = finish(start(FOLDER.newFolder().toPath(), Map.of("JAVA_HOME", nowhere), "server"));

        assertEquals(1, run.status());
        assertEquals(
                "Error: JAVA_HOME is " + nowhere + ", but it has no bin/java: set it to a Java 17 to 23.\n", run.err());
    }

    @Test
    public void aWordThatItDoesNotKnowIsRefusedInOneLine() throws Exception {
        assertEquals(
                new Run(1, "", "Error: there is no `partyline sever`: see `partyline help`.\n"), run(first, "sever"));
    }

    private static String pid(Path home) throws IOException {
        return Files.readString(home.resolve("partyline.pid")).strip();
    }

    /** Returns the command lines of all processes that contain a word. */
    private static String withWord(String word) throws IOException {
        StringBuilder found = new StringBuilder();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                try {
                    String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .replace('\0', ' ');
                    found.append(line.contains(word) ? line + "\n" : "");
                } catch (IOException e) {
                    // Not a process, or one that has ended.
                    continue;
                }
            }
        }
        return found.toString();
    }

    /** Runs the script with standard input. */
    private static Run type(Path home, String input, String... words) throws Exception {
        Path file = Files.writeString(FOLDER.newFolder().toPath().resolve("input"), input);
        return finish(script(home, Map.of(), words).redirectInput(file.toFile()).start());
    }

    /** Runs a command whose output goes to another program, as in a shell. */
    private static Run piped(Path home, String command, String program) throws Exception {
        ProcessBuilder shell = script(home, Map.of());
        shell.command("bash", "-c", "\"$0\" command \"$1\" | " + program, distribution + "/partyline", command);
        return finish(shell.start());
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
        builder.environment().put("XDG_STATE_HOME", home + "-state");
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
