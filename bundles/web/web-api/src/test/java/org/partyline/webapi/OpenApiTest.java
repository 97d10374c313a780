package org.partyline.webapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebResponse;

/** Compares the description of the API with its answers. */
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path STATUS = Path.of("..", "..", "console/shell/src/test/resources/json/status.json");
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch");

    private final FakeServer server = new FakeServer();
    private final Caller caller = new Caller(server);
    private final JsonNode document = read(OpenApi.document());

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void itIsMadeOnce() {
        assertSame(OpenApi.document(), OpenApi.document());
    }

    /** Operations by method and path, with the scopes that they require according to the description. */
    private Map<String, Set<String>> described() {
        Map<String, Set<String>> described = new TreeMap<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(part -> METHODS.contains(part.getKey()))
                        .forEach(part -> {
                            Set<String> scopes = new HashSet<>();
                            part.getValue()
                                    .get("security")
                                    .forEach(one ->
                                            scopes.add(one.get("token").get(0).asText()));
                            described.put(part.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), scopes);
                        }));
        return described;
    }

    @Test
    void everyRouteIsDescribedWithItsScopeAndNothingElseIs() {
        Map<String, Set<String>> routes = new TreeMap<>();
        caller.api()
                .routes()
                .forEach(route -> routes.put(
                        route.method() + " " + route.path(),
                        route.scopes().stream().map(Scope::word).collect(Collectors.toSet())));
        assertEquals(routes, described());
    }

    @Test
    void everyReferenceLeadsToSomething() {
        document.findValuesAsText("$ref").forEach(reference -> {
            assertTrue(reference.startsWith("#/"), reference);
            assertFalse(document.at(reference.substring(1)).isMissingNode(), reference);
        });
    }

    private List<String> faults(String pointer, String json) {
        // The schema alone, with everything that it may refer to.
        ObjectNode schema = JSON.createObjectNode();
        schema.set("components", document.get("components"));
        schema.put("$ref", "#" + pointer);
        return SchemaRegistry.withDialect(Dialects.getDraft202012())
                .getSchema(schema.toString(), InputFormat.JSON)
                .validate(json, InputFormat.JSON)
                .stream()
                .map(Error::toString)
                .toList();
    }

    private void assertAsDescribed(String method, String path, WebResponse response) {
        JsonNode content = document.get("paths")
                .get(path)
                .get(method)
                .get("responses")
                .get(Integer.toString(response.status()))
                .get("content");
        JsonNode schema = content.get(response.type()).get("schema");
        if (schema.has("$ref")) {
            assertEquals(List.of(), faults(schema.get("$ref").asText().substring(1), Caller.text(response)), path);
        }
    }

    @Test
    void everyAnswerIsAsDescribed() throws Exception {
        server.nodes.add(ApiTest.node(NodeStatus.State.READY, false));
        server.status = JSON.readTree(Files.readString(STATUS)).toString();
        for (String path : List.of("/livez", "/readyz", "/v1/openapi.json", "/v1/status", "/v1/conversations")) {
            assertAsDescribed("get", path, caller.get(path));
        }
        assertAsDescribed("get", Caller.MESSAGES, caller.get(Caller.MESSAGES, Map.of("id", "lobby"), Map.of()));
        assertAsDescribed("post", Caller.MESSAGES, caller.post("lobby", "{\"text\":\"hello\"}", "key"));
        assertAsDescribed(
                "post", Caller.MESSAGES, caller.post("lobby", "{\"text\":\"hello\",\"dry_run\":true}", "key"));
        assertAsDescribed("post", ReadingTest.MARK, caller.postTo(ReadingTest.MARK, "lobby", "{\"up_to\":3}"));
        assertAsDescribed(
                "get", ReadingTest.CONTACT, caller.get(ReadingTest.CONTACT, Map.of("id", "me/contact:bob"), Map.of()));
        assertAsDescribed("post", ReadingTest.SHOW, caller.postTo(ReadingTest.SHOW, "7", ""));
        assertAsDescribed("post", ReadingTest.REACT, caller.postTo(ReadingTest.REACT, "7", "{\"reaction\":\"👍\"}"));
        assertAsDescribed("post", ReadingTest.EDIT, caller.postTo(ReadingTest.EDIT, "7", "{\"text\":\"better\"}"));
        assertAsDescribed("post", ReadingTest.RECALL, caller.postTo(ReadingTest.RECALL, "7", ""));
        assertAsDescribed("get", ReadingTest.OUTGOING, caller.get(ReadingTest.OUTGOING, Map.of("id", "7"), Map.of()));
        assertAsDescribed("post", ReadingTest.SEARCH, caller.postTo(ReadingTest.SEARCH, "", "{\"words\":\"hello\"}"));
        assertAsDescribed("get", "/v1/events", caller.get("/v1/events"));
        assertAsDescribed("post", Caller.ACK, caller.acknowledge("bot", "{\"cursor\":1}"));
        assertAsDescribed("get", Caller.CONSUMER, caller.get(Caller.CONSUMER, Map.of("name", "bot"), Map.of()));
        for (String path : List.of(
                "/v1/contacts",
                "/v1/personas",
                "/v1/fees",
                "/v1/mempool",
                "/v1/wallets",
                "/v1/spending",
                "/v1/nodes",
                "/v1/doctor",
                "/v1/suites")) {
            assertAsDescribed("get", path, caller.get(path));
        }
        for (String path : List.of("/v1/conversations/{id}/members", "/v1/conversations/{id}/invite")) {
            assertAsDescribed("get", path, caller.get(path, Map.of("id", "lobby"), Map.of()));
        }
        assertAsDescribed("post", ReadingTest.JOIN, caller.postTo(ReadingTest.JOIN, "", ReadingTest.WISH));
        assertAsDescribed("get", ServerTest.CARD, caller.get(ServerTest.CARD, Map.of("name", "me"), Map.of()));
        assertAsDescribed("post", "/v1/contacts", caller.postTo("/v1/contacts", "", "{\"card\":\"plcard1x\"}"));
        assertAsDescribed("post", "/v1/qr", caller.postTo("/v1/qr", "", "{\"text\":\"plcard1x\"}"));
        for (String grey : List.of("AA==", "/w==")) {
            String picture = "{\"width\":1,\"grey\":\"" + grey + "\"}";
            assertEquals(List.of(), faults("/components/schemas/qr_picture", picture));
            assertAsDescribed("post", ServerTest.READ, caller.postTo(ServerTest.READ, "", picture));
        }
        assertAsDescribed("post", ServerTest.ADDRESS, caller.postTo(ServerTest.ADDRESS, "", "{}"));
        assertAsDescribed("post", "/v1/lock", caller.postTo("/v1/lock", "", ""));
        assertFalse(faults("/components/schemas/send", "{\"id\":1}").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"text\":\"a\",\"ttl_minutes\":5,\"burn\":true,\"sign\":false,\"carrier\":\"confirm\",\"via\":\"core\",\"reply_to\":1,\"dry_run\":true}",
                "{}",
                "{\"text\":\"\"}",
                "{\"text\":\"a\",\"colour\":1}",
                "{\"text\":\"a\",\"burn\":\"yes\"}"
            })
    void aBodyIsAcceptedIfItIsAsDescribed(String body) throws Exception {
        boolean described = faults("/components/schemas/send_request", body).isEmpty();
        boolean accepted;
        try {
            caller.post("lobby", body, (String) null);
            accepted = true;
        } catch (org.partyline.api.web.WebProblem e) {
            assertEquals(400, e.status());
            accepted = false;
        }
        assertEquals(described, accepted);
    }

    @Test
    void theBodyOfASendHasTheFieldsThatAreDescribed() {
        List<String> fields = StreamSupport.stream(
                        ((Iterable<String>) () -> document.at("/components/schemas/send_request/properties")
                                        .fieldNames())
                                .spliterator(),
                        false)
                .sorted()
                .toList();
        List<String> read = Arrays.stream(SendBody.class.getRecordComponents())
                .map(part -> part.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
        assertEquals(read, fields);
    }
}
