package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess.Wanted;
import org.partyline.api.web.WebEvents;
import org.partyline.api.web.WebHandler.Route;
import org.partyline.api.web.WebResponse;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

/** Streams of events over real connections. */
class EventStreamsTest {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int LARGE = 32 << 20;
    /** The time for a client to read: more than a write takes on a busy machine, and no test measures it. */
    private static final long LONGEST_WRITE_MILLIS = 2_000;

    private final HandSetClock clock = new HandSetClock();
    private final MemoryStore store = MemoryStore.open();
    private final Names names = new Names();
    private final Tokens tokens = new Tokens(() -> store, names::service, clock, new SecureRandom());
    private final BrowserSessions sessions = new BrowserSessions(() -> store, clock, new SecureRandom());
    private final BlockingQueue<WebEvents.Event> queue = new LinkedBlockingQueue<>();
    /** If not empty, the events that come at once. */
    private volatile List<WebEvents.Event> together = List.of();

    private final AtomicInteger open = new AtomicInteger();
    /** The number of large responses that were requested and begun. */
    private final AtomicInteger begun = new AtomicInteger();

    private final List<Socket> sockets = new ArrayList<>();
    private String reader;
    private Door door;

    /** Returns the events in the queue. */
    private final class Queued implements WebEvents {
        Queued() {
            open.incrementAndGet();
        }

        @Override
        public List<Event> next(Duration most) throws InterruptedException {
            if (!together.isEmpty()) {
                return together;
            }
            Event event = queue.poll(Math.min(most.toMillis(), 20), TimeUnit.MILLISECONDS);
            return event == null ? List.of() : List.of(event);
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }

    @BeforeAll
    static void limits() {
        assertNull(ShippedLimits.get("sun.net.httpserver.maxRspTime"), "it would cut streams");
    }

    @BeforeEach
    void open() throws Exception {
        Routes routes = new Routes();
        routes.add(() -> List.of(
                new Route("GET", "/stream", Set.of(Scope.READ), request -> WebResponse.stream(new Queued())),
                new Route("GET", "/short", Set.of(), request -> WebResponse.json(200, "{}")),
                new Route("GET", "/large", Set.of(), request -> {
                    begun.incrementAndGet();
                    return new WebResponse(200, "text/plain", new byte[LARGE]);
                })));
        RateLimit unlimited = new RateLimit(HandSetClock.stepping(clock.instant(), Duration.ofSeconds(1)));
        door = Door.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new Gate(routes, tokens, sessions, unlimited, Set.of()),
                clock,
                LONGEST_WRITE_MILLIS);
        reader = tokens.create(new Wanted(
                        "reader",
                        EnumSet.of(Scope.READ),
                        Selection.EVERYTHING,
                        OptionalLong.empty(),
                        Optional.of(clock.instant().plus(Duration.ofDays(1)))))
                .secret();
    }

    @AfterEach
    void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private BufferedReader ask(String line) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), door.address().getPort());
        sockets.add(socket);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream()
                .write((line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + reader + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The next line of a stream, without chunk lengths and empty lines; null at its end. */
    private static String line(BufferedReader from) throws IOException {
        String line;
        do {
            line = from.readLine();
        } while (line != null && line.matches("[0-9a-f]*"));
        return line;
    }

    private BufferedReader stream() throws IOException {
        BufferedReader answer = ask("GET /stream");
        assertEquals("HTTP/1.1 200 OK", answer.readLine());
        List<String> headers = new ArrayList<>();
        for (String header = answer.readLine(); !header.isEmpty(); header = answer.readLine()) {
            headers.add(header);
        }
        assertTrue(headers.contains("Content-type: text/event-stream"), headers::toString);
        // Otherwise nginx would hold the events back.
        assertTrue(headers.contains("X-accel-buffering: no"), headers::toString);
        // The headers are sent at once, and so is this.
        assertEquals(":", line(answer));
        return answer;
    }

    @Test
    void eventsComeAsTheyHappen() throws Exception {
        BufferedReader stream = stream();
        queue.add(new WebEvents.Event("7", "{\"a\":1}"));
        assertEquals("id: 7", line(stream));
        assertEquals("data: {\"a\":1}", line(stream));
        queue.add(new WebEvents.Event("8", "{}"));
        assertEquals("id: 8", line(stream));
        assertEquals("data: {}", line(stream));
    }

    @Test
    void aCommentComesWhenThereIsNothingElse() throws Exception {
        BufferedReader stream = stream();
        clock.pass(EventStreams.QUIET);
        assertEquals(":", line(stream));
        queue.add(new WebEvents.Event("1", "{}"));
        assertEquals("id: 1", line(stream));
    }

    @Test
    void aCommentComesAlsoAfterTheClockWasSetBack() throws Exception {
        BufferedReader stream = stream();
        clock.set(clock.instant().minus(Duration.ofHours(1)));
        assertEquals(":", line(stream));
    }

    @Test
    void aStreamEndsWhenTheStoreIsLocked() throws Exception {
        BufferedReader stream = stream();
        store.lock();
        queue.add(new WebEvents.Event("1", "{}"));
        assertNull(line(stream));
        Eventually.that("its events are closed", () -> open.get() == 0);
    }

    /** A reader that accepts them slowly would otherwise get all texts that were read before the lock. */
    @Test
    void aStreamEndsWithALockAlsoAmongEventsThatComeTogether() throws Exception {
        WebEvents.Event first = new WebEvents.Event("1", "{}");
        BufferedReader stream = stream();
        together = new AbstractList<>() {
            @Override
            public WebEvents.Event get(int index) {
                if (index > 0) {
                    store.lock();
                }
                return first;
            }

            @Override
            public int size() {
                return 2;
            }
        };
        assertEquals("id: 1", line(stream));
        assertEquals("data: {}", line(stream));
        assertNull(line(stream));
    }

    @Test
    void aStreamEndsWhenItsTokenIsRevoked() throws Exception {
        BufferedReader stream = stream();
        tokens.revoke("reader");
        assertNull(line(stream));
    }

    /** It began with the previous names. */
    @Test
    void aStreamEndsWhenWhatItsTokenIsLimitedToIsRenamed() throws Exception {
        Selection ofLobby = new Selection(Optional.empty(), Set.of("me/channel:lobby"));
        reader = tokens.create(
                        new Wanted("limited", EnumSet.of(Scope.READ), ofLobby, OptionalLong.empty(), Optional.empty()))
                .secret();
        BufferedReader stream = stream();
        names.rename("me/channel:lobby", "me/channel:attic");
        assertNull(line(stream));
    }

    @Test
    void aStreamEndsWhenItsTokenExpires() throws Exception {
        BufferedReader stream = stream();
        clock.pass(Duration.ofDays(1));
        assertNull(line(stream));
    }

    @Test
    void aStreamEndsWithTheWebServer() throws Exception {
        BufferedReader stream = stream();
        door.close();
        assertNull(line(stream));
        Eventually.that("its events are closed", () -> open.get() == 0);
    }

    @Test
    void streamsAreLimitedAndHoldUpNoOtherCall() throws Exception {
        for (int i = 0; i < EventStreams.MOST; i++) {
            stream();
        }
        assertEquals("HTTP/1.1 503 Service Unavailable", ask("GET /stream").readLine());
        assertEquals("HTTP/1.1 200 OK", ask("GET /short").readLine());
        assertEquals(EventStreams.MOST, open.get());
        sockets.get(0).close();
        Eventually.that("a stream whose reader has gone makes room", () -> {
            clock.pass(EventStreams.QUIET);
            return ask("GET /stream").readLine().contains("200");
        });
    }

    @Test
    void aReaderThatDoesNotReadIsDisconnected() throws Exception {
        stream();
        String data = "x".repeat(1 << 20);
        Eventually.that("its stream is closed", () -> {
            queue.clear();
            queue.add(new WebEvents.Event("1", data));
            return open.get() == 0;
        });
        // At least as many as are answered at once: another call is answered only once one of them was disconnected.
        List<BufferedReader> large = new ArrayList<>();
        Eventually.that("as many calls as possible are answered", () -> {
            // On a busy machine a request may take too long, and is disconnected before it begins.
            large.add(ask("GET /large"));
            return begun.get() >= Door.CALLS;
        });
        Eventually.that("other calls are answered again", this::isAnswered);
        int disconnected = 0;
        for (BufferedReader each : large) {
            disconnected += length(each) < LARGE ? 1 : 0;
        }
        assertTrue(disconnected > 0, "each was sent whole");
    }

    /** Reads a large response to its end, after which its connection stays open, or until it was disconnected. */
    private static long length(BufferedReader answer) {
        long read = 0;
        char[] some = new char[1 << 16];
        try {
            int now = answer.read(some);
            while (now >= 0) {
                read += now;
                now = read < LARGE ? answer.read(some) : -1;
            }
        } catch (IOException e) {
            assertFalse(e.getMessage().contains("timed out"), e.getMessage());
        }
        return read;
    }

    /** On a busy machine a request may take too long, and is disconnected. */
    private boolean isAnswered() {
        try {
            return "HTTP/1.1 200 OK".equals(ask("GET /short").readLine());
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aHeadRequestOfAStreamEnds() throws Exception {
        assertEquals("HTTP/1.1 200 OK", ask("HEAD /stream").readLine());
        Eventually.that("its events are closed", () -> open.get() == 0);
    }
}
