package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.shell.ProcessShellFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.panic.Severable;
import org.partyline.consoleline.Role;
import org.partyline.testkit.Eventually;

/** A server as Karaf creates one, and a client. */
@Timeout(120)
class SshConsoleTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AttributeKey<Subject> KNOWN = new AttributeKey<>();
    private static final String CTRL_D = "\u0004";

    @TempDir
    Path home;

    private final SshConsole console = new SshConsole();
    private final SshServer server = SshServer.setUpDefaultServer();
    private final SshClient client = SshClient.setUpDefaultClient();
    private boolean known = true;
    private List<String> roles = List.of("ssh", "admin");
    private TestServer commands;
    private ClientSession connection;

    /** The result of a channel. */
    private record Run(Integer status, String out, String err) {}

    @BeforeAll
    static void useTheProvidersOfJavaAlone() {
        System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
    }

    @BeforeEach
    void start() throws Exception {
        commands = new TestServer(home)
                .with("say", (session, words) -> {
                    System.out.println(words.get(0));
                    return null;
                })
                .with("read", (session, words) -> {
                    System.out.println("read " + new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
                    return null;
                })
                .with("size", (session, words) -> {
                    System.out.println("it has " + session.getTerminal().getWidth() + " columns");
                    return null;
                });
        // Karaf's console would keep a history of typed lines.
        Files.writeString(home.resolve("etc/init.script"), "history-file =\n");
        System.setProperty("karaf.home", home.toString());
        System.setProperty("karaf.shell.init.script", "init.script");
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(key));
        server.setPublickeyAuthenticator((user, presented, session) -> {
            if (known) {
                Subject subject = new Subject();
                roles.forEach(role -> subject.getPrincipals().add(new RolePrincipal(role)));
                session.setAttribute(KNOWN, subject);
            }
            return true;
        });
        // Whatever was set before.
        server.setShellFactory(new ProcessShellFactory("false", "false"));
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        console.addServer(server);
        server.start();
        client.setServerKeyVerifier((session, address, presented) -> true);
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.wrapKeyPairs(key));
        client.start();
    }

    @AfterEach
    void stop() throws IOException {
        client.stop();
        server.stop(true);
        commands.close();
    }

    private ClientSession connect() throws IOException {
        connection = client.connect("partyline", "127.0.0.1", server.getPort())
                .verify(LIMIT)
                .getSession();
        connection.auth().verify(LIMIT);
        return connection;
    }

    private Run run(ClientChannel channel, String input) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (channel) {
            channel.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            channel.setOut(out);
            channel.setErr(err);
            channel.open().verify(LIMIT);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
            return new Run(
                    channel.getExitStatus(),
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aKeyRunsWhatItsRolesAllow() throws Exception {
        console.setSessions(commands.consoles);
        commands.with(Role.TALK, "talk").with(Role.ERASE, "erase");
        for (List<String> given : List.of(List.of("ssh"), List.of("ssh", "talk"), List.of("ssh", "erase"))) {
            roles = given;
            connect();
            Run talk = command("talk", "");
            assertEquals(given.contains("talk") ? 0 : 1, talk.status(), given + talk.err());
            assertEquals(given.contains("erase") ? 0 : 1, command("erase", "").status(), given.toString());
            // For a command without output.
            assertEquals(1, command("say hello", "").status(), given.toString());
            connection.close(true);
        }
        roles = List.of("ssh", "talk");
        connect();
        Run refused = command("erase", "");
        assertTrue(refused.err().startsWith("Error: erase needs the role erase"), refused.err());
        assertEquals("", refused.out());
    }

    /** As {@code ssh -L}, {@code -D} and {@code -R} ask. */
    @Test
    void noKeyConnectsElsewhereOrOpensAPort() throws Exception {
        console.setSessions(commands.consoles);
        connect();
        try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SshdSocketAddress there = new SshdSocketAddress("127.0.0.1", elsewhere.getLocalPort());
            try (ChannelDirectTcpip channel =
                    connection.createDirectTcpipChannel(SshdSocketAddress.LOCALHOST_ADDRESS, there)) {
                assertThrows(IOException.class, () -> channel.open().verify(LIMIT));
            }
            assertThrows(
                    IOException.class,
                    () -> connection.startRemotePortForwarding(new SshdSocketAddress("127.0.0.1", 0), there));
        }
        // The connection still serves consoles.
        assertEquals(new Run(0, "one\n", ""), command("test:say one", ""));
    }

    private Run command(String line, String input) throws IOException {
        return run(connection.createExecChannel(line), input);
    }

    @Test
    void aCommandIsTakenAsItStandsAndHasAStatus() throws IOException {
        console.setSessions(commands.consoles);
        connect();
        String text = "$(exec touch /tmp/x) `x` %z !! ; | & > x";

        assertEquals(new Run(0, text + "\n", ""), command("test:say '" + text + "'", ""));
        assertEquals(
                new Run(2, "", "Error: there is no command 'test:sya': did you mean say?\n"),
                command("test:sya hello | tail -1", ""));
        assertEquals(new Run(0, "read what is given\n", ""), command("test:read", "what is given"));
    }

    /** OpenSSH reports "closed by remote host" if a server ends the connection with the channel. */
    @Test
    void theEndOfACommandOrAConsoleLeavesTheConnectionToTheClient() throws IOException {
        console.setSessions(commands.consoles);
        connect();

        assertEquals(new Run(0, "one\n", ""), command("test:say one", ""));
        assertEquals(
                Integer.valueOf(0), run(connection.createShellChannel(), CTRL_D).status());
        assertEquals(new Run(0, "two\n", ""), command("test:say two", ""));

        assertTrue(connection.isOpen());
        assertEquals(1, server.getActiveSessions().size());
    }

    @Test
    void aConsoleAtATerminalHasItsSizeAndTakesWhatIsTypedAsItStands() throws IOException {
        console.setSessions(commands.consoles);
        var shell = connect().createShellChannel();
        shell.setPtyType("xterm");
        shell.setPtyColumns(123);

        Run run = run(shell, "test:size\rtest:say 'wow!! $(x)'\r" + CTRL_D);

        assertEquals(Integer.valueOf(0), run.status());
        assertTrue(run.out().contains("it has 123 columns"), run.out());
        assertTrue(run.out().contains("[?2004lwow!! $(x)"), run.out());
    }

    @Test
    void aTerminalThatGetsAnotherSizeTellsAndASignalOrCtrlCInterruptsACommand() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        List<Integer> widths = new CopyOnWriteArrayList<>();
        commands.with("wait", (session, words) -> {
            widths.add(session.getTerminal().getWidth());
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        });
        console.setSessions(commands.consoles);
        ChannelShell shell = connect().createShellChannel();
        shell.setPtyType("xterm");
        shell.setPtyColumns(80);
        shell.setRedirectErrorStream(true);
        shell.setOut(OutputStream.nullOutputStream());
        shell.open().verify(LIMIT);
        OutputStream keys = shell.getInvertedIn();
        keys.write("test:wait\r".getBytes(StandardCharsets.UTF_8));
        keys.flush();
        Eventually.that("it begins", () -> begun.getCount() < 2);

        shell.sendWindowChange(123, 45);
        Buffer signal = connection.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
        signal.putUInt(shell.getRecipient());
        signal.putString("signal");
        signal.putBoolean(false);
        signal.putString("INT");
        connection.writePacket(signal);
        keys.write("test:wait\r".getBytes(StandardCharsets.UTF_8));
        keys.flush();
        begun.await();
        keys.write(3);
        keys.flush();
        interrupted.await();

        assertEquals(List.of(80, 123), widths);
        keys.write(CTRL_D.getBytes(StandardCharsets.UTF_8));
        keys.flush();
        shell.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
        assertEquals(Integer.valueOf(0), shell.getExitStatus());
    }

    /** As with {@code ssh -t}: a command that draws a screen needs it, and keys must not become its input. */
    @Test
    void aCommandAtATerminalHasItAndCtrlCInterruptsIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        commands.with("wait", (session, words) -> {
            System.out.println("one\ntwo " + session.getTerminal().getWidth() + " "
                    + session.getTerminal().getType());
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        });
        console.setSessions(commands.consoles);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ClientChannel channel = atTerminal("test:wait");
        channel.setOut(out);
        channel.open().verify(LIMIT);
        begun.await();
        channel.getInvertedIn().write(3);
        channel.getInvertedIn().flush();
        interrupted.await();
        channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("one\r\ntwo 77 xterm\r\n"), out.toString());

        ByteArrayOutputStream refusal = new ByteArrayOutputStream();
        ClientChannel refused = atTerminal("test:none");
        refused.setOut(refusal);
        refused.open().verify(LIMIT);
        refused.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
        assertEquals(Integer.valueOf(2), refused.getExitStatus());
        assertEquals("Error: there is no command 'test:none': see help\r\n", refusal.toString(StandardCharsets.UTF_8));
    }

    private ClientChannel atTerminal(String command) throws IOException {
        ChannelExec channel = connect().createExecChannel(command);
        channel.setUsePty(true);
        channel.setPtyType("xterm");
        channel.setPtyColumns(77);
        channel.setErr(OutputStream.nullOutputStream());
        return channel;
    }

    @Test
    void withoutATerminalItRunsTheLinesThatCome() throws IOException {
        console.setSessions(commands.consoles);
        var shell = connect().createShellChannel();
        shell.setUsePty(false);

        assertEquals(
                new Run(2, "one\ntwo\n", "Error: there is no command 'test:none': see help\n"),
                run(shell, "test:say one\ntest:none\ntest:say two\n"));
    }

    @Test
    void withoutConsolesThatTakeWhatIsTypedAsItStandsThereIsNone() throws IOException {
        SessionFactory consoles = commands.consoles;
        console.setSessions(consoles);
        connect();
        assertEquals(new Run(0, "one\n", ""), command("test:say one", ""));

        console.unsetSessions(consoles);
        var lines = connection.createShellChannel();
        lines.setUsePty(false);

        assertEquals(new Run(1, "", SshVisit.AWAY + "\n"), command("test:say two", ""));
        assertEquals(new Run(1, "", SshVisit.AWAY + "\n"), run(lines, "test:say two\n"));
        Run shown = run(connection.createShellChannel(), "test:say two\r");
        assertEquals(Integer.valueOf(1), shown.status());
        assertEquals(SshVisit.AWAY + "\r\n", shown.out() + shown.err());

        console.setSessions(consoles);
        assertEquals(new Run(0, "three\n", ""), command("test:say three", ""));
    }

    @Test
    void whatReplacesThemIsNotTakenAwayWithThem() throws IOException {
        try (TestServer others = new TestServer(home.resolve("other"))) {
            console.setSessions(others.consoles);
            console.setSessions(commands.consoles);
            console.unsetSessions(others.consoles);
            connect();

            assertEquals(new Run(0, "one\n", ""), command("test:say one", ""));
        }
    }

    @Test
    void whomNobodyHasLetInRunsNothing() throws IOException {
        known = false;
        console.setSessions(commands.consoles);
        connect();

        assertEquals(
                new Run(1, "", "Error: the user who is asking cannot be identified\n"), command("test:say one", ""));
    }

    @Test
    void aCommandWhoseServerStopsFailsAlsoWhereItTakesTheInterruptionForItsEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        commands.with("follow", (session, words) -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                System.out.println("{}");
            }
            return null;
        });
        console.setSessions(commands.consoles);
        connect();
        CompletableFuture<Run> run = CompletableFuture.supplyAsync(() -> {
            try {
                return command("test:follow", "");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        begun.await();

        commands.stopConsoles();

        assertEquals(Integer.valueOf(1), run.get().status());
        assertTrue(
                run.get().err().startsWith("Error: the server stopped"),
                run.get().err());
    }

    @Test
    void aCommandIsInterruptedWhenItsClientGoes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        commands.with("wait", (session, words) -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        });
        console.setSessions(commands.consoles);
        ClientChannel channel = connect().createExecChannel("test:wait");
        channel.setIn(InputStream.nullInputStream());
        channel.open().verify(LIMIT);
        begun.await();

        connection.close(true);

        interrupted.await();
        assertFalse(connection.isOpen());
    }

    @Test
    void allOtherConnectionsAreCutAndThatOfWhoAsksIsNot() throws Exception {
        console.setSessions(commands.consoles);
        commands.with("cut", (session, words) -> {
            session.put(Severable.MARK, "mine");
            System.out.println("cut " + console.sever("mine"));
            return null;
        });
        ClientSession other = connect();
        ClientChannel idle = other.createShellChannel();
        idle.setIn(new java.io.PipedInputStream(new java.io.PipedOutputStream()));
        idle.setOut(new ByteArrayOutputStream());
        idle.setErr(new ByteArrayOutputStream());
        idle.open().verify(LIMIT);
        // It is running once it shows its prompt, or any output.
        Eventually.that("the other console is open", () -> console.isOpenAnywhere());
        ClientSession asking = connect();
        assertEquals(new Run(0, "cut 1\n", ""), command("test:cut", ""));
        idle.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
        Eventually.that("the other connection is gone", () -> !other.isOpen());
        assertTrue(asking.isOpen());
    }
}
