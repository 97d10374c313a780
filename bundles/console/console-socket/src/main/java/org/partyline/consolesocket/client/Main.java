package org.partyline.consolesocket.client;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.partyline.consolesocket.wire.Deadline;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.Mode;

/**
 * Runs commands in the server of a home. Arguments: the action, the home, and the process that must be its server. The
 * action is {@code hello} (wait until it responds), {@code run FILE} (a command in a file or pipe: everybody can see
 * the arguments of a program), {@code lines} and {@code console-lines} (the lines of standard input), or {@code
 * console}. The action {@code ssh-host-key}, with a port instead of the process, and the directory of the settings,
 * creates the host key of the console over SSH before a server starts.
 */
public final class Main {
    private static final int FAILED = 1;
    /** Set by the package's script for operators. */
    private static final String ROLES = "PARTYLINE_ROLES";

    private static final int NO_SERVER = 3;
    private static final int LATE = 7;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofMillis(500);
    /** The exit status that a shell reports for a program ended by a broken pipe. */
    private static final int NOBODY_READS = 141;

    private Main() {}

    /** The entry point. */
    public static void main(String[] arguments) {
        // Not System.out: a PrintStream hides its failures.
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        OutputStream err = new FileOutputStream(FileDescriptor.err);
        InputStream in = new FileInputStream(FileDescriptor.in);
        int status = FAILED;
        try {
            status = run(arguments, new CommandStreams(in, out, err));
        } catch (OutputException e) {
            status = e.readerIsGone() ? NOBODY_READS : complain(err, e);
        } catch (NoAnswerException e) {
            complain(err, e);
            status = LATE;
        } catch (ConnectException e) {
            complain(err, e);
            status = NO_SERVER;
        } catch (IOException e) {
            complain(err, e);
        }
        // At once: a thread may be waiting for standard input.
        Runtime.getRuntime().halt(status);
    }

    private static int run(String[] arguments, CommandStreams streams) throws IOException {
        if (arguments.length < 3) {
            throw new IOException("usage: ACTION HOME PROCESS, as the start script passes them");
        }
        Path home = Path.of(arguments[1]);
        if (arguments[0].equals("ssh-host-key")) {
            new SshHostKey(home, Path.of(arguments[3])).pin(Integer.parseInt(arguments[2]));
            return 0;
        }
        long pid = Long.parseLong(arguments[2]);
        if (arguments[0].equals("hello")) {
            awaitAnswer(home, pid, PATIENCE);
            return 0;
        }
        String command = arguments[0].equals("run") ? command(arguments[3]) : "";
        try (ConsoleClient client = ConsoleClient.connect(home, pid, Deadline.of(command))) {
            client.withRoles(System.getenv(ROLES));
            return switch (arguments[0]) {
                case "run" -> client.run(command, streams);
                case "lines" -> client.runLines(Mode.STOP_AT_FAILURE, streams);
                case "console-lines" -> client.runLines(Mode.GO_ON, streams);
                case "console" -> console(home, client, streams);
                default -> throw new IOException("the client has no action " + arguments[0]);
            };
        }
    }

    /**
     * Waits until a server responds: while it starts, the bundles that serve its console may be replaced.
     *
     * @param patience how long there may be no response
     * @throws IOException if nothing responds for that long; at once if another process responds
     */
    static void awaitAnswer(Path home, long pid, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                ConsoleClient.connect(home, pid).close();
                return;
            } catch (ConnectException e) {
                if (System.nanoTime() - end >= 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static String command(String file) throws IOException {
        // A file's own stream would query its position, which a pipe does not have.
        try (InputStream in = new BufferedInputStream(new FileInputStream(file))) {
            return new String(in.readNBytes(Link.LONGEST + 1), StandardCharsets.UTF_8);
        }
    }

    /** Connects again with the roles of the first connection, and no more. */
    private static ConsoleClient connectAgain(Path home) throws IOException {
        ConsoleClient next = ConsoleClient.connect(home);
        next.withRoles(System.getenv(ROLES));
        return next;
    }

    private static int console(Path home, ConsoleClient client, CommandStreams streams) throws IOException {
        LastingConsole console =
                new LastingConsole(client, () -> connectAgain(home), new Typing(streams.in()), streams.out(), RETRY);
        OwnTerminal.whenResized(() -> {
            try {
                console.resize(OwnTerminal.size());
            } catch (IOException e) {
                // The connection is gone, which the console notices itself.
                return;
            }
        });
        return console.run();
    }

    private static int complain(OutputStream err, IOException failure) {
        try {
            err.write(("Error: " + failure.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Nobody can read an error message; the exit status reports it.
            return FAILED;
        }
        return FAILED;
    }
}
