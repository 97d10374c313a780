package org.partyline.itests.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** A proxy that passes everything on to a node, or answers like a bad node. */
final class MoodyNode implements AutoCloseable {
    /** How it answers. */
    enum Mood {
        /** Like the node. */
        GOOD,
        /** Something other than JSON. */
        GARBAGE,
        /** JSON that does not answer the request. */
        OTHER_JSON,
        /** The first half of the node's answer. */
        HALF_AN_ANSWER,
        /** Nothing at all, with the connection open. */
        SILENT,
        /** An error to every request. */
        ERROR,
        /** Wrong credentials. */
        UNAUTHORIZED,
        /** Too many requests. */
        OVERLOADED,
        /** The node is on another network. */
        WRONG_NETWORK
    }

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicReference<Mood> mood = new AtomicReference<>(Mood.GOOD);
    private final URI node;
    private final HttpServer server;

    MoodyNode(URI node) throws IOException {
        this.node = node;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void set(Mood next) {
        mood.set(next);
        synchronized (mood) {
            mood.notifyAll();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] request = exchange.getRequestBody().readAllBytes();
        switch (mood.get()) {
            case GOOD -> send(exchange, pass(exchange, request));
            case GARBAGE -> send(exchange, 200, "<html><body>It works!</body></html>");
            case OTHER_JSON -> send(exchange, 200, "{\"result\":[1,2,3],\"id\":\"of somebody else\"}");
            case HALF_AN_ANSWER -> sendHalf(exchange, pass(exchange, request).body());
            case SILENT -> awaitOtherMood(exchange);
            case ERROR -> send(exchange, 500, errors(request));
            case UNAUTHORIZED -> send(exchange, 401, "");
            case OVERLOADED -> send(exchange, 503, "Work queue depth exceeded");
            case WRONG_NETWORK -> {
                HttpResponse<byte[]> real = pass(exchange, request);
                send(
                        exchange,
                        real.statusCode(),
                        new String(real.body(), UTF_8).replaceAll("\"chain\": *\"regtest\"", "\"chain\":\"main\""));
            }
        }
    }

    private HttpResponse<byte[]> pass(HttpExchange exchange, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        node.resolve(exchange.getRequestURI().toString()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        String user = exchange.getRequestHeaders().getFirst("Authorization");
        if (user != null) {
            request.header("Authorization", user);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void send(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
        send(exchange, answer.statusCode(), new String(answer.body(), UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", status == 503 ? "text/plain" : "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static void sendHalf(HttpExchange exchange, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body, 0, body.length / 2);
        // Closing it early would break the connection.
        exchange.close();
    }

    private void awaitOtherMood(HttpExchange exchange) {
        synchronized (mood) {
            while (mood.get() == Mood.SILENT) {
                try {
                    mood.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
        exchange.close();
    }

    /** Returns the error for one request, or for each of a batch. */
    private static String errors(byte[] request) {
        String text = new String(request, UTF_8).strip();
        String error =
                "{\"result\":null,\"error\":{\"code\":-1,\"message\":\"the disk of the node is on fire\"},\"id\":";
        java.util.List<String> all = new java.util.ArrayList<>();
        java.util.regex.Matcher ids = java.util.regex.Pattern.compile("\"id\"\\s*:\\s*(\"[^\"]*\"|[0-9]+)")
                .matcher(text);
        while (ids.find()) {
            all.add(error + ids.group(1) + "}");
        }
        return text.startsWith("[") ? "[" + String.join(",", all) + "]" : all.get(0);
    }

    @Override
    public void close() {
        set(Mood.GOOD);
        server.stop(0);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS)) {
                throw new UncheckedIOException(new IOException("a request does not end"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
