package org.partyline.consolesocket;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.consoleline.Paint;
import org.partyline.consoleline.Resumption;
import org.partyline.consoleline.Role;
import org.partyline.consolesocket.wire.FrameType;
import org.partyline.consolesocket.wire.Hello;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.Mode;
import org.partyline.consolesocket.wire.SocketFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, from HELLO to EXIT. The thread that runs this receives; another sends, and a third runs the
 * request: neither a slow client nor an interrupted command can block the others. If the client disconnects, its
 * request is interrupted.
 */
final class Visit implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Visit.class);
    private static final int FAILED = 1;
    private static final Set<FrameType> BEFORE =
            EnumSet.of(FrameType.HERE, FrameType.PLAIN, FrameType.SIZE, FrameType.ROLES, FrameType.RESUME);

    private final Link link;
    private final Hello hello;
    private final Shell shell;
    private final ClientOutput outgoing;
    /** The client's working directory. */
    private volatile Path here = Path.of("").toAbsolutePath();
    /** Whether the client wants no colours. */
    private volatile boolean plain;
    /** The command to run again in a console, with the data that it remembered; null if there is none. */
    private volatile @Nullable String resumed;
    /** All roles, unless the client reports that it runs for a user with fewer. */
    private volatile Set<Role> roles = EnumSet.of(Role.OWNER);
    /** How the session is ended if the client disconnects. */
    private volatile Runnable ending = () -> {};

    /** Null without a console. */
    private volatile @Nullable Session session;

    /** Receives the terminal's new size; null without a console. */
    private volatile Consumer<SocketFrame> resizing = frame -> {};

    Visit(Link link, Hello hello, Shell shell) {
        this.link = link;
        this.hello = hello;
        this.shell = shell;
        this.outgoing = new ClientOutput(link);
    }

    @Override
    public void run() {
        try (link) {
            SocketThreads.start("console-sender", outgoing);
            outgoing.put(hello.frame());
            Optional<SocketFrame> request = link.receive();
            while (request.isPresent() && comesBefore(request.get())) {
                request = link.receive();
            }
            if (request.isPresent()) {
                serve(request.get());
            }
        } catch (IOException e) {
            LOG.debug("A console client disconnected: {}", Faults.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            outgoing.fail(new IOException("the client disconnected"));
        }
    }

    /** Returns whether its session has this mark. */
    boolean isMarked(String mark) {
        return Shell.isMarked(session, mark);
    }

    /** Ends the connection; its command is interrupted. */
    void cut() {
        try {
            link.close();
        } catch (IOException e) {
            LOG.debug("A console client had already disconnected: {}", Faults.reason(e));
        }
    }

    private boolean comesBefore(SocketFrame frame) throws IOException {
        if (frame.type() == FrameType.HERE) {
            here = directory(frame.text());
        }
        plain |= frame.type() == FrameType.PLAIN;
        if (frame.type() == FrameType.RESUME) {
            resumed = frame.text();
        }
        if (frame.type() == FrameType.ROLES) {
            roles = Role.named(List.of(frame.text().split(" ")));
        }
        return BEFORE.contains(frame.type());
    }

    private static Path directory(String name) throws IOException {
        try {
            return Path.of(name).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("the client's working directory is not a valid path", e);
        }
    }

    private void serve(SocketFrame request) throws IOException, InterruptedException {
        boolean console = request.type() == FrameType.CONSOLE;
        RemoteInput in =
                new RemoteInput(console ? most -> {} : most -> outgoing.put(SocketFrame.of(FrameType.WANT, most)));
        Thread runner = SocketThreads.start("console-command", () -> finish(request, in));
        try {
            Optional<SocketFrame> next = link.receive();
            while (next.isPresent()) {
                switch (next.get().type()) {
                    case INPUT -> in.give(next.get().payload());
                    case SIZE -> resizing.accept(next.get());
                    default -> throw new IOException("the client sent an unexpected frame: " + next.get());
                }
                next = link.receive();
            }
        } finally {
            outgoing.fail(new IOException("the client disconnected"));
            in.end();
            ending.run();
            runner.interrupt();
        }
    }

    private void finish(SocketFrame request, RemoteInput in) {
        int status = FAILED;
        try {
            status = Shell.asLocalUser(roles, () -> perform(request, in));
        } finally {
            try {
                outgoing.put(SocketFrame.of(FrameType.EXIT, status));
            } catch (IOException e) {
                LOG.debug("A console client did not wait for the end of the output: {}", Faults.reason(e));
            }
            outgoing.end();
        }
    }

    private int perform(SocketFrame request, RemoteInput in) {
        PrintStream out = new PrintStream(new FrameOutput(outgoing, FrameType.OUT), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FrameOutput(outgoing, FrameType.ERR), true, StandardCharsets.UTF_8);
        try {
            return switch (request.type()) {
                // The client watches the time itself.
                case RUN -> withSession(in, out, err, null, commands -> commands.run(request.text()));
                case LINES ->
                    withSession(
                            in, out, err, this::sendLimit, commands -> commands.runLines(Mode.of(request.payload())));
                case CONSOLE -> console(request, in);
                default -> throw new IOException("the client asked with an unexpected frame: " + request);
            };
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            // The client's terminal is in raw mode.
            err.print(Complaint.of(e) + (request.type() == FrameType.CONSOLE ? "\r\n" : "\n"));
            return FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    @FunctionalInterface
    private interface Task {
        int in(Commands commands);
    }

    private void sendLimit(Optional<Duration> limit) throws IOException {
        int seconds =
                (int) Math.min(Integer.MAX_VALUE, limit.map(Duration::toSeconds).orElse(0L));
        outgoing.put(SocketFrame.of(FrameType.LIMIT, seconds));
    }

    private int withSession(
            RemoteInput given, PrintStream out, PrintStream err, Commands.@Nullable Limits limits, Task task) {
        AwaitedInput in = new AwaitedInput(given);
        Session session = shell.forCommands(roles, in, out, err);
        this.session = session;
        session.currentDir(here);
        ending = () -> Shell.interrupt(session);
        try {
            return task.in(new Commands(session, in, err, limits));
        } finally {
            session.close();
        }
    }

    private void resumes(String line) {
        try {
            outgoing.put(SocketFrame.of(FrameType.RESUME, line));
        } catch (IOException e) {
            LOG.debug("A console client disconnected: it already knows what to run again ({})", Faults.reason(e));
        }
    }

    private int console(SocketFrame request, RemoteInput in) throws IOException {
        byte[] payload = request.payload();
        String type =
                new String(payload, 2 * Integer.BYTES, payload.length - 2 * Integer.BYTES, StandardCharsets.UTF_8);
        try (RemoteTerminal terminal = new RemoteTerminal(
                type, in, new FrameOutput(outgoing, FrameType.OUT), request.number(0), request.number(1))) {
            resizing = size -> terminal.resize(size.number(0), size.number(1));
            Session session = shell.forConsole(roles, terminal);
            if (plain) {
                session.put(Paint.NO_COLOR, "1");
            }
            session.put(Resumption.VARIABLE, (Consumer<String>) this::resumes);
            session.put(Resumption.BEFORE, resumed);
            this.session = session;
            session.currentDir(here);
            ending = session::close;
            session.run();
            return 0;
        }
    }
}
