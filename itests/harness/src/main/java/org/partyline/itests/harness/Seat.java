package org.partyline.itests.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.partyline.consolesocket.client.CommandStreams;
import org.partyline.consolesocket.client.ConsoleClient;
import org.partyline.consolesocket.client.TerminalSize;
import org.partyline.testkit.ScreenEmulator;

/** A user at a terminal of a running server, on this machine or over SSH, with an emulated xterm screen. */
public final class Seat implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String USER = "partyline";

    private final ScreenEmulator screen;
    private final PipedOutputStream keys = new PipedOutputStream();
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer begun = ByteBuffer.allocate(1 << 16);
    private AutoCloseable connection = () -> {};
    private Resizing resizing = (columns, rows) -> {};

    private interface Resizing {
        void to(int columns, int rows) throws IOException;
    }

    private Seat(int columns, int rows) {
        screen = new ScreenEmulator(columns, rows, Seat::width);
    }

    /** This test has no wide characters; enclosing characters have no width. */
    private static int width(int c) {
        return c == 0x202A || c == 0x202C ? 0 : 1;
    }

    /** Opens a terminal on this machine. */
    public static Seat local(Path home, String type, int columns, int rows) throws IOException {
        Seat seat = new Seat(columns, rows);
        ConsoleClient client = ConsoleClient.connect(home);
        PipedInputStream typed = new PipedInputStream(seat.keys, 1 << 16);
        Thread console = new Thread(
                () -> {
                    try {
                        OutputStream out = seat.output();
                        client.console(new TerminalSize(columns, rows), type, new CommandStreams(typed, out, out));
                    } catch (IOException e) {
                        // It was closed; the test reports what is missing on the screen.
                    }
                },
                "seat");
        console.setDaemon(true);
        console.start();
        seat.connection = client;
        seat.resizing = (toColumns, toRows) -> client.resize(new TerminalSize(toColumns, toRows));
        return seat.sees("partyline>");
    }

    /** Connects over SSH. @param key that the server knows */
    public static Seat remote(Path home, SshKey key, int columns, int rows) throws IOException {
        Seat seat = new Seat(columns, rows);
        SshClient client = newClient();
        seat.connection = client::stop;
        ChannelShell channel = session(client, home, key).createShellChannel();
        channel.setPtyType("xterm-256color");
        channel.setPtyColumns(columns);
        channel.setPtyLines(rows);
        channel.setEnv("LANG", "C.UTF-8");
        channel.setIn(new PipedInputStream(seat.keys, 1 << 16));
        channel.setOut(seat.output());
        channel.open().verify(LIMIT);
        seat.resizing = (toColumns, toRows) -> channel.sendWindowChange(toColumns, toRows, 0, 0);
        return seat.sees("partyline>");
    }

    private static SshClient newClient() {
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((session, address, presented) -> true);
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.start();
        return client;
    }

    private static ClientSession session(SshClient client, Path home, SshKey key) throws IOException {
        int port =
                Integer.parseInt(Files.readString(home.resolve("console.port")).strip());
        // It opens a moment after the console of this machine.
        ClientSession session = Wait.forAnswer("the SSH console", () -> connected(client, port));
        session.addPublicKeyIdentity(key.pair());
        session.auth().verify(LIMIT);
        return session;
    }

    /** Starts a command over SSH, without a terminal; closing it ends it. @param out receives its output */
    public static AutoCloseable begin(Path home, SshKey key, String line, OutputStream out) throws IOException {
        SshClient client = newClient();
        ChannelExec channel = session(client, home, key).createExecChannel(line);
        channel.setOut(out);
        channel.setErr(out);
        channel.open().verify(LIMIT);
        return client::stop;
    }

    private static Optional<ClientSession> connected(SshClient client, int port) {
        try {
            return Optional.of(
                    client.connect(USER, "127.0.0.1", port).verify(LIMIT).getSession());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int octet) {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int from, int length) {
                take(octets, from, length);
            }
        };
    }

    /** A character may arrive in two parts. */
    private synchronized void take(byte[] octets, int from, int length) {
        int done = from;
        while (done < from + length) {
            int part = Math.min(begun.remaining(), from + length - done);
            begun.put(octets, done, part);
            done += part;
            begun.flip();
            CharBuffer text = CharBuffer.allocate(begun.remaining() + 1);
            decoder.decode(begun, text, false);
            begun.compact();
            screen.write(text.flip().toString());
        }
    }

    /** Types keys; "\r" is Enter. */
    public Seat type(String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
        return this;
    }

    /** Changes the size of the terminal's window. */
    public Seat resize(int columns, int rows) throws IOException {
        screen.resize(columns, rows);
        resizing.to(columns, rows);
        return this;
    }

    /** Waits until a text is on the screen. */
    public Seat sees(String text) {
        await("'" + text + "'", true, text);
        return this;
    }

    /** Waits until a text is not on the screen. */
    public Seat lacks(String text) {
        await("no '" + text + "'", false, text);
        return this;
    }

    private void await(String what, boolean wanted, String text) {
        try {
            Wait.until(what + " on the screen", LIMIT, () -> screen.text().contains(text) == wanted);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(e.getMessage() + ":\n" + screen.text() + "\n" + screen.strange(), e);
        }
    }

    /** Returns the terminal's screen. */
    public ScreenEmulator screen() {
        return screen;
    }

    @Override
    public void close() throws Exception {
        connection.close();
    }
}
