package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Ports;
import org.partyline.itests.harness.Programs;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.Schemas;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * The API of the packed distribution under load: 10,000 messages and three consumers of their events, while the server
 * and its clients are killed; 10,000 connections; and requests that are generated from its own description.
 */
@ExtendWith(ShowLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WebLoadIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String CHANNEL = "lobby";
    private static final int PORT = Ports.free();
    private static final URI ADDRESS = URI.create("http://127.0.0.1:" + PORT);
    private static final long SEED = Long.getLong("web.seed", 30);
    private static final int MESSAGES = Integer.getInteger("web.messages", 10_000);
    private static final int CONNECTIONS = Integer.getInteger("web.connections", 10_000);
    private static final int REQUESTS = Integer.getInteger("web.requests", 60);
    private static final int SENDERS = 8;
    private static final int KILLS = 5;
    private static final int SENDS = 11;

    private static Operator alice;
    private static String reader;

    @BeforeAll
    static void startAServerWithoutANode() {
        alice = new Operator(PartylineServer.create("web-load").start());
        alice.setUp("Alice");
        alice.createChannel(CHANNEL, Stage.PASSPHRASE, "--network", "regtest");
        for (int i = 0; i < SENDERS; i++) {
            alice.createChannel(CHANNEL + i, Stage.PASSPHRASE, "--network", "regtest");
        }
        Reply reply = alice.server().run("config", "web.port", "" + PORT);
        assertEquals(0, reply.status(), reply::text);
        alice.server().json("web-start");
        reader = token("reader", "read");
    }

    @AfterAll
    static void endIt() {
        alice.server().close();
    }

    private static String token(String name, String scopes) {
        return alice.server()
                .json("token-create", name, "--scope", scopes)
                .get("token")
                .asText();
    }

    private static HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(ADDRESS.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private static boolean isUp() {
        try {
            return CLIENT.send(request("/livez", reader).build(), BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Repeats a call until the server answers it: it may be down, locked or busy. @return the answer, below 500 and not
     * 429
     *
     * @return the answer, below 500 and not 429
     */
    private static HttpResponse<String> insist(HttpRequest request) {
        return Wait.forAnswer("an answer to " + request.uri().getPath(), () -> {
            try {
                HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
                return Optional.of(answer).filter(one -> one.statusCode() < 500 && one.statusCode() != 429);
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * A program that handles each event and acknowledges some at once; it is killed now and then, and remembers only
     * the events it handled.
     */
    private static final class Consumer {
        private final String name;
        private final Random random;
        private final List<JsonNode> acknowledged = new ArrayList<>();

        Consumer(String name, long seed) {
            this.name = name;
            this.random = new Random(seed);
        }

        /**
         * Runs until it has acknowledged an event of each of this many messages, and is killed at random on the way.
         */
        Consumer run(int messages) throws IOException, InterruptedException {
            Set<Long> seen = new HashSet<>();
            List<JsonNode> handled = new ArrayList<>();
            while (seen.size() < messages) {
                long done = position();
                // The events handled before it was killed, which the server knows; the others are repeated.
                for (JsonNode event : handled) {
                    if (event.get("cursor").asLong() <= done) {
                        count(event, seen);
                    }
                }
                handled.clear();
                run(done, handled, seen, messages);
            }
            return this;
        }

        private void count(JsonNode event, Set<Long> seen) {
            acknowledged.add(event);
            if (event.get("type").asText().equals("state")) {
                seen.add(event.get("message_id").asLong());
            }
        }

        private long position() throws IOException {
            return JSON.readTree(insist(request("/v1/consumers/" + name, reader).build())
                            .body())
                    .get("acknowledged")
                    .asLong();
        }

        /** One run of the program. */
        private void run(long from, List<JsonNode> handled, Set<Long> seen, int messages)
                throws IOException, InterruptedException {
            long after = from;
            while (seen.size() < messages) {
                JsonNode page = JSON.readTree(insist(request("/v1/events?limit=500&after=" + after, reader)
                                .build())
                        .body());
                for (JsonNode event : page.get("events")) {
                    if (!event.get("type").asText().equals("caught-up")) {
                        handled.add(event);
                        after = event.get("cursor").asLong();
                    }
                }
                if (random.nextInt(20) == 0) {
                    return;
                }
                try {
                    HttpResponse<String> answer = CLIENT.send(
                            request("/v1/consumers/" + name + "/ack", reader)
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString("{\"cursor\":" + after + "}"))
                                    .build(),
                            BodyHandlers.ofString());
                    if (answer.statusCode() != 200 || random.nextInt(20) == 0) {
                        // Killed before it received the answer.
                        return;
                    }
                } catch (IOException e) {
                    return;
                }
                handled.forEach(event -> count(event, seen));
                handled.clear();
            }
        }
    }

    @Test
    @Order(1)
    void eachConsumerAcknowledgesEachEventOnceWhateverIsKilled() throws Exception {
        Map<String, Long> sent = new ConcurrentHashMap<>();
        AtomicInteger next = new AtomicInteger();
        List<String> tokens = IntStream.range(0, SENDERS)
                .mapToObj(i -> token("sender-" + i, "send"))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(SENDERS + 3);
        try {
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                String channel = CHANNEL + i;
                String token = tokens.get(i);
                senders.add(threads.submit(() -> send(channel, token, next, sent)));
            }
            List<Future<Consumer>> consumers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Consumer consumer = new Consumer("consumer-" + i, SEED + i);
                consumers.add(threads.submit(() -> consumer.run(MESSAGES)));
            }
            Random random = new Random(SEED);
            for (int kill = 1; kill <= KILLS; kill++) {
                int at = MESSAGES / (KILLS + 1) * kill + random.nextInt(MESSAGES / (KILLS + 1) / 2);
                Wait.until("message " + at, Wait.LIMIT.multipliedBy(3), () -> sent.size() >= at);
                alice.server().kill();
                alice.server().start();
                alice.unlock();
            }
            for (Future<?> sender : senders) {
                sender.get();
            }
            List<Consumer> done = new ArrayList<>();
            for (Future<Consumer> consumer : consumers) {
                done.add(consumer.get());
            }
            check(sent, done);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void send(String channel, String token, AtomicInteger next, Map<String, Long> sent) {
        for (int i = next.getAndIncrement(); i < MESSAGES; i = next.getAndIncrement()) {
            String text = "message " + i;
            ObjectNode body = JSON.createObjectNode().put("text", text);
            HttpResponse<String> answer = insist(request("/v1/conversations/" + channel + "/messages", token)
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", "key-" + i)
                    .POST(BodyPublishers.ofString(body.toString()))
                    .build());
            assertEquals(202, answer.statusCode(), answer::body);
            try {
                sent.put(text, JSON.readTree(answer.body()).get("id").asLong());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void check(Map<String, Long> sent, List<Consumer> consumers) {
        assertEquals(MESSAGES, sent.size());
        assertEquals(MESSAGES, new HashSet<>(sent.values()).size());
        for (Consumer consumer : consumers) {
            Map<Long, Integer> queued = new HashMap<>();
            long last = 0;
            for (JsonNode event : consumer.acknowledged) {
                long cursor = event.get("cursor").asLong();
                assertTrue(cursor > last, consumer.name + ": event " + cursor + " after " + last);
                last = cursor;
                if (event.get("type").asText().equals("state")) {
                    queued.merge(event.get("message_id").asLong(), 1, Integer::sum);
                }
            }
            assertEquals(new HashSet<>(sent.values()), queued.keySet(), consumer.name);
        }
        // Every message is stored once: a call that was repeated after a kill sent nothing again.
        List<Long> stored = Operator.elements(
                        alice.server().json("outbox", "--all").get("outbox"))
                .map(message -> message.get("id").asLong())
                .sorted()
                .toList();
        assertEquals(sent.values().stream().sorted().toList(), stored);
    }

    /** Returns the time in which the console sends a message, the median of several. */
    private static long millisToSend(String when) {
        return IntStream.range(0, SENDS)
                .mapToLong(i -> {
                    long begin = System.nanoTime();
                    alice.send(CHANNEL, "sent from the console " + when + ", " + i);
                    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                })
                .sorted()
                .toArray()[SENDS / 2];
    }

    /** The figures are in docs/api.md; this machine's speed does not affect the test. */
    @Test
    @Order(2)
    void connectionsBeyondTheLimitDoNotStopTheServer() throws Exception {
        long before = millisToSend("before");
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = new Socket();
                try {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 5_000);
                    if (i % 2 == 0) {
                        socket.getOutputStream()
                                .write("GET /livez HTTP/1.1\r\nHost: 127".getBytes(StandardCharsets.US_ASCII));
                    }
                    open.add(socket);
                } catch (IOException e) {
                    socket.close();
                }
                if (i % 1000 == 999) {
                    // The console responds meanwhile.
                    alice.server().json("status");
                }
            }
            System.out.printf(
                    "A message is sent from the console in %d ms, with %d connections open in %d ms.%n",
                    before, open.size(), millisToSend("meanwhile"));
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Wait.until("the server answers again", WebLoadIT::isUp);
    }

    @Test
    @Order(3)
    void hugeDeepAndSmuggledRequestsAreRefused() throws Exception {
        String sender = token("nasty", "send");
        String path = "/v1/conversations/" + CHANNEL + "/messages";
        assertEquals(413, post(path, sender, "{\"text\":\"" + "a".repeat(1 << 20) + "\"}"));
        assertEquals(400, post(path, sender, "{\"text\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}"));
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + PORT + "\r\nAuthorization: Bearer " + sender
                + "\r\nContent-Type: application/json\r\n";
        String body = "{\"text\":\"smuggled\"}";
        for (String lengths : List.of(
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: +19\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding : chunked\r\n")) {
            String answer = raw(head + lengths + "\r\n" + body);
            assertTrue(!answer.startsWith("HTTP/1.1 2"), lengths + answer);
        }
        assertTrue(raw(head.replace("127.0.0.1:" + PORT, "example.org") + "Content-Length: 19\r\n\r\n" + body)
                .startsWith("HTTP/1.1 421"));
        assertTrue(isUp());
        assertEquals(
                0,
                alice.messages(CHANNEL).stream()
                        .filter(message -> message.get("text").asText().contains("smuggled"))
                        .count());
    }

    private static int post(String path, String token, String body) throws InterruptedException {
        try {
            return CLIENT.send(
                            request(path, token)
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            // The connection was closed before the whole body was written: it was too long.
            return 413;
        }
    }

    /**
     * Sends bytes unchanged. @return the response until the server closed the connection, or was silent for two seconds
     *
     * @return what came back until the server closed the connection, or said nothing for two seconds
     */
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), PORT)) {
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            InputStream in = socket.getInputStream();
            byte[] some = new byte[4096];
            try {
                for (int n = in.read(some); n > 0; n = in.read(some)) {
                    answer.append(new String(some, 0, n, StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                // It waits for more, or rejects by closing.
            }
            return answer.toString();
        }
    }

    /** Generates values that match a schema, nearly match it, or do not. */
    private static final class Values {
        private static final List<String> NASTY = List.of(
                "",
                " ",
                "0",
                "-1",
                "1e3",
                "9223372036854775808",
                "../../etc/passwd",
                "%00",
                "null",
                "{}",
                "\u202etxt",
                "\ud83d\ude00",
                "a".repeat(5000),
                "' OR 1=1",
                "<script>",
                "lobby\u0000",
                "\r\nX: y");
        private final JsonNode document;
        private final Random random;

        Values(JsonNode document, Random random) {
            this.document = document;
            this.random = random;
        }

        private JsonNode resolved(JsonNode schema) {
            return schema.has("$ref")
                    ? resolved(document.at(schema.get("$ref").asText().substring(1)))
                    : schema;
        }

        JsonNode of(JsonNode given) {
            JsonNode schema = resolved(given);
            if (random.nextInt(6) == 0) {
                return nasty();
            }
            if (schema.has("enum")) {
                return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
            }
            JsonNodeFactory make = JsonNodeFactory.instance;
            if (schema.path("contentEncoding").asText().equals("base64")) {
                byte[] bytes = new byte[1 + random.nextInt(4000)];
                random.nextBytes(bytes);
                return make.binaryNode(bytes);
            }
            return switch (schema.path("type").asText()) {
                case "object" -> object(schema);
                case "integer" ->
                    make.numberNode(
                            schema.path("minimum").asLong(0) + random.nextInt(4) - (random.nextInt(4) == 0 ? 2 : 0));
                case "boolean" -> make.booleanNode(random.nextBoolean());
                default -> make.textNode(random.nextBoolean() ? CHANNEL : "word " + random.nextInt(10));
            };
        }

        private JsonNode nasty() {
            JsonNodeFactory make = JsonNodeFactory.instance;
            return switch (random.nextInt(5)) {
                case 0 -> make.nullNode();
                case 1 -> make.arrayNode().add(1);
                case 2 -> make.numberNode(random.nextLong());
                default -> make.textNode(NASTY.get(random.nextInt(NASTY.size())));
            };
        }

        private JsonNode object(JsonNode schema) {
            ObjectNode made = JsonNodeFactory.instance.objectNode();
            Set<String> required = new HashSet<>();
            schema.path("required").forEach(name -> required.add(name.asText()));
            schema.path("properties").properties().forEach(each -> {
                if (random.nextInt(10) < (required.contains(each.getKey()) ? 9 : 3)) {
                    made.set(each.getKey(), of(each.getValue()));
                }
            });
            if (random.nextInt(15) == 0) {
                made.put("colour", "blue");
            }
            return made;
        }
    }

    private record Operation(String method, String path, JsonNode described, List<JsonNode> parameters) {}

    private static List<Operation> operations(JsonNode document) {
        List<Operation> all = new ArrayList<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(part -> Set.of("get", "post", "put", "delete").contains(part.getKey()))
                        .forEach(part -> {
                            List<JsonNode> parameters = new ArrayList<>();
                            path.getValue().path("parameters").forEach(parameters::add);
                            part.getValue().path("parameters").forEach(parameters::add);
                            all.add(new Operation(
                                    part.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    part.getValue(),
                                    parameters));
                        }));
        return all;
    }

    private static String encoded(JsonNode value) {
        return URLEncoder.encode(value.isTextual() ? value.asText() : value.toString(), StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    @Test
    @Order(4)
    void requestsMadeFromItsDescriptionAreAnsweredAsDescribed() throws Exception {
        JsonNode document =
                JSON.readTree(CLIENT.send(request("/v1/openapi.json", reader).build(), BodyHandlers.ofString())
                        .body());
        Random random = new Random(SEED);
        Values values = new Values(document, random);
        List<String> tokens = IntStream.range(0, SENDERS)
                .mapToObj(i -> token("fuzz-" + i, "read,send"))
                .toList();
        Map<String, Map<Integer, Integer>> counts = new TreeMap<>();
        int call = 0;
        for (Operation operation : operations(document)) {
            for (int i = 0; i < REQUESTS; i++) {
                HttpResponse<String> answer =
                        insistUnlessDescribed(made(operation, values, random, tokens.get(call++ % SENDERS)));
                counts.computeIfAbsent(operation.method() + " " + operation.path(), path -> new TreeMap<>())
                        .merge(answer.statusCode(), 1, Integer::sum);
                check(document, operation, answer);
            }
        }
        System.out.println("Answers by status: " + counts);
        assertTrue(isUp());
    }

    /** Repeats a call that exceeded the rate limit. */
    private static HttpResponse<String> insistUnlessDescribed(HttpRequest request) {
        return Wait.forAnswer(
                "an answer to " + request.uri(),
                () -> Optional.of(CLIENT.send(request, BodyHandlers.ofString()))
                        .filter(answer -> answer.statusCode() != 429));
    }

    private static HttpRequest made(Operation operation, Values values, Random random, String token) {
        String path = operation.path();
        Map<String, String> query = new LinkedHashMap<>();
        Map<String, String> headers = new HashMap<>();
        for (JsonNode parameter : operation.parameters()) {
            String name = parameter.get("name").asText();
            JsonNode value = values.of(parameter.get("schema"));
            switch (parameter.get("in").asText()) {
                case "path" -> {
                    String filled = encoded(value);
                    path = path.replace("{" + name + "}", filled.isEmpty() ? "x" : filled);
                }
                case "query" -> {
                    if (random.nextBoolean()) {
                        query.put(name, encoded(value));
                    }
                }
                default -> {
                    if (random.nextBoolean()) {
                        headers.put(name, encoded(value));
                    }
                }
            }
        }
        StringBuilder target = new StringBuilder(path);
        query.forEach((name, value) -> target.append(target.indexOf("?") < 0 ? '?' : '&')
                .append(name)
                .append('=')
                .append(value));
        HttpRequest.Builder request = request(target.toString(), token).timeout(Wait.LIMIT);
        headers.forEach(request::setHeader);
        JsonNode body = operation.described().at("/requestBody/content/application~1json/schema");
        String text = body.isMissingNode() ? "" : values.of(body).toString();
        if (!text.isEmpty()) {
            request.setHeader("Content-Type", "application/json");
        }
        return request.method(
                        operation.method(),
                        operation.method().equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(text))
                .build();
    }

    private static void check(JsonNode document, Operation operation, HttpResponse<String> answer) {
        String where = operation.method() + " " + answer.uri() + ": " + answer.statusCode() + " " + answer.body();
        JsonNode responses = operation.described().get("responses");
        JsonNode response = responses.path(Integer.toString(answer.statusCode()));
        assertTrue(!response.isMissingNode(), where);
        while (response.has("$ref")) {
            response = document.at(response.get("$ref").asText().substring(1));
        }
        String type = answer.headers().firstValue("content-type").orElse("").replaceAll(";.*", "");
        JsonNode content = response.path("content").path(type);
        assertTrue(!content.isMissingNode() || answer.body().isEmpty(), where);
        if (content.path("schema").has("$ref")) {
            assertEquals(
                    List.of(),
                    Schemas.faults(document, content.get("schema").get("$ref").asText(), answer.body()),
                    where);
        }
        assertTrue(answer.statusCode() != 500 && !answer.body().contains("Exception"), where);
    }

    /** Returns the memory in use on the heap after a collection, and for classes, in KiB. */
    private static long used(PartylineServer server) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Long.toString(server.process().pid());
        for (int i = 0; i < 3; i++) {
            Programs.run(new ProcessBuilder(jcmd, pid, "GC.run"), Wait.LIMIT);
        }
        Matcher used = Pattern.compile("(?:generation|Metaspace).* used ([0-9]+)K")
                .matcher(Programs.run(new ProcessBuilder(jcmd, pid, "GC.heap_info"), Wait.LIMIT));
        List<Long> parts = new ArrayList<>();
        while (used.find()) {
            parts.add(Long.parseLong(used.group(1)));
        }
        assertEquals(3, parts.size(), "young and old generation, and classes");
        return parts.stream().mapToLong(Long::longValue).sum();
    }

    @Test
    @Order(5)
    void theWebServerTakesAtMost15MiB() throws Exception {
        try (PartylineServer server = PartylineServer.create("web-memory")) {
            Operator operator = new Operator(
                    server.javaOptions("-XX:-DisableAttachMechanism").start());
            operator.setUp("Memory");
            int port = Ports.free();
            assertEquals(0, server.run("config", "web.port", "" + port).status());
            server.json("status");
            long before = used(server);
            server.json("web-start");
            for (String path : List.of("/", "/livez", "/v1/openapi.json")) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build();
                assertEquals(200, CLIENT.send(request, BodyHandlers.ofString()).statusCode(), path);
            }
            long more = used(server) - before;
            System.out.println("The web server takes " + more + " KiB, of " + before + " before");
            assertTrue(more <= 15 * 1024, () -> more + " KiB more");
        }
    }
}
