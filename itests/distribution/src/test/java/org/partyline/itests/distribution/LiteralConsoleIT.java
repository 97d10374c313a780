package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Typed, pasted and piped text is used literally, through every entry to one server: its local console in a terminal,
 * SSH, and the start script. {@code messages} shows the received text.
 */
public class LiteralConsoleIT {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String USER = "partyline";
    private static final String PASTE = "\u001b[200~";
    private static final String PASTED = "\u001b[201~";
    private static final String CTRL_V = "\u0016";
    /** One in this many is enough if each needs a process. */
    private static final int SOME = 17;

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static List<String> texts;
    private static Path distribution;
    private static Path home;
    /** The working directory of all runs: no file may appear there. */
    private static Path here;

    private static KeyPair key;
    private static Process local;
    private static Screen localScreen;

    private int before;

    @BeforeClass
    public static void aLocalConsoleAndSsh() throws Exception {
        texts = texts();
        System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
        Path folder = FOLDER.getRoot().toPath();
        Process unpacking = new ProcessBuilder(
                        "tar", "-xzf", System.getProperty("partyline.distribution"), "-C", folder.toString())
                .inheritIO()
                .start();
        assertEquals(0, unpacking.waitFor());
        distribution = folder.resolve("partyline-" + System.getProperty("project.version"));
        home = folder.resolve("home");
        here = Files.createDirectory(folder.resolve("here"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        key = generator.generateKeyPair();
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(
                home.resolve("etc/keys.properties"),
                Files.readString(distribution.resolve("etc/keys.properties")) + USER + "="
                        + PublicKeyEntry.toString(key.getPublic()).split(" ")[1] + ",_g_:admingroup\n");

        local = builder("script", "-qfec", distribution + "/partyline", "/dev/null")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .redirectErrorStream(true)
                .start();
        localScreen = new Screen(local.getInputStream());
        while (!Files.exists(home.resolve("run/console.sock"))) {
            assertTrue(localScreen.shown(), local.isAlive());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        localScreen.awaitPrompt(0);

        Path passphrase = Files.createFile(
                folder.resolve("passphrase"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passphrase, "correct horse battery staple\n");
        succeeds("setup --yes --node-type none --persona me --passphrase-file " + passphrase);
        succeeds("channel-create lobby --network regtest --passphrase-file " + passphrase);
    }

    @AfterClass
    public static void stop() throws Exception {
        if (local != null) {
            type("exit\r");
            if (!local.waitFor(60, TimeUnit.SECONDS)) {
                finish(builder(distribution + "/partyline", "stop").start());
                local.destroyForcibly();
            }
        }
    }

    @Before
    public void count() throws Exception {
        before = messages().size();
    }

    @Test(timeout = 300_000)
    public void typedAtTheLocalConsole() throws Exception {
        List<String> typed = only(text -> !text.contains("\n"));
        for (String text : typed) {
            int shown = localScreen.length();
            type(("say " + said(text)).replace("\t", CTRL_V + "\t") + "\r");
            localScreen.awaitPrompt(shown);
        }
        assertArrived(typed);
    }

    @Test(timeout = 300_000)
    public void pastedOverSsh() throws Exception {
        try (SshClient client = client();
                ClientSession session = login(client);
                ChannelShell shell = session.createShellChannel()) {
            shell.setPtyType("xterm");
            shell.setRedirectErrorStream(true);
            shell.open().verify(LIMIT);
            Screen screen = new Screen(shell.getInvertedOut());
            screen.awaitPrompt(0);
            OutputStream keys = shell.getInvertedIn();
            for (String text : texts) {
                int shown = screen.length();
                keys.write(("send -- " + PASTE + quoted(text) + PASTED + "\r").getBytes(StandardCharsets.UTF_8));
                keys.flush();
                screen.awaitPrompt(shown);
            }
        }
        assertArrived(texts);
    }

    @Test(timeout = 300_000)
    public void asCommandsOverSsh() throws Exception {
        try (SshClient client = client()) {
            for (String text : some()) {
                // Quoted, since this client strips trailing spaces.
                assertEquals(Integer.valueOf(0), exec(client, "send -- " + quoted(text)));
            }
            assertEquals(Integer.valueOf(2), exec(client, "sned hello | tail -1"));
        }
        assertArrived(some());
    }

    @Test(timeout = 300_000)
    public void asLinesOfStandardInput() throws Exception {
        StringBuilder lines = new StringBuilder();
        texts.forEach(text -> lines.append("send -- ").append(quoted(text)).append('\n'));
        assertEquals(0, input(lines.toString(), "command", "-").status());
        assertArrived(texts);
    }

    @Test(timeout = 300_000)
    public void asLinesThroughAPipeIntoAConsole() throws Exception {
        List<String> lines = only(text -> !text.contains("\n"));
        StringBuilder input = new StringBuilder();
        lines.forEach(text -> input.append("say ").append(said(text)).append('\n'));
        assertEquals(0, input(input.toString()).status());
        assertArrived(lines);
    }

    @Test(timeout = 300_000)
    public void asAnArgumentAndAsStandardInputToItsEnd() throws Exception {
        List<String> arrived = new ArrayList<>();
        for (String text : some()) {
            assertEquals(0, input("", "command", "say " + said(text)).status());
            assertEquals(0, input(text, "command", "say --channel lobby").status());
            arrived.addAll(List.of(text, text));
        }
        assertArrived(arrived);
    }

    /** Checks that the typed text has arrived, and nothing else happened: no file, no other command. */
    private void assertArrived(List<String> expected) throws Exception {
        List<String> arrived = messages();
        for (int i = 0; i < expected.size() && before + i < arrived.size(); i++) {
            assertEquals(expected.get(i), arrived.get(before + i));
        }
        assertEquals(before + expected.size(), arrived.size());
        try (Stream<Path> made = Files.list(here)) {
            assertEquals(List.of(), made.toList());
        }
        assertFalse(Files.exists(Path.of("/tmp/x-of-a-text")));
        assertEquals(
                "open",
                new ObjectMapper()
                        .readTree(succeeds("status --json"))
                        .get("store")
                        .asText()
                        .toLowerCase());
    }

    private static List<String> messages() throws Exception {
        JsonNode document = new ObjectMapper().readTree(succeeds("messages --json"));
        List<String> all = new ArrayList<>();
        document.get("messages").forEach(message -> all.add(message.get("text").asText()));
        return all;
    }

    private static List<String> only(Predicate<String> wanted) {
        return texts.stream().filter(wanted).toList();
    }

    private static List<String> some() {
        return IntStream.range(0, texts.size())
                .filter(i -> i % SOME == 0)
                .mapToObj(texts::get)
                .toList();
    }

    private static String said(String text) {
        return text.startsWith("--") ? "-- " + text : text;
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** The texts of the console's own tests, without those that are rejected. */
    private static List<String> texts() throws IOException {
        List<String> all = new ArrayList<>();
        for (String line :
                Files.readAllLines(Path.of("../../bundles/console/console-line/src/test/resources/nasty.txt"))) {
            StringBuilder text = new StringBuilder();
            for (int i = 1; i < line.length() - 1; i++) {
                char c = line.charAt(i);
                if (c != '\\') {
                    text.append(c);
                    continue;
                }
                i++;
                switch (line.charAt(i)) {
                    case 'n' -> text.append('\n');
                    case 't' -> text.append('\t');
                    case 'u' -> {
                        text.append((char) Integer.parseInt(line.substring(i + 1, i + 5), 16));
                        i += 4;
                    }
                    default -> text.append(line.charAt(i));
                }
            }
            // Blank text, or text with a control character, is not a valid message.
            if (!text.toString().isBlank() && text.indexOf("\u0085") < 0) {
                all.add(text.toString());
            }
        }
        assertTrue("there are " + all.size(), all.size() >= 200);
        return all;
    }

    private static void type(String keys) throws IOException {
        OutputStream keyboard = local.getOutputStream();
        keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    /** The output sent to a terminal. */
    private static final class Screen {
        /** A console that is ready for a line makes the terminal mark pasted text. */
        private static final String READY = "\u001b[?2004h";

        private final StringBuilder shown = new StringBuilder();
        private boolean ended;

        Screen(InputStream from) {
            Thread reading = new Thread(() -> read(new InputStreamReader(from, StandardCharsets.UTF_8)), "screen");
            reading.setDaemon(true);
            reading.start();
        }

        private void read(Reader from) {
            char[] some = new char[4096];
            try {
                for (int count = from.read(some); count >= 0; count = from.read(some)) {
                    synchronized (this) {
                        shown.append(some, 0, count);
                        notifyAll();
                    }
                }
            } catch (IOException e) {
                // It is closed.
            }
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }

        synchronized int length() {
            return shown.length();
        }

        synchronized String shown() {
            return shown.toString();
        }

        synchronized void awaitPrompt(int from) throws InterruptedException {
            while (shown.indexOf(READY, from) < 0) {
                assertFalse("it ended: " + shown, ended);
                wait();
            }
        }
    }

    private static SshClient client() {
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((session, address, presented) -> true);
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.start();
        return client;
    }

    private static ClientSession login(SshClient client) throws IOException {
        int port =
                Integer.parseInt(Files.readString(home.resolve("console.port")).strip());
        ClientSession session = SshPort.connect(client, USER, port, LIMIT);
        session.addPublicKeyIdentity(key);
        session.auth().verify(LIMIT);
        return session;
    }

    private static Integer exec(SshClient client, String line) throws IOException {
        try (ClientSession session = login(client);
                ChannelExec channel = session.createExecChannel(line)) {
            channel.setOut(new ByteArrayOutputStream());
            channel.setErr(new ByteArrayOutputStream());
            channel.open().verify(LIMIT);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
            return channel.getExitStatus();
        }
    }

    private record Run(int status, String out, String err) {}

    private static String succeeds(String command) throws Exception {
        Run run = input("", "command", command);
        assertEquals(run.err(), 0, run.status());
        return run.out();
    }

    private static Run input(String input, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(distribution + "/partyline"));
        command.addAll(List.of(words));
        Path file = Files.writeString(FOLDER.getRoot().toPath().resolve("input"), input);
        return finish(builder(command.toArray(String[]::new))
                .redirectInput(file.toFile())
                .start());
    }

    private static ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(here.toFile());
        builder.environment().put("PARTYLINE_HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TERM", "xterm");
        return builder;
    }

    private static Run finish(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue("the script hangs", process.waitFor(120, TimeUnit.SECONDS));
        return new Run(process.exitValue(), out, err);
    }
}
