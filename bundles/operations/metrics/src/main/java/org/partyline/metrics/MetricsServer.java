package org.partyline.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.partyline.api.web.LocalHost;

/**
 * Serves {@code GET /metrics} and {@code GET /health} on the loopback address with the latest published data, to
 * callers that know the token.
 */
final class MetricsServer implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int BACKLOG = 16;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads;
    private final Supplier<Published> published;
    private final Optional<Token> token;

    private MetricsServer(InetSocketAddress address, Supplier<Published> published, Optional<Token> token)
            throws IOException {
        this.published = published;
        this.token = token;
        this.server = HttpServer.create(address, BACKLOG);
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "partyline-metrics-door");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * @param token empty: everyone on this machine is answered
     * @throws IOException if the port cannot be opened
     * @throws IllegalArgumentException if other machines could reach the address
     */
    static MetricsServer open(InetSocketAddress address, Supplier<Published> published, Optional<Token> token)
            throws IOException {
        if (!address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("metrics are available on the loopback address only");
        }
        MetricsServer door = new MetricsServer(address, published, token);
        door.server.createContext("/", door::answer);
        door.server.setExecutor(door.threads);
        door.server.start();
        return door;
    }

    /** The port that it listens on. */
    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (!LocalHost.isIn(exchange.getRequestHeaders().getFirst("Host"))) {
                say(exchange, 421, "use the host 127.0.0.1 or localhost\n");
            } else if (token.isPresent()
                    && !token.get().isIn(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
                say(
                        exchange,
                        401,
                        "send Authorization: Bearer, and the content of " + Token.FILE + " in the server's home\n");
            } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                say(exchange, 405, "only GET and HEAD are allowed\n");
            } else {
                answer(exchange, path);
            }
        }
    }

    private void answer(HttpExchange exchange, String path) throws IOException {
        Published now = published.get();
        if (!path.equals("/metrics") && !path.equals("/health")) {
            say(exchange, 404, "the paths are /metrics and /health\n");
        } else if (now == null) {
            say(exchange, 503, "the server has not been checked yet\n");
        } else if (path.equals("/metrics")) {
            send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", now.metrics());
        } else {
            send(
                    exchange,
                    now.health().status(),
                    "application/json",
                    now.health().json());
        }
    }

    private static void say(HttpExchange exchange, int status, String line) throws IOException {
        send(exchange, status, TEXT, line.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        // A response fits into the connection's buffers, so a client that does not read blocks no thread.
        exchange.getResponseHeaders().set("Connection", "close");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
