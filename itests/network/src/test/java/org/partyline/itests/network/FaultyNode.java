package org.partyline.itests.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.partyline.itests.harness.RegtestNode;

/** A proxy in front of a real node that changes its calls and answers as a test wants. */
final class FaultyNode implements AutoCloseable {
    /** The node's fault. */
    enum Fault {
        /** None. */
        NONE,
        /** It accepts connections and requests, and answers none. */
        SILENT,
        /** Each answer is late, but in time. */
        SLOW,
        /** It reports a hundred blocks more. */
        TOO_HIGH,
        /** It is another node, with different blocks from the first one on. */
        OTHER_CHAIN,
        /** It claims to accept a transaction, and does nothing with it. */
        KEEPS_OURS,
        /** It ends when it is handed a transaction, before it examines it. */
        DIES_BEFORE_IT_TAKES_OURS,
        /** It ends after it has accepted a transaction, before it confirms that. */
        DIES_AFTER_IT_TOOK_OURS,
        /** It has just been started, and still reads its blocks. */
        WARMING_UP,
        /** It has ended: connections are cut off. */
        DEAD
    }

    /** The delay of a slow node. */
    static final long LATE_MILLIS = 300;

    private static final int TOO_MANY_BLOCKS = 100;
    private static final String SEND = "sendrawtransaction";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Object change = new Object();
    private final RegtestNode node;
    private final RegtestNode stranger;
    private final HttpServer server;
    private Fault fault = Fault.NONE;
    /** Bitcoin Core's version number; 0 for the node's own. */
    private volatile int version;

    /**
     * @param node the real node
     * @param stranger the node on another chain that replaces it at {@link Fault#OTHER_CHAIN}
     */
    FaultyNode(RegtestNode node, RegtestNode stranger) {
        this.node = node;
        this.stranger = stranger;
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    RegtestNode node() {
        return node;
    }

    void set(Fault next) {
        synchronized (change) {
            fault = next;
            change.notifyAll();
        }
    }

    /** Simulates that another version of Bitcoin Core is started instead. @param next in Core's form: 310000 is 31.0 */
    void version(int next) {
        version = next;
    }

    Fault fault() {
        synchronized (change) {
            return fault;
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
        boolean sends = calls(request).stream().anyMatch(call -> isSend(call));
        switch (fault()) {
            case NONE -> send(exchange, versioned(request, pass(exchange, node, request)));
            case SILENT -> awaitOtherFault(exchange);
            case SLOW -> {
                Answer late = pass(exchange, node, request);
                timer.schedule(
                        () -> threads.execute(() -> sendOrCut(exchange, late)), LATE_MILLIS, TimeUnit.MILLISECONDS);
            }
            case TOO_HIGH -> send(exchange, raised(request, pass(exchange, node, request)));
            case OTHER_CHAIN -> send(exchange, pass(exchange, stranger, request));
            case KEEPS_OURS -> send(exchange, kept(exchange, request));
            case DIES_BEFORE_IT_TAKES_OURS -> {
                if (sends) {
                    set(Fault.DEAD);
                    exchange.close();
                } else {
                    send(exchange, pass(exchange, node, request));
                }
            }
            case DIES_AFTER_IT_TOOK_OURS -> {
                Answer answer = pass(exchange, node, request);
                if (sends) {
                    set(Fault.DEAD);
                    exchange.close();
                } else {
                    send(exchange, answer);
                }
            }
            case WARMING_UP -> send(exchange, warmingUp(request));
            case DEAD -> exchange.close();
        }
    }

    private static List<JsonNode> calls(JsonNode request) {
        List<JsonNode> calls = new ArrayList<>();
        if (request.isArray()) {
            request.forEach(calls::add);
        } else {
            calls.add(request);
        }
        return calls;
    }

    private static boolean isSend(JsonNode call) {
        return call.path("method").asText().equals(SEND);
    }

    private record Answer(int status, JsonNode body) {}

    private Answer pass(HttpExchange exchange, RegtestNode to, JsonNode body) throws IOException {
        String path = exchange.getRequestURI().toString();
        String user = Base64.getEncoder()
                .encodeToString(Files.readString(to.cookieFile()).strip().getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(to.url().resolve(path))
                .header("Authorization", "Basic " + user)
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        try {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Core answers like this to each call until it has read its blocks. */
    private static Answer warmingUp(JsonNode request) {
        ArrayNode answers = JSON.createArrayNode();
        for (JsonNode call : calls(request)) {
            ObjectNode answer = answers.addObject().put("jsonrpc", "2.0");
            answer.set("id", call.get("id"));
            answer.putObject("error").put("code", -28).put("message", "Loading block index…");
        }
        return request.isArray() ? new Answer(200, answers) : new Answer(500, answers.get(0));
    }

    /** Changes the version in the answer to the test's. */
    private Answer versioned(JsonNode request, Answer answer) {
        int now = version;
        Set<String> asked = idsOf(request, "getnetworkinfo");
        for (JsonNode each : calls(answer.body())) {
            if (now != 0
                    && asked.contains(each.path("id").asText())
                    && each.path("result") instanceof ObjectNode info) {
                info.put("version", now).put("subversion", "/Satoshi:" + now / 10_000 + ".0.0/");
            }
        }
        return answer;
    }

    private static Set<String> idsOf(JsonNode request, String method) {
        Set<String> asked = new HashSet<>();
        for (JsonNode call : calls(request)) {
            if (call.path("method").asText().equals(method)) {
                asked.add(call.path("id").asText());
            }
        }
        return asked;
    }

    /** Adds blocks to the answer. */
    private static Answer raised(JsonNode request, Answer answer) {
        Set<String> asked = idsOf(request, "getblockchaininfo");
        for (JsonNode each : calls(answer.body())) {
            if (asked.contains(each.path("id").asText()) && each.path("result") instanceof ObjectNode chain) {
                int height = chain.path("blocks").asInt() + TOO_MANY_BLOCKS;
                chain.put("blocks", height).put("headers", height).put("bestblockhash", "77".repeat(32));
            }
        }
        return answer;
    }

    /** Confirms a transaction without passing it on. */
    private Answer kept(HttpExchange exchange, JsonNode request) throws IOException {
        Set<String> sent = new HashSet<>();
        for (JsonNode call : calls(request)) {
            if (isSend(call)) {
                sent.add(call.path("id").asText());
                ((ObjectNode) call).put("method", "decoderawtransaction");
            }
        }
        Answer answer = pass(exchange, node, request);
        for (JsonNode each : calls(answer.body())) {
            if (sent.contains(each.path("id").asText())) {
                ((ObjectNode) each)
                        .put("result", each.path("result").path("txid").asText());
            }
        }
        return answer;
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(answer.body());
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static void sendOrCut(HttpExchange exchange, Answer answer) {
        try {
            send(exchange, answer);
        } catch (IOException e) {
            // The caller has gone; the test sees the effect.
            exchange.close();
        }
    }

    private void awaitOtherFault(HttpExchange exchange) {
        synchronized (change) {
            while (fault == Fault.SILENT) {
                try {
                    change.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
        exchange.close();
    }

    @Override
    public void close() {
        set(Fault.DEAD);
        server.stop(0);
        timer.shutdownNow();
        threads.shutdownNow();
    }
}
