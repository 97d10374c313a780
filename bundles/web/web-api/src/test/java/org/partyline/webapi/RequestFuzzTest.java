package org.partyline.webapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebHandler.Route;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;
import org.partyline.api.web.WebToken;

/** Any request is answered with JSON, or refused in one line; and a token only sees its own conversations. */
class RequestFuzzTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Bob, as persona me; not lobby, and not bob as persona work. */
    private static final Selection COVERED = new Selection(Optional.empty(), Set.of("me/contact:bob"));

    /**
     * The first byte selects the route, and whether the token is limited. Lines follow: the values of the path's
     * parameters, the key of a call, a query of {@code name=value} separated by ampersands, the number of the last
     * event; and the body.
     */
    @FuzzTest(maxDuration = "10m")
    void anyRequestIsAnsweredOrRefused(byte[] input) {
        FakeServer server = new FakeServer();
        Api api = new Api(server, server.clock, new SecureRandom());
        int first = input.length == 0 ? 0 : Byte.toUnsignedInt(input[0]);
        Route route = api.routes().get((first & 0x7f) % api.routes().size());
        boolean limited = (first & 0x80) != 0;
        String[] lines = (input.length == 0 ? "" : new String(input, 1, input.length - 1, StandardCharsets.UTF_8))
                .split("\n", 5);
        WebRequest request = request(lines, limited);
        WebResponse response;
        try {
            response = route.action().answer(request);
        } catch (PartylineException e) {
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            assertTrue(!(e instanceof WebProblem problem)
                    || problem.status() >= 400 && problem.status() < 500
                    || route.path().equals("/readyz"));
            if (e instanceof WebProblem && part(lines, 4).length() > 8) {
                assertFalse(e.getMessage().contains(part(lines, 4)), "the words of a message are in no answer");
            }
            return;
        }
        check(server, route, request, response, limited);
    }

    private static String part(String[] lines, int number) {
        return number < lines.length ? lines[number] : "";
    }

    private static WebRequest request(String[] lines, boolean limited) {
        Map<String, String> headers = new HashMap<>(Map.of("content-type", "application/json"));
        if (!part(lines, 1).isEmpty()) {
            headers.put("idempotency-key", part(lines, 1));
        }
        if (!part(lines, 3).isEmpty()) {
            headers.put("last-event-id", part(lines, 3));
            headers.put("accept", "text/event-stream");
        }
        Map<String, String> query = new HashMap<>();
        for (String pair : part(lines, 2).split("&")) {
            String[] both = pair.split("=", 2);
            query.put(both[0], both.length < 2 ? "" : both[1]);
        }
        WebToken token = new WebToken(
                "0123456789abcdef",
                "bot",
                EnumSet.allOf(Scope.class),
                limited ? COVERED : Selection.EVERYTHING,
                OptionalLong.of(1000),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty());
        return new WebRequest(
                Map.of("id", part(lines, 0), "name", part(lines, 0)),
                query,
                headers,
                part(lines, 4).getBytes(StandardCharsets.UTF_8),
                Optional.of(token));
    }

    private static void check(
            FakeServer server, Route route, WebRequest request, WebResponse response, boolean limited) {
        assertTrue(response.status() >= 200 && response.status() < 300
                || route.path().equals("/readyz"));
        String text = new String(response.body(), StandardCharsets.UTF_8);
        if (response.events().isEmpty()) {
            try {
                JSON.readTree(text);
            } catch (IOException e) {
                throw new AssertionError("an answer is JSON", e);
            }
        }
        assertTrue(server.sent.size() <= 1, "a call sends once");
        if (route.method().equals("GET")) {
            assertTrue(server.sent.isEmpty() && server.marked.isEmpty() && server.shown.isEmpty());
            assertTrue(server.reactions.isEmpty() && server.acknowledged.isEmpty());
        }
        if (limited && route.path().startsWith("/v1/conversations")) {
            assertFalse(text.contains("lobby"));
            server.sent.forEach(send -> assertEquals("bob", send.to().toLowerCase(Locale.ROOT)));
        }
        request.query().values().forEach(value -> assertTrue(value.length() < 1 << 20));
    }
}
