package org.partyline.consolesocket.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.consolesocket.wire.Deadline;
import org.partyline.consolesocket.wire.FrameType;
import org.partyline.consolesocket.wire.Hello;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.Mode;
import org.partyline.consolesocket.wire.SocketFrame;
import org.partyline.consolesocket.wire.SocketPlace;

/** Tests the client with servers that violate the protocol. */
class ConsoleClientTest {
    @TempDir
    Path home;

    private ServerSocketChannel listener;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final CommandStreams streams =
            new CommandStreams(InputStream.nullInputStream(), out, OutputStreamOfNobody.INSTANCE);

    @BeforeEach
    void listen() throws IOException {
        SocketPlace place = new SocketPlace(home);
        place.makeDirectory();
        listener = place.use(
                address -> ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address));
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    @FunctionalInterface
    private interface Behaviour {
        void of(SocketChannel channel, Link link) throws IOException;
    }

    private Thread answer(Behaviour behaviour) {
        Thread thread = new Thread(() -> {
            try (SocketChannel channel = listener.accept()) {
                Link link = new Link(channel);
                link.send(new Hello(1, home.toRealPath().toString()).frame());
                behaviour.of(channel, link);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void outputWithoutAnEndIsAFailure() throws Exception {
        Thread server = answer((channel, link) -> {
            // The client's directory, and its request.
            link.receive();
            link.receive();
            link.send(SocketFrame.of(FrameType.OUT, "half of"));
        });
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            EOFException cut = assertThrows(EOFException.class, () -> client.run("x", streams));
            assertEquals(
                    "the server closed the connection before the command finished: its output is incomplete",
                    cut.getMessage());
        }
        assertEquals("half of", out.toString(StandardCharsets.UTF_8));
        server.join();
    }

    @Test
    void aFrameThatAServerDoesNotSendIsAFailure() throws Exception {
        Thread server = answer((channel, link) -> {
            link.receive();
            link.receive();
            link.send(SocketFrame.of(FrameType.HERE, "somewhere"));
            link.send(SocketFrame.of(FrameType.EXIT, 0));
        });
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            IOException refused = assertThrows(IOException.class, () -> client.run("x", streams));
            assertTrue(refused.getMessage().startsWith("the server sent an unexpected frame: "), refused.getMessage());
        }
        server.join();
    }

    @Test
    void aFrameThatIsCutIsAFailure() throws Exception {
        Thread server = answer((channel, link) -> {
            // The client's directory, and its request.
            link.receive();
            link.receive();
            channel.write(ByteBuffer.wrap(new byte[] {'o', 0, 0, 0, 9, 'h', 'a', 'l', 'f'}));
        });
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            assertThrows(EOFException.class, () -> client.run("x", streams));
        }
        server.join();
    }

    @Test
    void aFrameLongerThanAllowedIsRefusedUnread() throws Exception {
        Thread server = answer((channel, link) -> {
            // The client's directory, and its request.
            link.receive();
            link.receive();
            channel.write(ByteBuffer.wrap(new byte[] {'o', 0, 0x10, 0, 1}));
        });
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            IOException refused = assertThrows(IOException.class, () -> client.run("x", streams));
            assertEquals(
                    "a frame of 1048577 bytes arrived on the console's socket: the maximum is 1048576",
                    refused.getMessage());
        }
        server.join();
    }

    @Test
    void aServerThatRunsAsAnotherUserIsRefused() throws Exception {
        Thread server = answer((channel, link) -> {});
        UserPrincipal other = () -> "mallory";

        IOException refused = assertThrows(
                IOException.class, () -> ConsoleClient.connect(home, deadline(), (channel, otherwise) -> other));

        assertEquals(
                "the server in " + home + " runs as mallory, but the directory belongs to "
                        + Files.getOwner(home).getName(),
                refused.getMessage());
        server.join();
    }

    /** It may be a passphrase on a script's standard input. */
    @Test
    void whatWasReadFromStandardInputIsNotKeptOnceItIsSent() throws Exception {
        List<byte[]> arrays = new CopyOnWriteArrayList<>();
        InputStream typed = new ByteArrayInputStream("correct horse".getBytes(StandardCharsets.UTF_8)) {
            @Override
            public int read(byte[] into, int from, int most) {
                arrays.add(into);
                return super.read(into, from, most);
            }
        };
        CompletableFuture<String> received = new CompletableFuture<>();
        Thread server = answer((channel, link) -> {
            link.receive();
            link.receive();
            link.send(SocketFrame.of(FrameType.WANT, 100));
            received.complete(link.receive().orElseThrow().text());
            // When asked for more, it has finished with the bytes read before.
            link.send(SocketFrame.of(FrameType.WANT, 100));
            link.receive();
            link.send(SocketFrame.of(FrameType.EXIT, 0));
        });
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            assertEquals(0, client.run("x", new CommandStreams(typed, out, OutputStreamOfNobody.INSTANCE)));
        }
        assertEquals("correct horse", received.get());
        assertEquals(2, arrays.size());
        assertArrayEquals(new byte[arrays.get(0).length], arrays.get(0));
        server.join();
    }

    private static Deadline deadline() {
        return new Deadline("persona-create", Optional.of(Duration.ofMillis(200)));
    }

    @Test
    @Timeout(60)
    void aServerThatTakesTheConnectionAndSaysNothingIsNotWaitedForForEver() {
        // Like a paused server: the operating system accepts connections for it.
        NoAnswerException late =
                assertThrows(NoAnswerException.class, () -> ConsoleClient.connect(home, 1, deadline()));
        assertTrue(late.getMessage().contains("persona-create may or may not have been done"), late.getMessage());
    }

    @Test
    @Timeout(60)
    void aCommandThatIsNotAnsweredIsNotWaitedForForEver() throws Exception {
        Thread server = answer((channel, link) -> {
            while (link.receive().isPresent()) {
                Thread.onSpinWait();
            }
        });
        try (ConsoleClient client = ConsoleClient.connect(home, 1, deadline())) {
            NoAnswerException late = assertThrows(NoAnswerException.class, () -> client.run("x", streams));
            assertTrue(late.getMessage().startsWith("no answer within "), late.getMessage());
        }
        server.join();
    }

    @Test
    @Timeout(60)
    void theTimeOfALineBeginsWhenTheServerSaysSo() throws Exception {
        Thread server = answer((channel, link) -> {
            link.receive();
            link.receive();
            link.send(SocketFrame.of(FrameType.LIMIT, 0));
            link.send(SocketFrame.of(FrameType.OUT, "it follows"));
            LockSupport.parkNanos(Duration.ofMillis(600).toNanos());
            link.send(SocketFrame.of(FrameType.EXIT, 0));
        });
        try (ConsoleClient client = ConsoleClient.connect(home, 1, deadline())) {
            assertEquals(0, client.runLines(Mode.GO_ON, streams));
        }
        server.join();
    }

    @Test
    void anotherVersionIsRefused() throws Exception {
        Thread server = new Thread(() -> {
            try (SocketChannel channel = listener.accept()) {
                channel.write(ByteBuffer.wrap(new byte[] {'h', 0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 1}));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        server.start();

        IOException refused = assertThrows(IOException.class, () -> ConsoleClient.connect(home));

        assertEquals(
                "the server and this script have different versions: stop the server and start it again",
                refused.getMessage());
        server.join();
    }

    @Test
    void aTerminalWhoseSizeNobodyKnowsIsOfTheUsualSize() {
        assertEquals(new TerminalSize(100, 30), TerminalSize.of("30 100\n"));
        assertEquals(new TerminalSize(80, 24), TerminalSize.of("0 0\n"));
        assertEquals(new TerminalSize(80, 24), TerminalSize.of(""));
    }

    private static final class OutputStreamOfNobody extends java.io.OutputStream {
        static final OutputStreamOfNobody INSTANCE = new OutputStreamOfNobody();

        @Override
        public void write(int b) {
            throw new AssertionError("nothing was wrong");
        }
    }
}
