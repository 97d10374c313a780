package org.partyline.consolesocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedAction;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.session.ServerSession;
import org.jline.reader.LineReader;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.consoleline.KeepAlive;
import org.partyline.consoleline.Paint;
import org.partyline.consoleline.Role;
import org.partyline.consolesocket.wire.Mode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one channel of an SSH connection: a command, a console, or without a terminal the lines of standard input. It
 * ends the channel and leaves the connection to the client, which may open another channel: OpenSSH reports an error if
 * the server ends a connection.
 */
final class SshVisit implements Command, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SshVisit.class);

    static final String AWAY = "Error: the console is not running, and nothing was run: try again shortly";
    private static final String STRANGER = "Error: the user who is asking cannot be identified";
    private static final int FAILED = 1;
    /** A request that every client rejects, which is a sufficient answer. */
    private static final String KEEP_ALIVE = "keepalive@openssh.com";

    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(15);

    private final Supplier<SessionFactory> sessions;
    private final Optional<String> command;
    private final Set<SshVisit> open;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private OutputStream err = OutputStream.nullOutputStream();
    private ExitCallback callback = (status, message, closes) -> {};
    /** Null before the server has started this, as are the next three. */
    private @Nullable Environment environment;

    private Optional<Subject> subject = Optional.empty();
    private @Nullable Thread thread;
    private volatile @Nullable Session session;
    private volatile @Nullable ServerSession connection;
    /** How the session is ended if the client disconnects. */
    private volatile Runnable ending = () -> {};

    private SshVisit(Supplier<SessionFactory> sessions, Optional<String> command, Set<SshVisit> open) {
        this.open = open;
        this.sessions = sessions;
        this.command = command;
    }

    /**
     * @param sessions returns null while none may be used
     * @param open contains this while it runs
     */
    static SshVisit shell(Supplier<SessionFactory> sessions, Set<SshVisit> open) {
        return new SshVisit(sessions, Optional.empty(), open);
    }

    /**
     * @param sessions returns null while none may be used
     * @param open contains this while it runs
     */
    static SshVisit command(Supplier<SessionFactory> sessions, String command, Set<SshVisit> open) {
        return new SshVisit(sessions, Optional.of(command), open);
    }

    /** Returns whether its session has this mark. */
    boolean isMarked(String mark) {
        return Shell.isMarked(session, mark);
    }

    /** Returns its connection, which it may share with others. */
    @Nullable
    ServerSession connection() {
        return connection;
    }

    @Override
    public void setInputStream(InputStream stream) {
        in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {
        err = stream;
    }

    @Override
    public void setExitCallback(ExitCallback exit) {
        callback = exit;
    }

    @Override
    public void start(ChannelSession channel, Environment with) {
        environment = with;
        connection = channel.getServerSession();
        open.add(this);
        subject = subject(connection);
        thread = SocketThreads.start("console-ssh", this);
    }

    /** Returns the authenticated user; Karaf stores it under its own name. */
    private static Optional<Subject> subject(ServerSession connection) {
        return connection.attributeKeys().stream()
                .map(key -> (Object) connection.getAttribute(key))
                .filter(Subject.class::isInstance)
                .map(Subject.class::cast)
                .findFirst();
    }

    @Override
    public void run() {
        int status = FAILED;
        try {
            status = perform();
        } finally {
            open.remove(this);
            callback.onExit(status);
        }
    }

    private int perform() {
        PrintStream printing = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream complaining = new PrintStream(err, true, StandardCharsets.UTF_8);
        SessionFactory factory = sessions.get();
        try {
            if (factory == null || subject.isEmpty()) {
                // The client's terminal, if there is one, is in raw mode.
                complaining.print((factory == null ? AWAY : STRANGER) + (hasTerminal() ? "\r\n" : "\n"));
                return FAILED;
            }
            Shell shell = new Shell(factory);
            return Subject.doAs(subject.get(), (PrivilegedAction<Integer>)
                    () -> hasTerminal() ? terminal(shell, complaining) : commands(shell, printing, complaining));
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            complaining.print(Complaint.of(e) + (hasTerminal() ? "\r\n" : "\n"));
            return FAILED;
        } finally {
            printing.flush();
            complaining.flush();
        }
    }

    private Set<Role> roles() {
        return Shell.rolesOf(subject.orElseThrow());
    }

    private boolean hasTerminal() {
        return environment != null && environment.getEnv().containsKey(Environment.ENV_TERM);
    }

    private int commands(Shell shell, PrintStream printing, PrintStream complaining) {
        AwaitedInput awaited = new AwaitedInput(in);
        Session session = shell.forCommands(roles(), awaited, printing, complaining);
        this.session = session;
        session.put(KeepAlive.VARIABLE, (Runnable) this::keepAlive);
        ending = () -> Shell.interrupt(session);
        try {
            Commands commands = new Commands(session, awaited, complaining, limit -> {});
            return command.map(commands::run).orElseGet(() -> commands.runLines(Mode.GO_ON));
        } finally {
            session.close();
        }
    }

    private int terminal(Shell shell, PrintStream complaining) {
        Environment around = Objects.requireNonNull(environment, "set when it is started");
        Map<String, String> settings = around.getEnv();
        String type = Objects.requireNonNull(settings.get(Environment.ENV_TERM), "there is a terminal");
        try (RemoteTerminal terminal = new RemoteTerminal(type, in, out, columns(settings), rows(settings))) {
            around.addSignalListener(
                    (channel, signal) -> terminal.resize(columns(settings), rows(settings)), Signal.WINCH);
            around.addSignalListener(
                    (channel, signal) -> terminal.raise(org.jline.terminal.Terminal.Signal.INT), Signal.INT);
            Session session = shell.forConsole(roles(), terminal);
            this.session = session;
            String noColor = settings.get(Paint.NO_COLOR);
            if (noColor != null) {
                session.put(Paint.NO_COLOR, noColor);
            }
            session.put(KeepAlive.VARIABLE, (Runnable) this::keepAlive);
            return command.isPresent() ? command(session, terminal, command.get()) : console(session);
        } catch (IOException e) {
            complaining.println(Complaint.of(e));
            return FAILED;
        }
    }

    private int console(Session session) {
        ending = session::close;
        session.run();
        return 0;
    }

    /** A command may draw a screen or ask for a passphrase: it gets the same environment as a console. */
    private int command(Session session, RemoteTerminal terminal, String line) {
        terminal.handle(org.jline.terminal.Terminal.Signal.INT, signal -> Shell.interrupt(session));
        ending = () -> Shell.interrupt(session);
        // A console's first script sets this: typed lines are stored in no file.
        session.put(LineReader.HISTORY_FILE, null);
        try {
            PrintStream complaining = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
            return Commands.atTerminal(session, terminal.waiting(), complaining).run(line);
        } finally {
            session.close();
        }
    }

    /** Shows nothing. The client answers, as OpenSSH's server also requests, or is found to be gone. */
    private void keepAlive() {
        ServerSession client = Objects.requireNonNull(connection, "set when it is started");
        try {
            Buffer asked = client.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            asked.putString(KEEP_ALIVE);
            asked.putBoolean(true);
            client.request(KEEP_ALIVE, asked, ANSWERED_WITHIN);
            client.resetIdleTimeout();
        } catch (IOException e) {
            LOG.debug("An SSH connection was closed: {}", Faults.reason(e));
        }
    }

    private static int columns(Map<String, String> settings) {
        return size(settings.get(Environment.ENV_COLUMNS));
    }

    private static int rows(Map<String, String> settings) {
        return size(settings.get(Environment.ENV_LINES));
    }

    /** Returns 0, which means unknown, if it is not a number. */
    private static int size(@Nullable String given) {
        try {
            return given == null ? 0 : Integer.parseInt(given);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Called when the channel ends: its command has ended, or the client has gone. */
    @Override
    public void destroy(ChannelSession channel) {
        ending.run();
        if (thread != null && thread != Thread.currentThread()) {
            thread.interrupt();
        }
    }
}
