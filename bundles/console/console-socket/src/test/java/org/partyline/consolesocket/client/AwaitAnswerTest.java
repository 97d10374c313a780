package org.partyline.consolesocket.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.consolesocket.wire.Hello;
import org.partyline.consolesocket.wire.Link;
import org.partyline.consolesocket.wire.SocketPlace;

/** A start waits for its own server, and no other. */
class AwaitAnswerTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path home;

    private FutureTask<Void> waiting(long pid) {
        return new FutureTask<>(() -> {
            Main.awaitAnswer(home, pid, LONG);
            return null;
        });
    }

    private ServerSocketChannel open(SocketPlace place) throws IOException {
        return place.use(
                address -> ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address));
    }

    /** @param pid the process id reported to the client */
    private void answer(ServerSocketChannel listener, long pid) throws IOException {
        try (SocketChannel channel = listener.accept()) {
            new Link(channel).send(new Hello(pid, home.toRealPath().toString()).frame());
        }
    }

    @Test
    void aServerThatAnswersLaterIsWaitedFor() throws Exception {
        SocketPlace place = new SocketPlace(home);
        place.makeDirectory();
        // One that refuses connections, as its server has gone.
        open(place).close();
        FutureTask<Void> waiting = waiting(1);
        Thread thread = new Thread(waiting);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
        Files.delete(place.socket());
        try (ServerSocketChannel listener = open(place)) {
            assertTrue(thread.isAlive(), "it waits");
            answer(listener, 1);
            waiting.get();
        }
    }

    @Test
    void anotherServerIsNotWaitedFor() throws Exception {
        SocketPlace place = new SocketPlace(home);
        place.makeDirectory();
        try (ServerSocketChannel listener = open(place)) {
            FutureTask<Void> waiting = waiting(1);
            new Thread(waiting).start();
            answer(listener, 2);
            String said = assertThrows(ExecutionException.class, waiting::get)
                    .getCause()
                    .getMessage();
            assertTrue(said.endsWith("is process 2, but the expected server is process 1"), said);
        }
    }

    @Test
    void nobodyIsWaitedForWithoutEnd() throws Exception {
        SocketPlace place = new SocketPlace(home);
        place.makeDirectory();
        open(place).close();
        assertEquals(
                "no server answers in " + home + " (Connection refused)",
                assertThrows(ConnectException.class, () -> Main.awaitAnswer(home, 1, Duration.ZERO))
                        .getMessage());
    }
}
