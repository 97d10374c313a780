package org.partyline.webapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebResponse;

/** A token that is limited to a persona, with every documented call. */
class PersonaTokenTest {
    private static final String MINE = "me/contact:bob";
    private static final String OTHERS = "work/contact:bob";

    /**
     * A request, and the status for tokens of the personas "me" and "work": all data belongs to "me", except the
     * contact bob of "work".
     *
     * @param braces the values of the path's parameters
     */
    private record Expected(String braces, String body, int ofMe, int ofWork) {}

    private static final Map<String, Expected> CALLS = Map.ofEntries(
            Map.entry("GET /livez", new Expected("", "", 200, 200)),
            Map.entry("GET /readyz", new Expected("", "", 200, 200)),
            Map.entry("GET /v1/openapi.json", new Expected("", "", 200, 200)),
            Map.entry("GET /v1/status", new Expected("", "", 403, 403)),
            Map.entry("GET /v1/conversations", new Expected("", "", 200, 200)),
            Map.entry("GET /v1/conversations/{id}/messages", new Expected(MINE, "", 200, 404)),
            Map.entry("POST /v1/conversations/{id}/messages", new Expected(MINE, "{\"text\":\"a\"}", 202, 404)),
            Map.entry("POST /v1/conversations/{id}/read", new Expected(MINE, "{\"up_to\":1}", 200, 404)),
            Map.entry("GET /v1/conversations/{id}/contact", new Expected(MINE, "", 200, 404)),
            Map.entry("POST /v1/messages/{id}/read", new Expected("7", "", 200, 404)),
            Map.entry("POST /v1/messages/{id}/reaction", new Expected("7", "{\"reaction\":\"+\"}", 202, 404)),
            Map.entry("POST /v1/messages/{id}/edit", new Expected("7", "{\"text\":\"a\"}", 202, 404)),
            Map.entry("POST /v1/messages/{id}/recall", new Expected("7", "", 200, 404)),
            Map.entry("GET /v1/outbox/{id}", new Expected("7", "", 200, 404)),
            Map.entry("POST /v1/search", new Expected("", "{\"words\":\"a\"}", 200, 200)),
            Map.entry("GET /v1/events", new Expected("", "", 200, 200)),
            Map.entry("GET /v1/consumers/{name}", new Expected("bot", "", 200, 200)),
            Map.entry("POST /v1/consumers/{name}/ack", new Expected("bot", "{\"cursor\":0}", 200, 200)),
            Map.entry("GET /v1/conversations/{id}/members", new Expected("me/channel:lobby", "", 200, 404)),
            Map.entry("GET /v1/conversations/{id}/invite", new Expected("me/channel:lobby", "", 200, 404)),
            Map.entry(
                    "POST /v1/channels",
                    new Expected(
                            "",
                            "{\"invite\":\"plchan1q\",\"passphrase\":\"correct horse\",\"persona\":\"me\"}",
                            200,
                            404)),
            Map.entry("GET /v1/contacts", new Expected("", "", 200, 200)),
            Map.entry("POST /v1/contacts", new Expected("", "{\"card\":\"plcard1x\",\"persona\":\"me\"}", 200, 404)),
            Map.entry("GET /v1/personas", new Expected("", "", 200, 200)),
            Map.entry("GET /v1/personas/{name}/card", new Expected("me", "", 200, 404)),
            Map.entry("POST /v1/qr", new Expected("", "{\"text\":\"a\"}", 200, 200)),
            Map.entry("POST /v1/qr/read", new Expected("", "{\"width\":1,\"grey\":\"AA==\"}", 200, 200)),
            Map.entry("GET /v1/fees", new Expected("", "", 403, 403)),
            Map.entry("GET /v1/mempool", new Expected("", "", 403, 403)),
            Map.entry("GET /v1/wallets", new Expected("", "", 200, 200)),
            Map.entry("POST /v1/wallets/address", new Expected("", "{\"persona\":\"me\"}", 200, 404)),
            Map.entry("GET /v1/spending", new Expected("", "", 200, 200)),
            Map.entry("GET /v1/nodes", new Expected("", "", 403, 403)),
            Map.entry("GET /v1/doctor", new Expected("", "", 403, 403)),
            Map.entry("GET /v1/suites", new Expected("", "", 403, 403)),
            Map.entry("POST /v1/lock", new Expected("", "", 403, 403)));

    private final FakeServer server = new FakeServer();
    private final Caller caller = new Caller(server);

    private record Answer(int status, String text) {}

    private Answer answer(String call, Expected expected) throws PartylineException {
        String[] parts = call.split(" ");
        try {
            WebResponse response = caller.call(
                    parts[0], parts[1], Map.of("id", expected.braces(), "name", expected.braces()), expected.body());
            return new Answer(response.status(), Caller.text(response));
        } catch (WebProblem e) {
            return new Answer(e.status(), e.getMessage());
        }
    }

    @Test
    void everyDescribedCallIsExpectedHere() throws Exception {
        TreeSet<String> described = new TreeSet<>();
        new ObjectMapper()
                .readTree(OpenApi.document())
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (List.of("get", "post").contains(method)) {
                        described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                    }
                }));
        assertEquals(described, new TreeSet<>(CALLS.keySet()));
    }

    @Test
    void aTokenOfThePersonaMayDoWhatThePersonaDoes() throws Exception {
        server.nodes.add(ApiTest.node(NodeStatus.State.READY, false));
        caller.limitedToPersona("me");
        Map<String, Integer> expected = new TreeMap<>();
        Map<String, Integer> answered = new TreeMap<>();
        for (Map.Entry<String, Expected> one : CALLS.entrySet()) {
            Answer answer = answer(one.getKey(), one.getValue());
            expected.put(one.getKey(), one.getValue().ofMe());
            answered.put(one.getKey(), answer.status());
            assertFalse(answer.text().contains("\"work\"") || answer.text().contains("work/"), one.getKey());
        }
        assertEquals(expected, answered);
    }

    @Test
    void aTokenOfAnotherPersonaSeesAndChangesNothing() throws Exception {
        server.nodes.add(ApiTest.node(NodeStatus.State.READY, false));
        server.messages()
                .send(
                        new SendBody("a", null, null, null, null, null, null, null)
                                .to(server.conversations().list().get(0)),
                        (tx, receipt) -> {});
        caller.limitedToPersona("work");
        Map<String, Integer> expected = new TreeMap<>();
        Map<String, Integer> answered = new TreeMap<>();
        for (Map.Entry<String, Expected> one : CALLS.entrySet()) {
            Answer answer = answer(one.getKey(), one.getValue());
            expected.put(one.getKey(), one.getValue().ofWork());
            answered.put(one.getKey(), answer.status());
            assertFalse(
                    answer.text().contains("\"me\"") || answer.text().contains("me/"),
                    () -> one.getKey() + " " + answer.text());
        }
        assertEquals(expected, answered);
        assertEquals(1, server.sent.size());
        assertEquals(List.of(), server.marked);
        assertEquals(List.of(), server.shown);
        assertEquals(List.of(), server.reactions);
        assertEquals(List.of(), server.added);
        assertEquals(List.of(), server.joined);
        assertTrue(server.vault().state().name().equals("OPEN"));
    }

    /** If a request names no persona, it means the token's persona, not the current one. */
    @Test
    void whatNamesNoPersonaIsOfTheTokensOne() throws Exception {
        caller.limitedToPersona("work");
        assertTrue(answer("POST /v1/contacts", new Expected("", "{\"card\":\"plcard1x\"}", 0, 0))
                .text()
                .contains("\"work\""));
        assertTrue(answer("POST /v1/wallets/address", new Expected("", "{}", 0, 0))
                .text()
                .contains("\"work\""));
        assertTrue(answer("GET /v1/conversations", new Expected("", "", 0, 0))
                .text()
                .contains("\"work\""));
        assertEquals(
                200,
                answer("GET /v1/conversations/{id}/messages", new Expected(OTHERS, "", 0, 0))
                        .status());
    }
}
