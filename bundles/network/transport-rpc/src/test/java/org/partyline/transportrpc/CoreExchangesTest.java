package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.TransactionRejectedException.Reason;

/** Replays each exchange recorded from Bitcoin Core 31: one test for each file. */
class CoreExchangesTest {
    private static final Map<String, Reason> REFUSALS = Map.of(
            "sendrawtransaction_512_bytes_on_83_byte_node", Reason.NOT_STANDARD,
            "sendrawtransaction_512_too_cheap_bytes", Reason.FEE_TOO_LOW,
            "sendrawtransaction_max_fee_exceeded", Reason.OTHER,
            "sendrawtransaction_min_relay_fee", Reason.FEE_TOO_LOW,
            "sendrawtransaction_replacement_too_cheap", Reason.FEE_TOO_LOW);

    private final FakeNode node = new FakeNode();

    @AfterEach
    void close() {
        node.close();
    }

    @TestFactory
    Stream<DynamicTest> everyRecordedExchangeIsUnderstood() throws Exception {
        Path directory =
                Path.of(CoreExchangesTest.class.getResource("/core-rpc").toURI());
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            all.sorted().forEach(files::add);
        }
        assertTrue(files.size() > 40, "the exchanges are there");
        return files.stream().map(file -> {
            String name = file.getFileName().toString().replace(".json", "");
            return DynamicTest.dynamicTest(name, () -> replay(name));
        });
    }

    private void replay(String name) throws Exception {
        JsonNode exchange = FakeNode.recorded(name);
        AtomicReference<String> path = new AtomicReference<>();
        AtomicReference<JsonNode> sent = new AtomicReference<>();
        node.next((http, body) -> {
            path.set(http.getRequestURI().toString());
            sent.set(FakeNode.JSON.readTree(body));
            JsonNode response = exchange.get("response");
            byte[] text = response.isTextual() && response.textValue().isEmpty()
                    ? new byte[0]
                    : withIdsOf(sent.get(), response).toString().getBytes(StandardCharsets.UTF_8);
            http.sendResponseHeaders(exchange.get("status").intValue(), text.length == 0 ? -1 : text.length);
            if (text.length > 0) {
                http.getResponseBody().write(text);
            }
            http.close();
        });
        String where = exchange.get("path").textValue();
        JsonNode request = exchange.get("request");
        if (request.isArray()) {
            replayBatch(where, request, exchange.get("response"));
        } else {
            replaySingle(name, where, request, exchange);
            assertEquals(request.get("method"), sent.get().get("method"));
            assertEquals(
                    request.get("params").toString(), sent.get().get("params").toString());
        }
        assertEquals(where, path.get());
    }

    /** The recorded answer has the recorded request's ids; the client chooses its own. */
    private static JsonNode withIdsOf(JsonNode sent, JsonNode response) {
        JsonNode copy = response.deepCopy();
        if (copy.isArray()) {
            for (int i = 0; i < copy.size(); i++) {
                ((com.fasterxml.jackson.databind.node.ObjectNode) copy.get(i))
                        .set("id", sent.get(i).get("id"));
            }
        }
        return copy;
    }

    private void replayBatch(String path, JsonNode requests, JsonNode responses) throws Exception {
        List<RpcCall> calls = new ArrayList<>();
        requests.forEach(one -> calls.add(call(one)));
        List<RpcAnswer> answers = node.client().batch(path, calls);
        for (int i = 0; i < answers.size(); i++) {
            JsonNode error = responses.get(i).get("error");
            if (error == null) {
                assertEquals(responses.get(i).get("result"), answers.get(i).get());
            } else {
                assertEquals(
                        error.get("code").intValue(), answers.get(i).error().code());
            }
        }
    }

    private void replaySingle(String name, String path, JsonNode request, JsonNode exchange) throws Exception {
        RpcCall call = call(request);
        JsonNode response = exchange.get("response");
        RpcClient client = node.client();
        if (exchange.get("status").intValue() == 401) {
            NodeProblem problem = assertThrows(NodeProblem.class, () -> at(client, path, call));
            assertEquals(NodeStatus.State.REFUSED, problem.state());
        } else if (response.hasNonNull("error")) {
            RpcException error = assertThrows(RpcException.class, () -> at(client, path, call));
            assertEquals(response.get("error").get("code").intValue(), error.code());
            if (request.get("method").textValue().equals("sendrawtransaction") && error.code() != -22) {
                assertEquals(REFUSALS.get(name), Rejections.reason(error.getMessage()));
            }
        } else {
            assertSame(response.get("result"), at(client, path, call));
        }
    }

    /** Equal, comparing numbers by value: 0 and 0.00000000 are the same amount. */
    private static void assertSame(JsonNode expected, JsonNode actual) {
        boolean same = expected.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? a.decimalValue().compareTo(b.decimalValue())
                        : a.equals(b) ? 0 : 1,
                actual);
        assertTrue(same, () -> "expected " + expected + ", got " + actual);
    }

    private static JsonNode at(RpcClient client, String path, RpcCall call) throws Exception {
        return client.callAt(path, call.method(), call.parameters().toArray());
    }

    private static RpcCall call(JsonNode request) {
        List<Object> parameters = new ArrayList<>();
        request.get("params").forEach(parameters::add);
        return new RpcCall(request.get("method").textValue(), parameters);
    }
}
