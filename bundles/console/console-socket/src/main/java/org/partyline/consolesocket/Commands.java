package org.partyline.consolesocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;
import org.partyline.consoleline.ExitStatus;
import org.partyline.consoleline.LineException;
import org.partyline.consoleline.LiteralConsoles;
import org.partyline.consolesocket.wire.Deadline;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.Mode;

/** Runs one command, or the commands from standard input, in a session. */
final class Commands {
    private static final int FAILED = ExitStatus.FAILED;
    private static final int LATE = ExitStatus.LATE;
    private static final int EXIT_STATUSES = 256;

    private final Session session;
    private final @Nullable AwaitedInput in;
    private final InputWait waiting;
    private final PrintStream err;
    private final @Nullable Limits limits;

    /** Receives a command's deadline before it begins. */
    @FunctionalInterface
    interface Limits {
        /** @param limit empty for no limit */
        void send(Optional<Duration> limit) throws IOException;
    }

    /**
     * @param in also the session's standard input: input read by a line's command is not a line any more
     * @param limits null if the client watches the time, and commands have no limit
     */
    Commands(Session session, AwaitedInput in, PrintStream err, @Nullable Limits limits) {
        this(session, in, in.waiting(), err, limits);
    }

    private Commands(
            Session session, @Nullable AwaitedInput in, InputWait waiting, PrintStream err, @Nullable Limits limits) {
        this.session = session;
        this.in = in;
        this.waiting = waiting;
        this.err = err;
        this.limits = limits;
    }

    /** For one command at a terminal. @param waiting the time spent waiting for keys */
    static Commands atTerminal(Session session, InputWait waiting, PrintStream err) {
        return new Commands(session, null, waiting, err, limit -> {});
    }

    /** Runs one command. @return its exit status */
    int run(String command) {
        try {
            return attempt(command, true).orElse(FAILED);
        } catch (IOException e) {
            err.println(Complaint.of(e));
            return FAILED;
        }
    }

    /**
     * Runs the lines of standard input as they arrive, to its end or until the session is closed. @return the exit
     * status
     */
    int runLines(Mode mode) {
        int status = 0;
        StringBuilder open = new StringBuilder();
        try {
            String line = readLine();
            while (line != null) {
                open.append(open.isEmpty() ? "" : "\n").append(line);
                Optional<Integer> result = attempt(open.toString(), false);
                if (result.isPresent()) {
                    open.setLength(0);
                    status = result.get() == 0 ? status : result.get();
                    if (LiteralConsoles.isClosed(session)) {
                        return unread(status);
                    }
                    if (status != 0 && mode == Mode.STOP_AT_FAILURE) {
                        return status;
                    }
                }
                line = readLine();
            }
        } catch (IOException e) {
            err.println(Complaint.of(e));
            return FAILED;
        }
        // An incomplete command cannot be completed any more.
        return open.isEmpty() ? status : run(open.toString());
    }

    /**
     * Called when the session is closed. @return the exit status of the lines that ran, or a failure if others will not
     * run
     */
    private int unread(int status) throws IOException {
        if (status != 0 || !LiteralConsoles.wasStopped(session) || readLine() == null) {
            return status;
        }
        throw new IOException("the server stopped or is no longer the leader: the remaining lines were not run");
    }

    /** @param last whether no more lines come @return empty if further lines could complete it */
    private Optional<Integer> attempt(String command, boolean last) throws IOException {
        if (limits == null) {
            return attempt(command, last, null);
        }
        Deadline deadline = Deadline.of(command);
        limits.send(deadline.limit());
        if (deadline.limit().isEmpty()) {
            return attempt(command, last, null);
        }
        try (Watchdog watchdog = new Watchdog(deadline.limit().get(), waiting, () -> Shell.interrupt(session))) {
            Optional<Integer> status = attempt(command, last, watchdog);
            if (status.equals(Optional.of(LATE))) {
                err.println("Error: " + deadline.passed(deadline.limit().get()));
            }
            return status;
        }
    }

    private Optional<Integer> attempt(String command, boolean last, @Nullable Watchdog watchdog) {
        try {
            return Optional.of(session.execute(command) instanceof Integer status ? exitStatus(status) : 0);
        } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError e) {
            if (!last && e.getCause() instanceof LineException line && line.isOpen()) {
                return Optional.empty();
            }
            if (watchdog != null && watchdog.hasPassed() && e instanceof InterruptedException) {
                return Optional.of(LATE);
            }
            err.println(Complaint.of(e));
            return Optional.of(ExitStatus.of(e));
        }
    }

    /** An exit status has eight bits; no other number may be reported as 0. */
    private static int exitStatus(int result) {
        return result == 0 ? 0 : Math.max(FAILED, result & (EXIT_STATUSES - 1));
    }

    /** Invalid UTF-8 would become different text. */
    private @Nullable String readLine() throws IOException {
        try {
            return nextLine();
        } catch (CharacterCodingException e) {
            throw new IOException("a line is not UTF-8 text: it and the remaining lines were not run", e);
        }
    }

    private @Nullable String nextLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        if (in == null) {
            return null;
        }
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            line.write(next);
            if (line.size() > Link.LONGEST) {
                throw new IOException("a line is longer than " + Link.LONGEST + " bytes");
            }
            next = in.read();
        }
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(line.toByteArray()))
                .toString();
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
