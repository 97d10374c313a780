package org.partyline.transportrpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.transport.NodeStatus;

/**
 * Calls Bitcoin Core's JSON-RPC over HTTP POST: version 2.0 requests, single or in batches.
 *
 * <p>Thread-safe. A connection that was closed while idle is replaced, and a call repeated if that does no harm; a 503
 * is repeated after a pause; a 401 once, since the cookie file may have changed. Every other failure is a {@link
 * NodeProblem} with one line without credentials.
 */
final class RpcClient implements AutoCloseable {
    /** The path of calls that need no wallet. */
    static final String NODE = "/";

    /** Waits between two attempts. */
    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    /** Receives the answers of many calls, in batches. */
    interface Reader {
        /**
         * @param first the index of the first of them among the calls
         * @return whether to continue
         */
        boolean read(int first, List<RpcAnswer> answers) throws NodeProblem;
    }

    /** The number of concurrent requests if there are many: the node works while the last answer is read. */
    private static final int UNDER_WAY = 3;

    /** No answer of a node is nested half as deep. */
    private static final int MOST_NESTING = 64;

    /** More satoshi than can exist. */
    static final long ALL_SATOSHI = 2_100_000_000_000_000L;

    private static final long LAST_TIME = 0xffffffffL;
    private static final BigDecimal ALL_COINS = BigDecimal.valueOf(ALL_SATOSHI, 8);
    private static final int MOST_DIGITS = 30;

    private static final int MAX_BROKEN = 3;
    private static final int MAX_BUSY = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    /** Calls that must not be repeated, since each execution has an effect. */
    private static final Set<String> ONCE =
            Set.of("fundrawtransaction", "createwallet", "getnewaddress", "getrawchangeaddress");

    private final String node;
    private final URI url;
    private final Credentials credentials;
    private final Duration timeout;
    private final AnswerLimits limits;
    private final Supplier<Duration> connectTimeout;
    private final HttpPool http;
    private final Pause pause;
    private final Clock clock;
    private final ObjectMapper mapper;
    /** For answers that are parsed while they arrive. */
    private final JsonFactory streams;

    private volatile @Nullable Duration latency;

    /**
     * @param url scheme, host and port; without user
     * @param opener opens connections to it
     * @param connectTimeout the present time limit for opening one
     */
    RpcClient(
            String node,
            URI url,
            Credentials credentials,
            HttpPool.Opener opener,
            Supplier<Duration> connectTimeout,
            Duration timeout,
            AnswerLimits limits,
            Pause pause,
            Clock clock) {
        this.node = node;
        this.url = url;
        this.credentials = credentials;
        this.timeout = timeout;
        this.limits = limits;
        this.pause = pause;
        this.clock = clock;
        this.connectTimeout = connectTimeout;
        this.http = new HttpPool(node, url, opener, Math.toIntExact(timeout.toMillis()));
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxStringLength((int) Math.min(Integer.MAX_VALUE, limits.held()))
                .maxNestingDepth(MOST_NESTING)
                .build();
        this.streams = JsonFactory.builder().streamReadConstraints(constraints).build();
        JsonFactory whole = JsonFactory.builder()
                .streamReadConstraints(
                        constraints.rebuild().maxTokenCount(limits.values()).build())
                .build();
        this.mapper = new ObjectMapper(whole)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** The path of calls of a wallet. */
    static String wallet(String name) {
        return "/wallet/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The node's name in the configuration. */
    String node() {
        return node;
    }

    /** The latency of the last answer. */
    Optional<Duration> latency() {
        return Optional.ofNullable(latency);
    }

    AnswerLimits limits() {
        return limits;
    }

    /** A call that needs no wallet. */
    JsonNode call(String method, Object... parameters) throws NodeProblem, RpcException {
        return callAt(NODE, method, parameters);
    }

    /** @param path {@link #NODE} or {@link #wallet} */
    JsonNode callAt(String path, String method, Object... parameters) throws NodeProblem, RpcException {
        Request<JsonNode> request = whole(method, write(request(RpcCall.of(method, parameters), 1)));
        return answer(method, post(path, request, !ONCE.contains(method), null), 1)
                .get();
    }

    /** Processes an answer while it arrives, on another thread. */
    interface StreamReader<T> {
        T read(JsonParser parser) throws IOException, NodeProblem;
    }

    /** A call with a long answer, which is never held as a whole. */
    <T> T stream(String method, StreamReader<T> reader, Object... parameters) throws NodeProblem {
        byte[] request = write(request(RpcCall.of(method, parameters), 1));
        return post(
                NODE,
                new Request<>(method, request, limits.read(), (status, body) -> {
                    if (!isRead(status)) {
                        return null;
                    }
                    try (JsonParser parser = streams.createParser(body)) {
                        T read = reader.read(parser);
                        if (parser.nextToken() != null) {
                            throw garbage(method, null);
                        }
                        return read;
                    } catch (JsonProcessingException | IllegalArgumentException e) {
                        throw garbage(method, null);
                    }
                }),
                !ONCE.contains(method),
                null);
    }

    /** Several calls in one request; the answers are in the order of the calls. */
    List<RpcAnswer> batch(String path, List<RpcCall> calls) throws NodeProblem {
        return calls.isEmpty() ? List.of() : answers(path, Batch.of(this, calls), null);
    }

    /** @param begun the first attempt, if it is in progress already; otherwise null */
    private List<RpcAnswer> answers(String path, Batch batch, @Nullable CompletableFuture<HttpAnswer<JsonNode>> begun)
            throws NodeProblem {
        List<RpcCall> calls = batch.calls;
        String methods = batch.methods();
        JsonNode answers = post(path, whole(methods, batch.request), batch.repeatable(), begun);
        if (answers.isObject() && answers.hasNonNull("error")) {
            RpcException error = error(methods, answers.get("error"));
            throw warmingUp(error).orElseGet(() -> garbage(methods, null));
        }
        if (!answers.isArray() || answers.size() != calls.size()) {
            throw garbage(methods, null);
        }
        RpcAnswer[] ordered = new RpcAnswer[calls.size()];
        for (JsonNode one : answers) {
            JsonNode id = one.path("id");
            int index = id.isInt() ? id.intValue() : -1;
            if (index < 0 || index >= ordered.length || ordered[index] != null) {
                throw garbage(methods, null);
            }
            ordered[index] = answer(methods, one, index);
        }
        return List.of(ordered);
    }

    /** Calls, and their request. */
    private record Batch(List<RpcCall> calls, byte[] request) {
        static Batch of(RpcClient client, List<RpcCall> calls) {
            ArrayNode requests = client.mapper.createArrayNode();
            for (int i = 0; i < calls.size(); i++) {
                requests.add(client.request(calls.get(i), i));
            }
            return new Batch(calls, client.write(requests));
        }

        String methods() {
            return calls.stream().map(RpcCall::method).distinct().collect(Collectors.joining(", "));
        }

        boolean repeatable() {
            return calls.stream().noneMatch(call -> ONCE.contains(call.method()));
        }
    }

    private ObjectNode request(RpcCall call, int id) {
        ObjectNode request = mapper.createObjectNode();
        request.put("jsonrpc", "2.0");
        request.put("id", id);
        request.put("method", call.method());
        request.set("params", mapper.valueToTree(call.parameters()));
        return request;
    }

    private byte[] write(JsonNode request) {
        try {
            return mapper.writeValueAsBytes(request);
        } catch (IOException e) {
            throw new IllegalStateException("a request must be plain JSON", e);
        }
    }

    /**
     * A request, and how its answer is processed.
     *
     * @param method for messages
     * @param limit the maximum size of the answer in bytes
     */
    private record Request<T>(String method, byte[] body, long limit, HttpConnection.Reader<T> reader) {}

    /** A request whose answer is held as a whole. */
    private Request<JsonNode> whole(String method, byte[] body) {
        return new Request<>(
                method, body, limits.held(), (status, answer) -> isRead(status) ? parse(method, answer) : null);
    }

    /** Whether an answer with this status is from the RPC server itself. */
    private static boolean isRead(int status) {
        return status == 200 || status == 400 || status == 404 || status == 500;
    }

    private JsonNode parse(String method, InputStream body) throws IOException, NodeProblem {
        try {
            JsonNode tree = mapper.readTree(body);
            if (tree == null || !tree.isContainerNode()) {
                throw garbage(method, null);
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw garbage(method, null);
        }
    }

    private RpcAnswer answer(String method, JsonNode answer, int id) throws NodeProblem {
        if (!answer.isObject() || answer.path("id").asInt(-1) != id) {
            throw garbage(method, null);
        }
        if (answer.hasNonNull("error")) {
            RpcException error = error(method, answer.get("error"));
            Optional<NodeProblem> problem = warmingUp(error);
            if (problem.isPresent()) {
                throw problem.get();
            }
            return new RpcAnswer(NullNode.getInstance(), error);
        }
        if (!answer.has("result")) {
            throw garbage(method, null);
        }
        return new RpcAnswer(answer.get("result"), null);
    }

    private RpcException error(String method, JsonNode error) throws NodeProblem {
        if (!error.path("code").isInt() || !error.path("message").isTextual()) {
            throw garbage(method, null);
        }
        return new RpcException(
                error.get("code").intValue(), error.get("message").textValue());
    }

    private Optional<NodeProblem> warmingUp(RpcException error) {
        return error.code() == RpcException.WARMING_UP
                ? Optional.of(new NodeProblem(
                        NodeStatus.State.STARTING, "node " + node + " is starting: " + error.getMessage()))
                : Optional.empty();
    }

    /** A block header's time in 32 bits. */
    Instant time(String method, JsonNode seconds) throws NodeProblem {
        long value = seconds.asLong(0);
        if (value < 0 || value > LAST_TIME) {
            throw garbage(method, null);
        }
        return Instant.ofEpochSecond(value);
    }

    /** An amount of BTC in satoshi, from zero to the maximum supply. */
    long satoshi(String method, JsonNode amount) throws NodeProblem {
        if (!amount.isNumber()) {
            throw garbage(method, null);
        }
        BigDecimal value = amount.decimalValue();
        // Expanding 1e100000000 takes minutes and all of the memory.
        if (value.precision() > MOST_DIGITS
                || Math.abs((long) value.scale()) > MOST_DIGITS
                || value.signum() < 0
                || value.compareTo(ALL_COINS) > 0) {
            throw garbage(method, null);
        }
        try {
            return value.movePointRight(8).setScale(0, RoundingMode.UNNECESSARY).longValueExact();
        } catch (ArithmeticException e) {
            throw garbage(method, e);
        }
    }

    /** The problem for an invalid answer. */
    NodeProblem garbage(String method, @Nullable Throwable cause) {
        return new NodeProblem(
                NodeStatus.State.UNREACHABLE,
                "node " + node + " at " + where() + " answered " + method
                        + " with data that is not JSON-RPC; check that url names a Bitcoin node's RPC port",
                cause);
    }

    private String where() {
        return url.getHost() + ":" + url.getPort();
    }

    /** @param begun the first attempt, if it is in progress already; otherwise null */
    private <T> T post(
            String path, Request<T> request, boolean repeatable, @Nullable CompletableFuture<HttpAnswer<T>> begun)
            throws NodeProblem {
        String method = request.method;
        @Nullable CompletableFuture<HttpAnswer<T>> early = begun;
        int broken = 0;
        int busy = 0;
        boolean renewed = false;
        while (true) {
            HttpAnswer<T> response;
            try {
                response = early == null ? exchange(path, request) : await(method, early);
                early = null;
            } catch (SocketTimeoutException e) {
                throw new NodeProblem(
                        NodeStatus.State.UNREACHABLE,
                        "node " + node + " at " + where() + " did not answer " + method + " within "
                                + timeout.toSeconds() + " s; it is tried again",
                        e);
            } catch (HttpConnection.TooLongException e) {
                throw new NodeProblem.TooLarge("node " + node + " at " + where() + " answered " + method
                        + " with more than " + request.limit + " bytes; "
                        + (request.limit < limits.read()
                                ? "give the server more memory (PARTYLINE_HEAP)"
                                : "raise response-limit")
                        + " or lower batch-size");
            } catch (IOException e) {
                // Bitcoin Core closes a connection that was idle for 30 s; the next request on it may fail.
                if (repeatable && ++broken < MAX_BROKEN) {
                    early = null;
                    continue;
                }
                throw new NodeProblem(
                        NodeStatus.State.UNREACHABLE,
                        "node " + node + " at " + where() + " closed the connection while answering " + method
                                + "; it is tried again",
                        e);
            }
            @Nullable T body = response.body();
            if (body != null) {
                return body;
            }
            switch (response.status()) {
                case 401 -> {
                    if (renewed || !credentials.renew()) {
                        throw new NodeProblem(
                                        NodeStatus.State.REFUSED,
                                        "node " + node + " at " + where() + " rejects the credentials (401); "
                                                + credentials.hint())
                                .about(credentials.setting());
                    }
                    renewed = true;
                }
                case 403 ->
                    throw new NodeProblem(
                            NodeStatus.State.REFUSED,
                            "node " + node + " at " + where()
                                    + " rejects this computer (403); add its address to rpcallowip");
                case 429, 503 -> {
                    if (++busy >= MAX_BUSY) {
                        throw new NodeProblem(
                                NodeStatus.State.UNREACHABLE,
                                "node " + node + " at " + where() + " is overloaded (" + response.status()
                                        + "); it is tried again, or raise its rpcworkqueue");
                    }
                    pauseFor(FIRST_PAUSE.multipliedBy(1L << (2 * (busy - 1))));
                }
                default ->
                    throw new NodeProblem(
                            NodeStatus.State.UNREACHABLE,
                            "node " + node + " at " + where() + " answered " + method + " with HTTP status "
                                    + response.status() + "; check that url names a Bitcoin node's RPC port");
            }
        }
    }

    private <T> CompletableFuture<HttpAnswer<T>> send(String path, Request<T> request) throws NodeProblem {
        return http.post(path, credentials.header(), request.body, request.limit, request.reader);
    }

    private <T> HttpAnswer<T> exchange(String path, Request<T> request) throws IOException, NodeProblem {
        Instant start = clock.instant();
        HttpAnswer<T> response = await(request.method, send(path, request));
        latency = Duration.between(start, clock.instant());
        return response;
    }

    private <T> HttpAnswer<T> await(String method, CompletableFuture<HttpAnswer<T>> future)
            throws IOException, NodeProblem {
        try {
            return future.get(timeout.plus(connectTimeout.get()).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new SocketTimeoutException("incomplete answer");
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new NodeProblem(
                    NodeStatus.State.UNREACHABLE, "node " + node + ": the call of " + method + " was interrupted", e);
        } catch (CancellationException e) {
            throw new NodeProblem(
                    NodeStatus.State.UNREACHABLE, "node " + node + ": the call of " + method + " was abandoned", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof NodeProblem problem) {
                throw problem;
            }
            // An error, for example too little memory. Its message may be from the node.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new NodeProblem(
                    NodeStatus.State.UNREACHABLE,
                    "node " + node + " at " + where() + ": its answer to " + method + " could not be read ("
                            + Faults.kind(cause) + "); it is tried again",
                    cause);
        }
    }

    private void pauseFor(Duration time) throws NodeProblem {
        try {
            pause.of(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeProblem(NodeStatus.State.UNREACHABLE, "node " + node + ": a call was interrupted", e);
        }
    }

    /** Accepts no more calls; running ones are completed. */
    @Override
    public void close() {
        http.close();
    }

    /** Accepts no more calls, and cancels running ones. */
    void abandon() {
        http.abandon();
    }

    /** All the calls, in batches of a maximum size; a batch whose answer is too long is halved. */
    List<RpcAnswer> batches(String path, List<RpcCall> calls, int size) throws NodeProblem {
        List<RpcAnswer> all = new ArrayList<>(calls.size());
        batches(path, calls, size, (first, answers) -> all.addAll(answers));
        return all;
    }

    /**
     * The same, with the answers of each batch as they arrive, in order. While one is processed, the next ones are in
     * progress.
     *
     * @param calls repeatable; each is created when its batch is sent, and again if the batch is halved
     */
    void batches(String path, List<RpcCall> calls, int size, Reader reader) throws NodeProblem {
        record UnderWay(Batch batch, CompletableFuture<HttpAnswer<JsonNode>> response) {}
        Deque<UnderWay> underWay = new ArrayDeque<>();
        int sent = 0;
        int read = 0;
        boolean goOn = true;
        try {
            while (goOn && read < calls.size()) {
                while (sent < calls.size() && underWay.size() < UNDER_WAY) {
                    Batch next = Batch.of(this, calls.subList(sent, Math.min(calls.size(), sent + size)));
                    underWay.add(new UnderWay(next, send(path, whole(next.methods(), next.request))));
                    sent += next.calls.size();
                }
                UnderWay first = underWay.remove();
                List<RpcAnswer> answers = new ArrayList<>(first.batch.calls.size());
                halving(path, first.batch, first.response, answers);
                goOn = reader.read(read, answers);
                read += answers.size();
            }
        } finally {
            underWay.forEach(each -> each.response.cancel(true));
        }
    }

    private void halving(
            String path, Batch batch, @Nullable CompletableFuture<HttpAnswer<JsonNode>> begun, List<RpcAnswer> answers)
            throws NodeProblem {
        try {
            answers.addAll(answers(path, batch, begun));
        } catch (NodeProblem.TooLarge e) {
            int half = batch.calls.size() / 2;
            if (half == 0) {
                throw e;
            }
            halving(path, Batch.of(this, batch.calls.subList(0, half)), null, answers);
            halving(path, Batch.of(this, batch.calls.subList(half, batch.calls.size())), null, answers);
        }
    }
}
