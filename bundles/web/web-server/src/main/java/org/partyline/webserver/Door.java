package org.partyline.webserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.json.Json;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.web.WebEvents;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the loopback address, and answers each request that the {@link Gate} admits. The limits for open
 * connections and for the time to send a request are in {@code etc/system.properties}, because they apply to every
 * server of the JDK in the process.
 */
final class Door implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    /** The maximum number of calls that are answered at once, without streams. */
    static final int CALLS = 32;

    private static final int BACKLOG = 64;
    private static final long IDLE_SECONDS = 30;
    /** The same time that a client may take to send a request. */
    private static final long LONGEST_WRITE_MILLIS = 10_000;
    /** A page may load only what this server sends. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types lit-html";

    private static final Map<String, String> HEADERS = Map.of(
            "Cache-Control", "no-store",
            "X-Content-Type-Options", "nosniff",
            "Content-Security-Policy", POLICY,
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Referrer-Policy", "no-referrer",
            // Otherwise nginx would hold events back, and write long answers for slow readers to its disk.
            "X-Accel-Buffering", "no",
            "X-Frame-Options", "DENY");

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Semaphore calls = new Semaphore(CALLS, true);
    private final Gate gate;
    private final SlowReaders slow;
    private final EventStreams streams;

    private Door(InetSocketAddress address, Gate gate, Clock clock, long longestWrite) throws IOException {
        this.gate = gate;
        this.slow = new SlowReaders(longestWrite);
        this.streams = new EventStreams(clock, slow);
        this.server = HttpServer.create(address, BACKLOG);
        // No more than connections: one who sends a part of a request must not take the thread of another one.
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "partyline-web");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * @throws IOException if the port cannot be opened
     * @throws IllegalArgumentException if other machines could reach the address
     */
    static Door open(InetSocketAddress address, Gate gate, Clock clock) throws IOException {
        return open(address, gate, clock, LONGEST_WRITE_MILLIS);
    }

    /** @param longestWrite milliseconds after which a client that does not read is disconnected */
    static Door open(InetSocketAddress address, Gate gate, Clock clock, long longestWrite) throws IOException {
        if (!address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("the web server listens on the loopback address only");
        }
        Door door = new Door(address, gate, clock, longestWrite);
        door.server.createContext("/", door::answer);
        door.server.setExecutor(door.threads);
        door.server.start();
        return door;
    }

    /** The address that it listens on. */
    URI address() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[::1]" : host) + ":" + address.getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean goesOn = false;
        try {
            try {
                Gate.Admitted admitted = gate.admit(exchange);
                calls.acquire();
                try {
                    goesOn = answer(exchange, admitted);
                } finally {
                    calls.release();
                }
            } catch (InterruptedException e) {
                // The web server stops.
                Thread.currentThread().interrupt();
            } catch (WebProblem e) {
                problem(exchange, e);
            } catch (StoreLockedException e) {
                problem(exchange, new WebProblem(503, "Store locked", e.getMessage()));
            } catch (StoreException e) {
                problem(exchange, new WebProblem(503, "Not available", e.getMessage()));
            } catch (PayloadTooLargeException e) {
                problem(exchange, new WebProblem(413, "Text too long", e.getMessage()));
            } catch (PartylineException e) {
                problem(exchange, new WebProblem(422, "Refused", e.getMessage()));
            } catch (UnavailableException e) {
                problem(exchange, new WebProblem(503, "Not available", e.getMessage()));
            } catch (RuntimeException | Error e) {
                LOG.error("a request could not be answered: {}", Faults.trace(e));
                problem(exchange, new WebProblem(500, "Internal error", "internal error: see the server's log"));
            }
        } finally {
            if (!goesOn) {
                exchange.close();
            }
        }
    }

    /** @return whether the response stays open */
    private boolean answer(HttpExchange exchange, Gate.Admitted admitted) throws IOException, PartylineException {
        WebResponse response = admitted.match().route().action().answer(admitted.request());
        if (response.events().isPresent()) {
            return stream(exchange, admitted.request(), response);
        }
        send(exchange, response);
        return false;
    }

    private boolean stream(HttpExchange exchange, WebRequest request, WebResponse response)
            throws IOException, WebProblem {
        WebEvents events = response.events().orElseThrow();
        if (exchange.getRequestMethod().equals("HEAD")) {
            events.close();
            send(exchange, response);
            return false;
        }
        streams.run(exchange, events, () -> gate.readmit(request), () -> {
            headers(exchange, response.with("Connection", "close"));
            exchange.sendResponseHeaders(response.status(), 0);
            exchange.getResponseBody().flush();
        });
        return true;
    }

    private void problem(HttpExchange exchange, WebProblem problem) throws IOException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "about:blank");
        document.put("title", problem.title());
        document.put("status", problem.status());
        document.put("detail", problem.getMessage());
        // The unread rest of a request must not be taken for the next one.
        exchange.getResponseHeaders().set("Connection", "close");
        send(
                exchange,
                new WebResponse(
                        problem.status(),
                        "application/problem+json",
                        Json.write(document).getBytes(StandardCharsets.UTF_8),
                        problem.headers()));
    }

    private static void headers(HttpExchange exchange, WebResponse response) {
        Headers headers = exchange.getResponseHeaders();
        HEADERS.forEach(headers::set);
        response.headers().forEach(headers::set);
        headers.set("Content-Type", response.type());
    }

    private void send(HttpExchange exchange, WebResponse response) throws IOException {
        headers(exchange, response);
        slow.limit(() -> write(exchange, response));
    }

    private static void write(HttpExchange exchange, WebResponse response) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        byte[] body = response.body();
        exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        streams.close();
        slow.close();
    }
}
