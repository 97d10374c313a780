package org.partyline.benchmarks;

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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;

/**
 * A node with any number of strangers' waiting transactions: a proxy in front of a real one, which knows nothing of
 * them.
 */
final class MempoolNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI real;
    /** The number of each transaction, by its id. */
    private final Map<String, Integer> numbers = new HashMap<>();

    MempoolNode(URI real, int waiting) {
        this.real = real;
        for (int i = 0; i < waiting; i++) {
            numbers.put(id(transaction(i)), i);
        }
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "mempool-node");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** One input, two outputs to P2WPKH; in a third of them one of the two is an OP_RETURN of 80 bytes. */
    private static byte[] transaction(int number) {
        Random random = new Random(number);
        ByteBuffer raw = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
        raw.putInt(2).put((byte) 1).put(bytes(random, 36));
        raw.put((byte) 107).put(bytes(random, 107)).putInt(-1).put((byte) 2);
        raw.putLong(random.nextInt(1_000_000))
                .put((byte) 22)
                .putShort((short) 0x1400)
                .put(bytes(random, 20));
        if (number % 3 == 0) {
            raw.putLong(0).put((byte) 83).put(HEX.parseHex("6a4c50")).put(bytes(random, 80));
        } else {
            raw.putLong(random.nextInt(1_000_000))
                    .put((byte) 22)
                    .putShort((short) 0x1400)
                    .put(bytes(random, 20));
        }
        raw.putInt(0);
        byte[] all = new byte[raw.position()];
        raw.flip().get(all);
        return all;
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String id(byte[] raw) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            byte[] id = hash.digest(hash.digest(raw));
            for (int i = 0; i < id.length / 2; i++) {
                byte swapped = id[i];
                id[i] = id[id.length - 1 - i];
                id[id.length - 1 - i] = swapped;
            }
            return HEX.formatHex(id);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            JsonNode request = JSON.readTree(exchange.getRequestBody());
            JsonNode answer;
            int status = 200;
            if (request.isArray()) {
                ArrayNode all = JSON.createArrayNode();
                for (JsonNode call : request) {
                    JsonNode ours = ours(call);
                    all.add(
                            ours != null
                                    ? ours
                                    : JSON.readTree(forward(exchange, authorization, call)
                                            .body()));
                }
                answer = all;
            } else if (request.get("method").asText().equals("getrawmempool")) {
                ObjectNode real = (ObjectNode)
                        JSON.readTree(forward(exchange, authorization, request).body());
                if (real.get("result") instanceof ArrayNode ids) {
                    numbers.keySet().forEach(ids::add);
                } else if (real.get("result").get("txids") instanceof ArrayNode ids) {
                    numbers.keySet().forEach(ids::add);
                }
                answer = real;
            } else {
                answer = ours(request);
                if (answer == null) {
                    HttpResponse<byte[]> response = forward(exchange, authorization, request);
                    status = response.statusCode();
                    answer = JSON.readTree(response.body());
                }
            }
            byte[] body = JSON.writeValueAsBytes(answer);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private JsonNode ours(JsonNode call) {
        if (!call.get("method").asText().equals("getrawtransaction")) {
            return null;
        }
        Integer number = numbers.get(call.get("params").get(0).asText());
        if (number == null) {
            return null;
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.put("result", HEX.formatHex(transaction(number)));
        answer.putNull("error");
        answer.set("id", call.get("id"));
        return answer;
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, String authorization, JsonNode call)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(real.resolve(exchange.getRequestURI()))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(call)));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
