package org.partyline.consolesocket.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.consolesocket.wire.FrameType;
import org.partyline.consolesocket.wire.Hello;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.SocketFrame;
import org.partyline.consolesocket.wire.SocketPlace;
import org.partyline.testkit.Eventually;

/**
 * A console whose server goes away during a full-screen command waits for the next server and runs that command there.
 */
class LastingConsoleTest {
    private static final int SECONDS = 60;

    @TempDir
    Path home;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    /** Not the common pool, which may have only one thread. */
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private PipedOutputStream keys;
    private Typing typing;

    @BeforeEach
    void aTerminal() throws IOException {
        new SocketPlace(home).makeDirectory();
        keys = new PipedOutputStream();
        typing = new Typing(new PipedInputStream(keys));
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @FunctionalInterface
    private interface Behaviour {
        void of(Link link) throws IOException;
    }

    /** Runs a server until its behaviour ends. */
    private CompletableFuture<Void> server(long pid, Behaviour behaviour) throws IOException {
        return server(pid, new ArrayList<>(), behaviour);
    }

    /** @param resumed receives the command to run again */
    private CompletableFuture<Void> server(long pid, List<String> resumed, Behaviour behaviour) throws IOException {
        SocketPlace place = new SocketPlace(home);
        Files.deleteIfExists(place.socket());
        ServerSocketChannel listener = place.use(
                address -> ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address));
        return CompletableFuture.runAsync(
                () -> {
                    try (listener;
                            SocketChannel channel = listener.accept()) {
                        Link link = new Link(channel);
                        link.send(new Hello(pid, home.toRealPath().toString()).frame());
                        // A terminal is requested before anything is shown.
                        SocketFrame frame = link.receive().orElseThrow();
                        while (frame.type() != FrameType.CONSOLE) {
                            if (frame.type() == FrameType.RESUME) {
                                resumed.add(frame.text());
                            }
                            frame = link.receive().orElseThrow();
                        }
                        behaviour.of(link);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                threads);
    }

    /** Returns the client's input up to this text. */
    private static String typedUntil(Link link, String end) throws IOException {
        StringBuilder typed = new StringBuilder();
        while (!typed.toString().endsWith(end)) {
            SocketFrame frame = link.receive().orElseThrow();
            if (frame.type() == FrameType.INPUT) {
                typed.append(frame.text());
            }
        }
        return typed.toString();
    }

    private LastingConsole console() throws IOException {
        return new LastingConsole(
                ConsoleClient.connect(home), () -> ConsoleClient.connect(home), typing, out, Duration.ofMillis(5));
    }

    private CompletableFuture<Integer> run(LastingConsole console) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return console.run();
                    } catch (IOException e) {
                        throw new IllegalStateException(e.getMessage(), e);
                    }
                },
                threads);
    }

    private void type(String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    @Test
    void theCommandIsRunAgainOnTheNextServerAndWhatIsTypedGoesThere() throws Exception {
        CompletableFuture<Void> first = server(1, link -> {
            link.send(SocketFrame.of(FrameType.RESUME, "partyline:chat\nalice\nlobby"));
            link.send(SocketFrame.of(FrameType.OUT, "a screen"));
            typedUntil(link, "before");
        });
        CompletableFuture<Integer> ended = run(console());
        Eventually.that(
                "it is shown", () -> out.toString(StandardCharsets.UTF_8).contains("a screen"));
        type("before");
        first.get(SECONDS, TimeUnit.SECONDS);
        List<String> before = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> second = server(2, before, link -> {
            assertEquals("partyline:chat\r", typedUntil(link, "\r"));
            link.send(SocketFrame.of(FrameType.OUT, "the screen again"));
            assertEquals("after", typedUntil(link, "after"));
            link.send(SocketFrame.of(FrameType.RESUME, ""));
            link.send(SocketFrame.of(FrameType.EXIT, 0));
        });
        Eventually.that(
                "it is on the next server",
                () -> out.toString(StandardCharsets.UTF_8).contains("the screen again"));
        type("after");
        second.get(SECONDS, TimeUnit.SECONDS);
        assertEquals(0, ended.get(SECONDS, TimeUnit.SECONDS));
        assertEquals(List.of("partyline:chat\nalice\nlobby"), before);
        String shown = out.toString(StandardCharsets.UTF_8);
        assertTrue(shown.contains(LastingConsole.SAID), shown);
        assertTrue(shown.indexOf("\u001B[?1049l") < shown.indexOf(LastingConsole.SAID), "the second screen is left");
    }

    @Test
    void whereNothingFillsTheScreenItEndsWithItsServer() throws Exception {
        server(1, link -> {
            link.send(SocketFrame.of(FrameType.RESUME, "partyline:chat"));
            link.send(SocketFrame.of(FrameType.RESUME, ""));
        });
        LastingConsole console = console();
        assertThrows(IOException.class, console::run);
        assertFalse(out.toString(StandardCharsets.UTF_8).contains(LastingConsole.SAID));
    }

    @Test
    void aServerThatEndedTheConsoleAndGoesOnIsNotComeBackTo() throws Exception {
        server(1, link -> link.send(SocketFrame.of(FrameType.RESUME, "partyline:chat")));
        LastingConsole console = new LastingConsole(
                ConsoleClient.connect(home),
                () -> {
                    server(1, link -> {});
                    return ConsoleClient.connect(home);
                },
                typing,
                out,
                Duration.ofMillis(1));
        CompletableFuture<Integer> ended = run(console);
        assertThrows(ExecutionException.class, () -> ended.get(SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void ctrlCEndsTheWaiting() throws Exception {
        server(1, link -> link.send(SocketFrame.of(FrameType.RESUME, "partyline:chat")));
        CompletableFuture<Integer> ended = run(console());
        Eventually.that("it waits", () -> out.toString(StandardCharsets.UTF_8).contains(LastingConsole.SAID));
        type("\u0003");
        assertThrows(ExecutionException.class, () -> ended.get(SECONDS, TimeUnit.SECONDS));
    }
}
