package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/** An HTTP server that acts as a node: answers by method, or misbehaves on request. */
final class FakeNode implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    static final String PASSWORD = "correct-horse-battery";

    /** Answers one HTTP request by itself. */
    interface Behaviour {
        void answer(HttpExchange exchange, byte[] body) throws IOException;
    }

    /** Answers one call. */
    interface Method {
        Object call(JsonNode params, String path) throws RpcException;
    }

    static {
        // Otherwise the JDK's server waits 40 ms before each small answer.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Method> methods = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<Behaviour> behaviours = new ConcurrentLinkedDeque<>();
    private volatile BiFunction<String, String, Boolean> credentials = (user, password) -> true;
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<JsonNode> requests = new CopyOnWriteArrayList<>();

    FakeNode() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    void on(String method, Method answer) {
        methods.put(method, answer);
    }

    /** Always answers the same. */
    void on(String method, Object answer) {
        on(method, (params, path) -> answer);
    }

    /** Sets the answer to the next request, which has priority. */
    void next(Behaviour behaviour) {
        behaviours.add(behaviour);
    }

    /** From now on only these credentials are valid. */
    void credentials(String user, String password) {
        credentials = (u, p) -> u.equals(user) && p.equals(password);
    }

    static Behaviour status(int status, String body) {
        return (exchange, request) -> send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Announces more than it sends. */
    static Behaviour half(String start) {
        return (exchange, request) -> {
            exchange.sendResponseHeaders(200, start.length() + 1000);
            exchange.getResponseBody().write(start.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("gone");
        };
    }

    /** The answer of the recorded exchange with this name. */
    static JsonNode recorded(String name) {
        try (var in = FakeNode.class.getResourceAsStream("/core-rpc/" + name + ".json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a method answer as recorded. */
    void replay(String method, String name) {
        JsonNode response = recorded(name).get("response");
        on(method, (params, path) -> {
            if (response.hasNonNull("error")) {
                throw new RpcException(
                        response.get("error").get("code").intValue(),
                        response.get("error").get("message").textValue());
            }
            return response.get("result");
        });
    }

    /** Answers everything that a check queries, like Bitcoin Core 31 on regtest. */
    FakeNode healthy() {
        replay("getnetworkinfo", "getnetworkinfo");
        replay("getblockchaininfo", "getblockchaininfo");
        replay("getblockhash", "getblockhash_genesis");
        replay("getmempoolinfo", "getmempoolinfo");
        on("getzmqnotifications", List.of());
        return this;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Behaviour behaviour = behaviours.poll();
        if (behaviour != null) {
            behaviour.answer(exchange, body);
            return;
        }
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        String pair = new String(
                java.util.Base64.getDecoder().decode(header.substring("Basic ".length())), StandardCharsets.UTF_8);
        if (!credentials.apply(pair.substring(0, pair.indexOf(':')), pair.substring(pair.indexOf(':') + 1))) {
            send(exchange, 401, new byte[0]);
            return;
        }
        JsonNode request = JSON.readTree(body);
        requests.add(request);
        String path = exchange.getRequestURI().getRawPath();
        JsonNode answer;
        if (request.isArray()) {
            ArrayNode all = JSON.createArrayNode();
            request.forEach(one -> all.add(one(one, path)));
            answer = all;
        } else {
            answer = one(request, path);
        }
        send(exchange, 200, JSON.writeValueAsBytes(answer));
    }

    private ObjectNode one(JsonNode request, String path) {
        String method = request.get("method").textValue();
        calls.add(method);
        ObjectNode answer = JSON.createObjectNode();
        answer.put("jsonrpc", "2.0");
        try {
            Method known = methods.get(method);
            if (known == null) {
                throw new RpcException(RpcException.METHOD_NOT_FOUND, "Method not found");
            }
            answer.set("result", JSON.valueToTree(known.call(request.get("params"), path)));
        } catch (RpcException e) {
            answer.putObject("error").put("code", e.code()).put("message", e.getMessage());
        }
        answer.set("id", request.get("id"));
        return answer;
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /** Settings for this node. */
    RpcSettings settings(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(Map.of(
                "name",
                "home",
                "network",
                "regtest",
                "url",
                url().toString(),
                "user",
                "rpc",
                "password",
                PASSWORD,
                "poll-interval",
                "100ms",
                "timeout",
                "10s"));
        values.putAll(more);
        return RpcSettings.of(values, Path.of("/nowhere"));
    }

    RpcClient client() {
        return client(Credentials.of("rpc", PASSWORD.toCharArray()), Duration.ofSeconds(20), 64L << 20, time -> {});
    }

    RpcClient client(Credentials with, Duration timeout, long limit, RpcClient.Pause pause) {
        return client(with, timeout, AnswerLimits.of(limit, Long.MAX_VALUE), pause);
    }

    RpcClient client(Credentials with, Duration timeout, AnswerLimits limit, RpcClient.Pause pause) {
        return new RpcClient(
                "home",
                url(),
                with,
                FakeNetwork.to(url()),
                () -> Duration.ofSeconds(5),
                timeout,
                limit,
                pause,
                Clock.systemUTC());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
