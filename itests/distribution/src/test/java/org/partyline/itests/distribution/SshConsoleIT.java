package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.SshServer;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Tests the console over SSH: who may log in, and that nobody on this machine can impersonate it. The log is at its
 * lowest level, and contains no word of a command that fails.
 */
public class SshConsoleIT {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String USER = "partyline";
    private static final String TALKER = "olga";
    private static final String CANARY = "kanarienvogel";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path distribution;
    private Path home;
    private KeyPair key;
    private KeyPair talkersKey;

    @Before
    public void aHomeWithAKey() throws Exception {
        System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
        assertEquals(
                0,
                new ProcessBuilder(
                                "tar",
                                "-xzf",
                                System.getProperty("partyline.distribution"),
                                "-C",
                                folder.getRoot().toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        distribution = folder.getRoot().toPath().resolve("partyline-" + System.getProperty("project.version"));
        home = folder.getRoot().toPath().resolve("home");
        key = newKey();
        talkersKey = newKey();
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(
                home.resolve("etc/keys.properties"),
                Files.readString(distribution.resolve("etc/keys.properties"))
                        + entry(USER, key, "admingroup")
                        + entry(TALKER, talkersKey, "talk"));
        logEverything();
    }

    private static String entry(String user, KeyPair key, String group) {
        return user + "=" + PublicKeyEntry.toString(key.getPublic()).split(" ")[1] + ",_g_:" + group + "\n";
    }

    /** Logs everything that someone may want to see; loggers that the file says must stay off stay off. */
    private void logEverything() throws IOException {
        String file = "etc/org.ops4j.pax.logging.cfg";
        Files.writeString(
                home.resolve(file),
                Files.readString(distribution.resolve(file))
                        .replaceAll("(?m)^(log4j2\\..*level) = (WARN|INFO)$", "$1 = TRACE")
                        .replace("size = 8MB", "size = 8GB"));
    }

    @After
    public void stop() throws Exception {
        finish(script("stop"));
    }

    /** Two threads: a single one can leave a login, and all later ones, waiting forever. */
    @Test(timeout = 300_000)
    public void whoHasTheKeyIsLetInByTheServerThatTheHomePinsAndNobodyIsByAPassword() throws Exception {
        start();
        int port =
                Integer.parseInt(Files.readString(home.resolve("console.port")).strip());
        AtomicReference<PublicKey> host = new AtomicReference<>();
        try (SshClient client = client(host)) {
            awaitLogin(client, port);
            assertEquals("hello\n", run(client, port, "shell:echo hello"));
            assertThrows(IOException.class, () -> login(client, port, session -> session.addPasswordIdentity("karaf")));
            KeyPair another = newKey();
            assertThrows(
                    IOException.class, () -> login(client, port, session -> session.addPublicKeyIdentity(another)));
            whoHasTheKeyOfATalkerRunsWhatThatMay(client, port);
            whatWasPastedAheadOfAQuestionThatEndsIsNotShown(client, port);
            noWordOfACommandThatFailsReachesALog(client, port);
        }

        String[] pinned = Files.readString(home.resolve("known_hosts")).strip().split(" ");
        assertEquals("[127.0.0.1]:" + port, pinned[0]);
        assertEquals(
                AuthorizedKeyEntry.parseAuthorizedKeyEntry(pinned[1] + " " + pinned[2])
                        .resolvePublicKey(null, Collections.emptyMap(), PublicKeyEntryResolver.FAILING),
                host.get());
        Run status = finish(script("status"));
        assertTrue(status.out(), status.out().contains("SSH console on 127.0.0.1:" + port));

        Path log = home.resolve("log/console.log");
        String server = Files.readString(home.resolve("partyline.pid")).strip();
        assertEquals(0, new ProcessBuilder("kill", "-QUIT", server).start().waitFor());
        while (!Files.readString(log).contains("JNI global refs")) {
            Thread.onSpinWait();
        }
        assertEquals(
                2,
                Files.readAllLines(log).stream()
                        .filter(line -> line.contains("EPollPort$EventHandlerTask.run"))
                        .count());
    }

    private void whoHasTheKeyOfATalkerRunsWhatThatMay(SshClient client, int port) throws IOException {
        try (ClientSession session = SshPort.connect(client, TALKER, port, LIMIT)) {
            session.addPublicKeyIdentity(talkersKey);
            session.auth().verify(LIMIT);
            assertEquals(0, run(session, "status").orElseThrow().status());
            // There is no store yet.
            assertEquals(
                    4, run(session, "send --channel lobby hello").orElseThrow().status());
            for (String line :
                    List.of("panic erase --yes", "config default-ttl 2h", "bundle:stop -f 0", "system:shutdown -f")) {
                Run refused = run(session, line).orElseThrow();
                assertEquals(line, 1, refused.status());
                assertTrue(refused.err(), refused.err().matches("Error: [a-z:]+ (needs the role|is for root) .*\\n"));
            }
        }
    }

    /**
     * Runs each command with each of its options, according to its help, through a pipe, with a store; and lines that
     * the console itself rejects, at a terminal.
     */
    private void noWordOfACommandThatFailsReachesALog(SshClient client, int port) throws Exception {
        Path secret = Files.writeString(folder.getRoot().toPath().resolve("secret"), "long enough");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Run setup = finish(script("command", "setup --yes --persona alice --passphrase-file " + secret));
        assertEquals(setup.err(), 0, setup.status());
        SortedSet<String> commands = new TreeSet<>();
        finish(script("command", "help all"))
                .out()
                .lines()
                .takeWhile(line -> !line.isBlank())
                .forEach(line -> commands.add("partyline:" + line.split(" ")[0]));
        assertTrue(commands.toString(), commands.contains("partyline:send"));
        List<String> lines = new ArrayList<>();
        for (String help : lines(commands.stream().map(each -> each + " --help").toList())
                .out()
                .split("(?m)^(?=partyline:[a-z-]+$)")) {
            lines.addAll(waysToFail(help));
        }
        // Last, since without a text it consumes all remaining lines.
        lines.sort(Comparator.comparing(line -> line.startsWith("partyline:say ")));

        lines(lines);
        List<String> typed = List.of(
                CANARY + " hello",
                "send --channel " + CANARY,
                "send " + CANARY + " %" + CANARY,
                "send " + CANARY + " $(" + CANARY + ")",
                "send " + CANARY + " | " + CANARY,
                "send --" + CANARY + " | tac",
                "send " + CANARY + ")",
                "send \"it costs 100% " + CANARY + "\" --ttl " + CANARY,
                "new java.lang.Integer " + CANARY,
                CANARY + ":" + CANARY + " " + CANARY);
        String shown = type(client, port, typed);

        assertTrue(shown, shown.contains(CANARY));
        List<String> logged = Files.readAllLines(home.resolve("log/partyline.log"));
        logged.addAll(Files.readAllLines(home.resolve("log/console.log")));
        assertEquals(
                List.of(), logged.stream().filter(line -> line.contains(CANARY)).toList());
        for (String command : commands) {
            assertTrue(command, logged.stream().anyMatch(line -> line.contains(command + " refused")));
        }
    }

    /** @param help the output of a command's {@code --help} */
    private static List<String> waysToFail(String help) {
        String command = help.lines().findFirst().orElse("");
        List<String> ways = new ArrayList<>();
        if (!command.startsWith("partyline:")) {
            return ways;
        }
        String many = (" " + CANARY).repeat(7);
        ways.add(command + " --" + CANARY + "=" + CANARY);
        ways.add(command + many);
        Matcher option = Pattern.compile("(?m)^  (--[a-z-]+)( \\S+)? ").matcher(help);
        while (option.find()) {
            if (option.group(2) == null) {
                ways.add(command + " " + option.group(1) + "=" + CANARY);
            } else {
                ways.add(command + " " + option.group(1) + " " + CANARY);
                ways.add(command + many + " " + option.group(1));
            }
        }
        return ways;
    }

    /** Runs lines in a console on a pipe, continuing after one that fails. */
    private Run lines(List<String> lines) throws Exception {
        Path file = Files.write(folder.newFile().toPath(), lines);
        return finish(builder().redirectInput(file.toFile()).start());
    }

    /** Tests a setup that is cancelled at the passphrase, which is pasted nevertheless. */
    private void whatWasPastedAheadOfAQuestionThatEndsIsNotShown(SshClient client, int port) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PipedOutputStream keys = new PipedOutputStream();
        try (ClientSession session = login(client, port, each -> each.addPublicKeyIdentity(key));
                ChannelShell channel = session.createShellChannel()) {
            channel.setIn(new PipedInputStream(keys));
            channel.setOut(out);
            channel.open().verify(LIMIT);
            for (List<String> next : List.of(
                    List.of("partyline>", "setup\r"),
                    List.of("Node: ", "\r"),
                    List.of("File of a backup to restore", "\r"),
                    List.of("Your nickname", "alice\r"),
                    List.of("First channel", "none\r"),
                    List.of("Passphrase of the store", "\u0004" + CANARY + "\r" + CANARY + "\r"),
                    List.of("Error: no answer was given: nothing was done", ""))) {
                while (!out.toString(StandardCharsets.UTF_8).contains(next.get(0))) {
                    Thread.onSpinWait();
                }
                keys.write(next.get(1).getBytes(StandardCharsets.UTF_8));
                keys.flush();
            }
            keys.write("logout\r".getBytes(StandardCharsets.UTF_8));
            keys.flush();
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
        }
        String shown = out.toString(StandardCharsets.UTF_8);
        assertFalse(shown, shown.contains(CANARY));
    }

    /** Types lines into a console at a terminal, and leaves it. */
    private String type(SshClient client, int port, List<String> lines) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ClientSession session = login(client, port, each -> each.addPublicKeyIdentity(key));
                ChannelShell channel = session.createShellChannel()) {
            channel.setIn(new ByteArrayInputStream(
                    (String.join("\r", lines) + "\rlogout\r").getBytes(StandardCharsets.UTF_8)));
            channel.setOut(out);
            channel.open().verify(LIMIT);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Another user of this machine sees which port a server will use, and opens it first. */
    @Test(timeout = 300_000)
    public void whoTakesThePortOfTheConsoleGetsNoPasswordAndRunsNoCommand() throws Exception {
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        Process starting = script("server");
        int port = awaitPort(starting);
        try (SshServer thief = SshServer.setUpDefaultServer()) {
            thief.setHost("127.0.0.1");
            thief.setPort(port);
            thief.setKeyPairProvider(KeyPairProvider.wrap(newKey()));
            thief.setPasswordAuthenticator((user, password, session) -> {
                taken.add(password);
                return false;
            });
            thief.setPublickeyAuthenticator((user, presented, session) -> {
                taken.add("a key");
                return false;
            });
            thief.start();
            Run started = finish(starting);

            Run command = finish(script("command", "shell:echo hello"));

            assertEquals(List.of(), taken);
            assertEquals(started.err(), 0, started.status());
            assertEquals(new Run(0, "hello\n", ""), command);
        }
    }

    private int awaitPort(Process starting) throws IOException {
        while (starting.isAlive()) {
            try {
                String port = Files.readString(home.resolve("console.port")).strip();
                if (!port.isEmpty()) {
                    return Integer.parseInt(port);
                }
            } catch (NoSuchFileException e) {
                // Not yet.
                Thread.onSpinWait();
            }
        }
        throw new IOException("the script named no port");
    }

    private static KeyPair newKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static SshClient client(AtomicReference<PublicKey> host) {
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((session, address, presented) -> {
            host.set(presented);
            return true;
        });
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.start();
        return client;
    }

    @FunctionalInterface
    private interface Identity {
        void addTo(ClientSession session);
    }

    private static ClientSession login(SshClient client, int port, Identity identity) throws IOException {
        ClientSession session = SshPort.connect(client, USER, port, LIMIT);
        identity.addTo(session);
        session.auth().verify(LIMIT);
        return session;
    }

    /** While bundles start, the port may be closed and reopened; a new connection is cut in that case. */
    private void awaitLogin(SshClient client, int port) throws InterruptedException {
        while (true) {
            try (ClientSession session = login(client, port, each -> each.addPublicKeyIdentity(key))) {
                assertTrue(session.isAuthenticated());
                return;
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
    }

    private String run(SshClient client, int port, String line) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ClientSession session = login(client, port, each -> each.addPublicKeyIdentity(key));
                ChannelExec channel = session.createExecChannel(line)) {
            channel.setOut(out);
            channel.open().verify(LIMIT);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private record Run(int status, String out, String err) {}

    /** @return empty if the connection ended before the command */
    private static Optional<Run> run(ClientSession session, String line) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (ChannelExec channel = session.createExecChannel(line)) {
            channel.setOut(out);
            channel.setErr(err);
            channel.open().verify(LIMIT);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
            return Optional.ofNullable(channel.getExitStatus())
                    .map(status -> new Run(
                            status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8)));
        }
    }

    @Test(timeout = 300_000)
    public void aConnectionIsItsClientsAndWithoutConsolesThatTakeALineAsItStandsNothingIsRun() throws Exception {
        start();
        int port =
                Integer.parseInt(Files.readString(home.resolve("console.port")).strip());
        Identity identity = session -> session.addPublicKeyIdentity(key);
        Run away = new Run(1, "", "Error: the console is not running, and nothing was run: try again shortly\n");
        try (SshClient client = client(new AtomicReference<>())) {
            try (ClientSession session = login(client, port, identity)) {
                assertEquals(Optional.of(new Run(0, "one\n", "")), run(session, "shell:echo one"));
                Run info = run(session, "shell:info").orElseThrow();
                assertTrue(info.out(), info.out().contains("Karaf base"));
                assertFalse(info.out(), info.out().contains("\u001b"));
                assertEquals(Optional.of(new Run(0, "two\n", "")), run(session, "shell:echo two"));

                // At some time after this, Karaf recreates its SSH server.
                run(session, "bundle:stop org.partyline.console-line");
            }
            Optional<Run> answer = Optional.empty();
            while (answer.isEmpty()) {
                answer = tried(client, port, identity, "echo $((1 + 1))");
            }
            assertEquals(away, answer.get());
        }
    }

    /** The connection may be to a server that is just ending. */
    private static Optional<Run> tried(SshClient client, int port, Identity identity, String line) {
        try (ClientSession session = login(client, port, identity)) {
            return run(session, line);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void start() throws Exception {
        Run run = finish(script("server"));
        assertEquals(run.err(), 0, run.status());
    }

    private Process script(String... words) throws IOException {
        return builder(words).start();
    }

    private ProcessBuilder builder(String... words) {
        List<String> command =
                new ArrayList<>(List.of(distribution.resolve("partyline").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PARTYLINE_HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.redirectInput(Path.of("/dev/null").toFile());
    }

    private static Run finish(Process process) throws Exception {
        // Concurrently: a program with many errors would wait forever.
        Future<byte[]> errors = CompletableFuture.supplyAsync(() -> {
            try {
                return process.getErrorStream().readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(errors.get(), StandardCharsets.UTF_8);
        assertTrue("the script hangs", process.waitFor(120, TimeUnit.SECONDS));
        return new Run(process.exitValue(), out, err);
    }
}
