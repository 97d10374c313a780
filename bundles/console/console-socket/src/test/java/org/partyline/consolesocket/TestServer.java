package org.partyline.consolesocket;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.partyline.consoleline.LiteralConsoles;
import org.partyline.consoleline.Restricted;
import org.partyline.consoleline.Role;
import org.partyline.consolesocket.client.CommandStreams;
import org.partyline.consolesocket.client.ConsoleClient;
import org.partyline.consolesocket.wire.Hello;
import org.partyline.consolesocket.wire.Mode;
import org.partyline.consolesocket.wire.SocketPlace;

/** A console's socket in a home, with Karaf's own shell behind it and the test's commands. */
final class TestServer implements Closeable {
    /** The result of a run. */
    record Run(int status, String out, String err) {}

    /** The action of a command. */
    @FunctionalInterface
    interface Body {
        Object run(Session session, List<Object> arguments) throws Exception;
    }

    /** It replaces System.out, so there is only one. */
    private static final ThreadIOImpl STREAMS = new ThreadIOImpl();

    static {
        STREAMS.start();
    }

    /** The factory of its sessions. */
    final LiteralConsoles consoles;

    private final SessionFactoryImpl sessions;
    private final Path home;
    private boolean stopped;
    private final Listener listener;

    TestServer(Path home) throws IOException {
        this.home = home;
        System.setProperty(
                "karaf.etc", Files.createDirectories(home.resolve("etc")).toString());
        sessions = new SessionFactoryImpl(STREAMS);
        Hello hello = new Hello(ProcessHandle.current().pid(), home.toRealPath().toString());
        consoles = new LiteralConsoles(sessions, List.of("test"));
        Shell shell = new Shell(consoles);
        listener = new Listener(new SocketPlace(home), link -> new Visit(link, hello, shell));
    }

    /** Adds a command of the scope {@code test}. */
    TestServer with(String name, Body body) {
        return with(Role.OWNER, name, body);
    }

    /** Adds a command that reports that it ran, for users with a role. */
    TestServer with(Role role, String name) {
        return with(role, name, (session, words) -> {
            System.out.println(name);
            return null;
        });
    }

    private TestServer with(Role role, String name, Body body) {
        sessions.getRegistry().register(new TestCommand(role, name, body));
        return this;
    }

    private record TestCommand(Role role, String name, Body body) implements Command, Restricted {
        @Override
        public String getScope() {
            return "test";
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String getDescription() {
            return "a test's";
        }

        @Override
        public Completer getCompleter(boolean scoped) {
            return null;
        }

        @Override
        public Parser getParser() {
            return null;
        }

        @Override
        public Object execute(Session session, List<Object> arguments) throws Exception {
            return body.run(session, arguments);
        }
    }

    /** Runs a command to its end. */
    Run run(String command, String input) throws IOException {
        return run(input.getBytes(StandardCharsets.UTF_8), (client, standard) -> client.run(command, standard));
    }

    /** Runs a command as a user with some roles. */
    Run runFor(String roles, String command) throws IOException {
        return run(new byte[0], (client, standard) -> client.withRoles(roles).run(command, standard));
    }

    /** Runs lines as a user with some roles. */
    Run linesFor(String roles, String lines) throws IOException {
        return run(
                lines.getBytes(StandardCharsets.UTF_8),
                (client, standard) -> client.withRoles(roles).runLines(Mode.GO_ON, standard));
    }

    /** Runs lines to their end. */
    Run lines(Mode mode, String input) throws IOException {
        return lines(mode, input.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs lines of any bytes to their end. */
    Run lines(Mode mode, byte[] input) throws IOException {
        return run(input, (client, standard) -> client.runLines(mode, standard));
    }

    private interface Request {
        int send(ConsoleClient client, CommandStreams streams) throws IOException;
    }

    private Run run(byte[] input, Request request) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream in = new ByteArrayInputStream(input);
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            int status = request.send(client, new CommandStreams(in, out, err));
            return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }

    /** Stops the consoles as a server does when it stops or gives up the lead: its process may continue. */
    void stopConsoles() {
        if (!stopped) {
            stopped = true;
            consoles.stop(LiteralConsoles.UNSATISFIED);
            sessions.stop();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (!stopped) {
            sessions.stop();
        }
    }
}
