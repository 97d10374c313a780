package org.partyline.consolesocket.client;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.partyline.consolesocket.wire.Deadline;
import org.partyline.consolesocket.wire.FrameType;
import org.partyline.consolesocket.wire.Hello;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.Mode;
import org.partyline.consolesocket.wire.SocketFrame;
import org.partyline.consolesocket.wire.SocketPlace;
import org.partyline.consolesocket.wire.Users;

/**
 * Connects to the server of a home for one command, a list of commands, or a console. The connection is authenticated:
 * the socket lies where only its user could put it, the operating system reports that user, and the server reports its
 * home.
 */
public final class ConsoleClient implements Closeable {
    private static final int CHUNK = 8192;
    private static final Duration GRACE = Duration.ofSeconds(2);
    /** Not empty if the user wants no colours. */
    private static final String NO_COLOR = "NO_COLOR";

    private final Link link;
    private final Hello hello;
    private Path here = Path.of("");
    private Optional<String> roles = Optional.empty();

    private final Patience patience;
    private String resume = "";
    private Deadline deadline = new Deadline("", Optional.empty());

    private ConsoleClient(Link link, Hello hello, Patience patience) {
        this.link = link;
        this.hello = hello;
        this.patience = patience;
    }

    /** Connects. @throws IOException if nothing responds, or the process that does is not the server of this home */
    public static ConsoleClient connect(Path home) throws IOException {
        return connect(home, new Deadline("", Optional.of(Deadline.USUAL)));
    }

    private static ConsoleClient connect(Path home, Deadline deadline) throws IOException {
        return connect(home, deadline, Users::peer);
    }

    /** Finds the user at the other end of a connection. */
    @FunctionalInterface
    interface PeerLookup {
        UserPrincipal peer(SocketChannel channel, UserPrincipal otherwise) throws IOException;
    }

    /** Connects with another check of the server's user. */
    static ConsoleClient connect(Path home, Deadline deadline, PeerLookup users) throws IOException {
        SocketPlace place = new SocketPlace(home);
        if (!Files.exists(place.socket())) {
            throw new ConnectException("no server answers in " + home + ": there is no " + place.socket());
        }
        UserPrincipal owner = place.owner();
        SocketChannel channel = open(home, place);
        Patience patience = new Patience(() -> close(channel));
        try {
            patience.wait(deadline.limit());
            UserPrincipal peer = users.peer(channel, owner);
            if (!peer.equals(owner)) {
                throw new IOException("the server in " + home + " runs as " + peer.getName()
                        + ", but the directory belongs to " + owner.getName());
            }
            Link link = new Link(channel);
            Hello hello = Hello.of(link.receive()
                    .orElseThrow(() -> new EOFException(
                            "the server in " + home + " does not accept connections: see log/partyline.log")));
            if (!Files.isSameFile(home, Path.of(hello.home()))) {
                throw new IOException("the server that answers in " + home + " is the server of " + hello.home());
            }
            patience.pause();
            return new ConsoleClient(link, hello, patience);
        } catch (IOException | RuntimeException e) {
            channel.close();
            patience.close();
            if (patience.passed().isPresent()) {
                throw new NoAnswerException(deadline.passed(patience.passed().get()));
            }
            throw e;
        }
    }

    private static SocketChannel open(Path home, SocketPlace place) throws IOException {
        try {
            return place.connect();
        } catch (SocketException e) {
            throw new ConnectException("no server answers in " + home + " (" + e.getMessage() + ")");
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The waiting thread notices the closed connection; otherwise nothing can be done.
            return;
        }
    }

    /** Connects to a given process, with a deadline for the connection and the commands in it. */
    static ConsoleClient connect(Path home, long pid, Deadline deadline) throws IOException {
        ConsoleClient client = connect(home, deadline).of(home, pid);
        client.deadline = deadline;
        return client;
    }

    /** Connects to a given process. @throws IOException if another one responds */
    public static ConsoleClient connect(Path home, long pid) throws IOException {
        return connect(home).of(home, pid);
    }

    private ConsoleClient of(Path home, long pid) throws IOException {
        if (hello.pid() != pid) {
            close();
            throw new IOException("the server that answers in " + home + " is process " + hello.pid()
                    + ", but the expected server is process " + pid);
        }
        return this;
    }

    /** Runs one command. @return its exit status, once the output is complete @throws IOException if it is not */
    public int run(String command, CommandStreams streams) throws IOException {
        return exchange(SocketFrame.of(FrameType.RUN, command), streams);
    }

    /** Runs the lines of standard input. @return the exit status @throws IOException as {@link #run} does */
    public int runLines(Mode mode, CommandStreams streams) throws IOException {
        return exchange(new SocketFrame(FrameType.LINES, mode.payload()), streams);
    }

    /** Opens a console. @return the exit status @throws IOException as {@link #run} does */
    public int console(TerminalSize size, String terminalType, CommandStreams streams) throws IOException {
        introduce();
        if (!Optional.ofNullable(System.getenv(NO_COLOR)).orElse("").isEmpty()) {
            link.send(new SocketFrame(FrameType.PLAIN, new byte[0]));
        }
        link.send(size.console(terminalType));
        start("console-input", () -> pump(streams.in()));
        return receive(streams, wanted -> {});
    }

    /**
     * Opens a console for input from a terminal that outlives connections.
     *
     * @param resumed the result of {@link #resume} for the previous connection, which is run at once; empty if none
     * @return the exit status
     * @throws IOException as {@link #run} does; {@link #resume} tells whether a command can be resumed
     */
    int console(TerminalSize size, String terminalType, Typing typing, String resumed, OutputStream out)
            throws IOException {
        introduce();
        if (!Optional.ofNullable(System.getenv(NO_COLOR)).orElse("").isEmpty()) {
            link.send(new SocketFrame(FrameType.PLAIN, new byte[0]));
        }
        if (!resumed.isEmpty()) {
            link.send(SocketFrame.of(FrameType.RESUME, resumed));
        }
        link.send(size.console(terminalType));
        if (!resumed.isEmpty()) {
            // Remembered data is not typed: after a duress passphrase, the store may be another one.
            link.send(SocketFrame.of(FrameType.INPUT, resumed.split("\n", 2)[0] + "\r"));
        }
        typing.to(typed -> link.send(new SocketFrame(FrameType.INPUT, typed)));
        int status = receive(new CommandStreams(InputStream.nullInputStream(), out, out), wanted -> {});
        if (!resume.isEmpty()) {
            // The user did not leave the screen: the server ended the session, as it does when it stops.
            throw new EOFException("the server ended the console");
        }
        return status;
    }

    /** Returns the process that serves it. */
    long pid() {
        return hello.pid();
    }

    /** Returns what to run again on another connection now that this one broke; empty if nothing. */
    String resume() {
        return resume;
    }

    /** Reports that the terminal has another size. */
    public void resize(TerminalSize size) throws IOException {
        link.send(size.frame());
    }

    private int exchange(SocketFrame request, CommandStreams streams) throws IOException {
        if (request.payload().length > Link.LONGEST) {
            throw new IOException(
                    "the command has " + request.payload().length + " bytes, more than the maximum of " + Link.LONGEST);
        }
        patience.wait(deadline.limit());
        introduce();
        link.send(request);
        Semaphore wanted = new Semaphore(0);
        int[] most = new int[1];
        Thread input = start("input", () -> give(streams.in(), wanted, most));
        try {
            return receive(streams, count -> {
                most[0] = Math.max(1, Math.min(CHUNK, count));
                patience.pause();
                wanted.release();
            });
        } catch (IOException e) {
            if (patience.passed().isPresent()) {
                throw new NoAnswerException(deadline.passed(patience.passed().get()));
            }
            throw e;
        } finally {
            input.interrupt();
        }
    }

    /** Sets the directory for relative names, if it is not that of this process. */
    public ConsoleClient from(Path directory) {
        here = directory;
        return this;
    }

    /** Reports that this runs for a user who has only some roles. @param names separated by spaces; null for all */
    public ConsoleClient withRoles(String names) {
        roles = Optional.ofNullable(names);
        return this;
    }

    private void introduce() throws IOException {
        link.send(SocketFrame.of(FrameType.HERE, here.toAbsolutePath().toString()));
        if (roles.isPresent()) {
            link.send(SocketFrame.of(FrameType.ROLES, roles.get()));
        }
    }

    @FunctionalInterface
    private interface Wanted {
        void most(int bytes);
    }

    private int receive(CommandStreams streams, Wanted wanted) throws IOException {
        while (true) {
            Optional<SocketFrame> next = link.receive();
            if (next.isEmpty()) {
                throw new EOFException(
                        "the server closed the connection before the command finished: its output is incomplete");
            }
            SocketFrame frame = next.get();
            switch (frame.type()) {
                case OUT -> write(streams.out(), frame.payload());
                case ERR -> write(streams.err(), frame.payload());
                case WANT -> wanted.most(frame.number(0));
                case LIMIT -> waitAsLongAs(frame.number(0));
                case RESUME -> resume = frame.text();
                case EXIT -> {
                    return frame.number(0);
                }
                default -> throw new IOException("the server sent an unexpected frame: " + frame);
            }
        }
    }

    /** The server itself ends a line after its deadline; if it does not, it hangs. */
    private void waitAsLongAs(int seconds) {
        if (deadline.limit().isPresent()) {
            patience.wait(
                    seconds == 0
                            ? Optional.empty()
                            : Optional.of(Duration.ofSeconds(seconds).plus(GRACE)));
        }
    }

    private static void write(OutputStream stream, byte[] bytes) throws OutputException {
        try {
            stream.write(bytes);
            stream.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    /** Reads standard input only as far as the server requests it: what a command leaves is for the next reader. */
    private void give(InputStream in, Semaphore wanted, int[] most) {
        byte[] chunk = new byte[CHUNK];
        try {
            while (true) {
                wanted.acquire();
                int count = in.read(chunk, 0, most[0]);
                link.send(new SocketFrame(FrameType.INPUT, Arrays.copyOf(chunk, Math.max(0, count))));
                Arrays.fill(chunk, (byte) 0);
                patience.goOn(deadline.limit().orElse(Deadline.USUAL));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The connection is gone, which the receiving thread notices; or there is no input, which counts as its
            // end.
            end();
        }
    }

    private void pump(InputStream in) {
        byte[] chunk = new byte[CHUNK];
        try {
            int count;
            do {
                count = in.read(chunk);
                link.send(new SocketFrame(FrameType.INPUT, Arrays.copyOf(chunk, Math.max(0, count))));
                Arrays.fill(chunk, (byte) 0);
            } while (count >= 0);
        } catch (IOException e) {
            end();
        }
    }

    private void end() {
        try {
            link.send(new SocketFrame(FrameType.INPUT, new byte[0]));
        } catch (IOException e) {
            // There is no server any more to notify.
            return;
        }
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        patience.close();
        link.close();
    }
}
