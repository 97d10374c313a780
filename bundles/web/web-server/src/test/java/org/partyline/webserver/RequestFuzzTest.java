package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess.Wanted;
import org.partyline.api.web.WebHandler.Route;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebResponse;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

/** Any request reaches a handler only with the required permissions, or is refused with a status. */
class RequestFuzzTest {
    private static final String HEAD = "GET";

    private final HandSetClock clock = new HandSetClock();
    private final MemoryStore store = MemoryStore.open();
    private final Tokens tokens = new Tokens(() -> store, new Names()::service, clock, new SecureRandom());
    private final BrowserSessions sessions = new BrowserSessions(() -> store, clock, new SecureRandom());
    private final Routes routes = new Routes();
    private final String token;

    RequestFuzzTest() throws PartylineException {
        routes.add(() -> List.of(
                route("GET", "/open", Set.of()),
                route("GET", "/things/{id}", Set.of(Scope.READ)),
                route("POST", "/things/{id}/more", Set.of(Scope.SEND)),
                route("DELETE", "/things", Set.of(Scope.ADMIN))));
        routes.add(new SessionRoutes(sessions, (event, detail) -> {}));
        token = tokens.create(new Wanted(
                        "reader", Set.of(Scope.READ), Selection.EVERYTHING, OptionalLong.empty(), Optional.empty()))
                .secret();
    }

    private static Route route(String method, String path, Set<Scope> scopes) {
        return new Route(method, path, scopes, request -> WebResponse.json(200, "{}"));
    }

    /**
     * The first line contains method and path. Headers follow, one on each line, and after an empty line the body. A
     * dollar sign is a valid token.
     */
    @FuzzTest(maxDuration = "10m")
    void anyRequestIsAdmittedOrRefused(byte[] input) throws IOException {
        String[] parts = new String(input, StandardCharsets.ISO_8859_1).split("\n\n", 2);
        String[] lines = parts[0].split("\n", -1);
        String[] first = lines[0].split(" ", 2);
        URI uri;
        try {
            uri = new URI(first.length > 1 ? first[1] : "/");
        } catch (URISyntaxException e) {
            // The JDK rejects it first.
            return;
        }
        if (uri.getRawPath() == null) {
            return;
        }
        Headers headers = new Headers();
        for (int i = 1; i < lines.length; i++) {
            String[] header = lines[i].split(": ", 2);
            try {
                headers.add(header[0], header.length < 2 ? "" : header[1].replace("$", token));
            } catch (IllegalArgumentException e) {
                return;
            }
        }
        byte[] body = parts.length < 2 ? new byte[0] : parts[1].getBytes(StandardCharsets.ISO_8859_1);
        Exchange exchange = new Exchange(first[0].isEmpty() ? HEAD : first[0], uri, headers, body);
        try {
            check(new Gate(routes, tokens, sessions, new RateLimit(clock), Set.of()).admit(exchange), headers, body);
        } catch (WebProblem e) {
            assertTrue(e.status() >= 400 && e.status() < 500, e.status() + " is the caller's fault");
            assertEquals(1, e.getMessage().lines().count());
            assertFalse(e.getMessage().contains(token));
        } catch (PartylineException e) {
            throw new AssertionError("the store is open", e);
        }
    }

    private void check(Gate.Admitted admitted, Headers headers, byte[] body) {
        Set<Scope> scopes = admitted.match().route().scopes();
        if (!scopes.isEmpty()) {
            // The only token may only read, and nobody knows the secret of a browser.
            assertEquals(Set.of(Scope.READ), scopes);
            assertTrue(headers.getFirst("Authorization").matches("(?i:bearer) \\Q" + token + "\\E"));
            assertEquals(1, headers.get("Authorization").size());
        }
        assertTrue(headers.getFirst("Host").matches("(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]+)?"));
        assertEquals(1, headers.get("Host").size());
        if (headers.containsKey("Origin")) {
            assertEquals(List.of("http://" + headers.getFirst("Host")), headers.get("Origin"));
        }
        assertEquals(body.length, admitted.request().body().length);
        assertNotEquals("", admitted.request().path().getOrDefault("id", "none"));
    }

    /** A request without a connection. */
    private static final class Exchange extends HttpExchange {
        private final String method;
        private final URI uri;
        private final Headers headers;
        private final byte[] body;

        Exchange(String method, URI uri, Headers headers, byte[] body) {
            this.method = method;
            this.uri = uri;
            this.headers = headers;
            this.body = body;
        }

        @Override
        public Headers getRequestHeaders() {
            return headers;
        }

        @Override
        public URI getRequestURI() {
            return uri;
        }

        @Override
        public String getRequestMethod() {
            return method;
        }

        @Override
        public InputStream getRequestBody() {
            return new ByteArrayInputStream(body);
        }

        private static UnsupportedOperationException none() {
            return new UnsupportedOperationException("nothing is answered here");
        }

        @Override
        public Headers getResponseHeaders() {
            throw none();
        }

        @Override
        public HttpContext getHttpContext() {
            throw none();
        }

        @Override
        public void close() {
            throw none();
        }

        @Override
        public OutputStream getResponseBody() {
            throw none();
        }

        @Override
        public void sendResponseHeaders(int status, long length) {
            throw none();
        }

        @Override
        public InetSocketAddress getRemoteAddress() {
            throw none();
        }

        @Override
        public int getResponseCode() {
            throw none();
        }

        @Override
        public InetSocketAddress getLocalAddress() {
            throw none();
        }

        @Override
        public String getProtocol() {
            return "HTTP/1.1";
        }

        @Override
        public Object getAttribute(String name) {
            throw none();
        }

        @Override
        public void setAttribute(String name, Object value) {
            throw none();
        }

        @Override
        public void setStreams(InputStream in, OutputStream out) {
            throw none();
        }

        @Override
        public HttpPrincipal getPrincipal() {
            throw none();
        }
    }
}
