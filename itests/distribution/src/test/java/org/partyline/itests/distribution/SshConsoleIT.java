package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
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

/** The console over SSH: whom it lets in, and that nothing on this machine hangs on it. */
public class SshConsoleIT {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String USER = "partyline";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path distribution;
    private Path home;
    private KeyPair key;

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
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(
                home.resolve("etc/keys.properties"),
                Files.readString(distribution.resolve("etc/keys.properties")) + USER + "="
                        + PublicKeyEntry.toString(key.getPublic()).split(" ")[1] + ",_g_:admingroup\n");
    }

    @After
    public void stop() throws Exception {
        finish(script("stop"));
    }

    /** Two threads: one alone can leave a login waiting for ever, and all that come after it. */
    @Test(timeout = 300_000)
    public void whoHasTheKeyIsLetInByTheServerThatTheHomePinsAndNobodyIsByAPassword() throws Exception {
        start();
        int port =
                Integer.parseInt(Files.readString(home.resolve("console.port")).strip());
        AtomicReference<PublicKey> host = new AtomicReference<>();
        try (SshClient client = client(host)) {
            assertEquals("hello\n", run(client, port, "shell:echo hello"));
            assertThrows(IOException.class, () -> login(client, port, session -> session.addPasswordIdentity("karaf")));
            KeyPair another = newKey();
            assertThrows(
                    IOException.class, () -> login(client, port, session -> session.addPublicKeyIdentity(another)));
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

    /** Somebody else on this machine sees which port a server is told, and is there first. */
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
        ClientSession session =
                client.connect(USER, "127.0.0.1", port).verify(LIMIT).getSession();
        identity.addTo(session);
        session.auth().verify(LIMIT);
        return session;
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

    private void start() throws Exception {
        Run run = finish(script("server"));
        assertEquals(run.err(), 0, run.status());
    }

    private Process script(String... words) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(distribution.resolve("partyline").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PARTYLINE_HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectInput(Path.of("/dev/null").toFile());
        return builder.start();
    }

    private static Run finish(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue("the script hangs", process.waitFor(120, TimeUnit.SECONDS));
        return new Run(process.exitValue(), out, err);
    }
}
