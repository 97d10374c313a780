package org.partyline.webapi;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebHandler.Route;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;
import org.partyline.api.web.WebToken;

/** Calls the API's routes with a token, like the web server. */
final class Caller {
    static final String MESSAGES = "/v1/conversations/{id}/messages";

    static final String CONSUMER = "/v1/consumers/{name}";
    static final String ACK = "/v1/consumers/{name}/ack";

    private final Api api;
    private WebToken token = token(Selection.EVERYTHING, OptionalLong.empty());

    Caller(FakeServer server) {
        api = new Api(server, server.clock, new SecureRandom());
    }

    private static WebToken token(Selection seen, OptionalLong dailySat) {
        return token(EnumSet.allOf(Scope.class), seen, dailySat);
    }

    private static WebToken token(Set<Scope> scopes, Selection seen, OptionalLong dailySat) {
        return new WebToken(
                "0123456789abcdef", "bot", scopes, seen, dailySat, Instant.EPOCH, Optional.empty(), Optional.empty());
    }

    Caller limitedTo(String... conversations) {
        token = token(new Selection(Optional.empty(), Set.of(conversations)), OptionalLong.empty());
        return this;
    }

    Caller limitedToPersona(String persona) {
        token = token(new Selection(Optional.of(persona), Set.of()), OptionalLong.empty());
        return this;
    }

    Caller withScopes(Scope... scopes) {
        token = token(Set.of(scopes), Selection.EVERYTHING, OptionalLong.empty());
        return this;
    }

    Caller spendingUpTo(long sat) {
        token = token(Selection.EVERYTHING, OptionalLong.of(sat));
        return this;
    }

    Api api() {
        return api;
    }

    WebResponse get(String path, Map<String, String> braces, Map<String, String> query) throws PartylineException {
        return call("GET", path, new WebRequest(braces, query, Map.of(), new byte[0], Optional.of(token)));
    }

    WebResponse get(String path) throws PartylineException {
        return get(path, Map.of(), Map.of());
    }

    /** @param key null: none */
    WebResponse post(String conversation, String body, String key) throws PartylineException {
        Map<String, String> headers = new HashMap<>(Map.of("content-type", "application/json; charset=utf-8"));
        if (key != null) {
            headers.put("idempotency-key", key);
        }
        return post(conversation, body, headers);
    }

    WebResponse post(String conversation, String body, Map<String, String> headers) throws PartylineException {
        return postTo(MESSAGES, conversation, body, headers);
    }

    /** @param id the value of the path's parameter */
    WebResponse postTo(String path, String id, String body) throws PartylineException {
        return postTo(path, id, body, Map.of("content-type", "application/json"));
    }

    /** The same with a key. */
    WebResponse postTo(String path, String id, String body, String key) throws PartylineException {
        return postTo(path, id, body, Map.of("content-type", "application/json", "idempotency-key", key));
    }

    /** The body of the last call. */
    byte[] sent = {};

    private WebResponse postTo(String path, String id, String body, Map<String, String> headers)
            throws PartylineException {
        return call(
                "POST",
                path,
                new WebRequest(
                        Map.of("id", id),
                        Map.of(),
                        headers,
                        sent = body.getBytes(StandardCharsets.UTF_8),
                        Optional.of(token)));
    }

    /** Calls any route. @param braces the values of the path's parameters */
    WebResponse call(String method, String path, Map<String, String> braces, String body) throws PartylineException {
        return call(
                method,
                path,
                new WebRequest(
                        braces,
                        Map.of(),
                        Map.of("content-type", "application/json"),
                        body.getBytes(StandardCharsets.UTF_8),
                        Optional.of(token)));
    }

    /** A stream of events. @param last the header Last-Event-ID, or null */
    WebResponse stream(Map<String, String> query, String last) throws PartylineException {
        Map<String, String> headers = new HashMap<>(Map.of("accept", "text/event-stream"));
        if (last != null) {
            headers.put("last-event-id", last);
        }
        return call("GET", "/v1/events", new WebRequest(Map.of(), query, headers, new byte[0], Optional.of(token)));
    }

    WebResponse acknowledge(String name, String body) throws PartylineException {
        return call(
                "POST",
                ACK,
                new WebRequest(
                        Map.of("name", name),
                        Map.of(),
                        Map.of("content-type", "application/json"),
                        body.getBytes(StandardCharsets.UTF_8),
                        Optional.of(token)));
    }

    private WebResponse call(String method, String path, WebRequest request) throws PartylineException {
        Route route = api.routes().stream()
                .filter(one -> one.method().equals(method) && one.path().equals(path))
                .findFirst()
                .orElseThrow();
        return route.action().answer(request);
    }

    static String text(WebResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
