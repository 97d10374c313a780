package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.webserver.RawHttp.HOST;
import static org.partyline.webserver.RawHttp.status;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.store.Store;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess.Created;
import org.partyline.api.web.WebAccess.Wanted;
import org.partyline.api.web.WebHandler;
import org.partyline.api.web.WebResponse;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.Logged;
import org.partyline.testkit.MemoryStore;

/** Sends each request that must not reach a handler over a real connection; none of them does. */
class DoorTest {

    private final HandSetClock clock = new HandSetClock();
    private final MemoryStore store = MemoryStore.open();
    private final Tokens tokens = new Tokens(() -> store, new Names()::service, clock, new SecureRandom());
    private final BrowserSessions sessions = new BrowserSessions(() -> store, clock, new SecureRandom());
    private final List<String> answered = new ArrayList<>();
    /** The number of long calls. */
    private final AtomicInteger begun = new AtomicInteger();
    /** Ends them. */
    private final CountDownLatch end = new CountDownLatch(1);

    private String reader;
    private Door door;
    private RawHttp http;

    @BeforeAll
    static void limits() {
        assertEquals("10", ShippedLimits.get(ShippedLimits.SLOWEST));
    }

    @BeforeEach
    void open() throws Exception {
        Routes routes = new Routes();
        routes.add(() -> List.of(
                route("GET", "/open", Set.of()),
                route("GET", "/things/{id}", Set.of(Scope.READ)),
                route("POST", "/things/{id}", Set.of(Scope.SEND)),
                route("GET", "/state", Set.of(Scope.READ, Scope.ADMIN)),
                new WebHandler.Route("GET", "/broken", Set.of(), request -> {
                    throw new IllegalStateException("words of a message");
                }),
                new WebHandler.Route("GET", "/long", Set.of(), request -> {
                    begun.incrementAndGet();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return WebResponse.json(200, "{}");
                }),
                new WebHandler.Route("GET", "/stopped", Set.of(), request -> {
                    throw new UnavailableException("the bundle is not running") {
                        private static final long serialVersionUID = 1L;
                    };
                }),
                new WebHandler.Route("GET", "/refused", Set.of(), request -> {
                    throw new PartylineException("the cap is reached");
                })));
        door = Door.open(
                RawHttp.loopback(),
                new Gate(routes, tokens, sessions, new RateLimit(clock), Set.of("talk.example.org")),
                clock);
        http = new RawHttp(door);
        reader = token("reader", Scope.READ).secret();
    }

    @AfterEach
    void close() {
        door.close();
    }

    private WebHandler.Route route(String method, String path, Set<Scope> scopes) {
        return new WebHandler.Route(method, path, scopes, request -> {
            synchronized (answered) {
                answered.add(request.path().getOrDefault("id", path));
            }
            return WebResponse.json(200, "{}");
        });
    }

    private Created token(String name, Scope scope) throws PartylineException {
        return tokens.create(new Wanted(
                name,
                EnumSet.of(scope),
                Selection.EVERYTHING,
                OptionalLong.empty(),
                Optional.of(clock.instant().plus(Duration.ofDays(1)))));
    }

    private Socket connect() throws IOException {
        return http.connect();
    }

    private String ask(String line, String body, String... headers) throws IOException {
        return http.ask(line, body, headers);
    }

    private String get(String path, String... headers) throws IOException {
        return http.get(path, headers);
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    private void refused(int status, String answer) {
        assertEquals(status, status(answer), answer);
        assertTrue(answer.contains("Content-type: application/problem+json"), answer);
        assertTrue(answer.contains("\"status\":" + status), answer);
        assertEquals(List.of(), answered);
    }

    @Test
    void aTokenWithTheScopeIsAnswered() throws Exception {
        assertEquals(200, status(get("/things/a%2Fb+c", HOST, bearer(reader))));
        assertEquals(List.of("a/b+c"), answered);
    }

    @Test
    void anOpenRouteNeedsNoToken() throws Exception {
        assertEquals(200, status(get("/open", HOST)));
        assertEquals(200, status(get("/open", "Host: localhost:8080", "Origin: http://localhost:8080")));
    }

    @Test
    void aHostThatTheOperatorNamedIsAnswered() throws Exception {
        assertEquals(200, status(get("/open", "Host: talk.example.org")));
        assertEquals(200, status(get("/open", "Host: Talk.example.org:8443", "Origin: https://Talk.example.org:8443")));
        assertEquals(200, status(get("/open", "Host: talk.example.org", "Origin: http://talk.example.org")));
        assertEquals(403, status(get("/open", "Host: talk.example.org", "Origin: https://other.example.org")));
        assertEquals(403, status(get("/open", "Host: talk.example.org", "Origin: https://127.0.0.1")));
        assertEquals(421, status(get("/open", "Host: a.talk.example.org")));
        assertEquals(421, status(get("/open", "Host: talk.example.org.")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Host: evil.example", "Host: 127.0.0.1.evil.example", "Host: 192.168.0.1", "X-Nothing: here"})
    void aWrongHostIsRefused(String host) throws Exception {
        String answer = get("/open", host);
        // The JDK itself rejects a request without a host.
        assertTrue(List.of(400, 421).contains(status(answer)), answer);
        assertEquals(List.of(), answered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:9999"})
    void aPageOfAnotherOriginIsRefused(String origin) throws Exception {
        refused(403, get("/open", HOST, "Origin: " + origin));
    }

    @Test
    void aMissingTokenIsRefused() throws Exception {
        String answer = get("/things/1", HOST);
        refused(401, answer);
        assertTrue(answer.contains("Www-authenticate: Bearer"), answer);
    }

    @Test
    void anUnknownTokenIsRefused() throws Exception {
        String other = reader.substring(0, reader.length() - 1) + (reader.endsWith("A") ? "B" : "A");
        refused(401, get("/things/1", HOST, bearer(other)));
        refused(401, get("/things/1", HOST, "Authorization: Basic YTpi"));
    }

    @Test
    void anExpiredTokenIsRefused() throws Exception {
        clock.pass(Duration.ofDays(1));
        String answer = get("/things/1", HOST, bearer(reader));
        refused(401, answer);
        assertTrue(answer.contains("expired"), answer);
    }

    @Test
    void aRevokedTokenIsRefused() throws Exception {
        tokens.revoke("reader");
        refused(401, get("/things/1", HOST, bearer(reader)));
    }

    @Test
    void aTokenWithAnotherScopeIsRefused() throws Exception {
        refused(403, ask("POST /things/1", "", HOST, bearer(reader), "Content-Length: 0"));
    }

    @Test
    void anyOfSeveralScopesIsEnough() throws Exception {
        assertEquals(200, status(get("/state", HOST, bearer(reader))));
        assertEquals(
                200,
                status(get("/state", HOST, bearer(token("operator", Scope.ADMIN).secret()))));
        answered.clear();
        String refused = get("/state", HOST, bearer(token("purse", Scope.WALLET).secret()));
        refused(403, refused);
        assertTrue(refused.contains("lacks the scope read or admin"), refused);
        refused(
                403,
                get("/things/1", HOST, bearer(token("operator-2", Scope.ADMIN).secret())));
    }

    @Test
    void whileTheStoreIsLockedNoTokenIsAccepted() throws Exception {
        store.lock();
        refused(503, get("/things/1", HOST, bearer(reader)));
        assertEquals(Store.State.LOCKED, store.state());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 65537", "Transfer-Encoding: chunked"})
    void aBodyThatIsTooLongIsRefused(String length) throws Exception {
        String sender = token("sender", Scope.SEND).secret();
        String body = "a".repeat(Gate.MOST_BODY + 1);
        boolean chunked = length.startsWith("Transfer");
        refused(
                413,
                ask(
                        "POST /things/1",
                        chunked ? Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n" : body,
                        HOST,
                        bearer(sender),
                        length));
    }

    @Test
    void theLongestBodyIsRead() throws Exception {
        String sender = token("sender", Scope.SEND).secret();
        String body = "a".repeat(Gate.MOST_BODY);
        assertEquals(
                200, status(ask("POST /things/1", body, HOST, bearer(sender), "Content-Length: " + body.length())));
    }

    @Test
    void headersThatAreTooLongAreRefused() throws Exception {
        refused(431, get("/open", HOST, "X-Long: " + "a".repeat(Gate.MOST_HEAD)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Length: 0 | Transfer-Encoding: chunked",
                "Content-Length: 0 | Content-Length: 1",
                "Host: localhost | X-Nothing: here",
                "Authorization: Bearer a | Authorization: Bearer b"
            })
    void headersThatContradictEachOtherAreRefused(String one, String other) throws Exception {
        String answer = ask("POST /open", "0\r\n\r\n", HOST, one, other);
        assertEquals(400, status(answer), answer);
        assertEquals(List.of(), answered);
    }

    /** A proxy that interprets one of these differently could let a second request pass unnoticed. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: +5",
                "Content-Length: -5",
                "Content-Length: 0x5",
                "Content-Length: 5, 5",
                "Content-Length: 5 5",
                "Content-Length: 99999999999999999999",
                "Content-Length:",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity",
                "Transfer-Encoding : chunked",
                "Content-Length : 5",
                "Content-Length\t: 5",
                "X Y: z"
            })
    void lengthsAndNamesThatAProxyMayReadOtherwiseAreRefused(String header) throws Exception {
        String answer = ask("POST /open", "0\r\n\r\n", HOST, header);
        assertTrue(answer.isEmpty() || List.of(400, 501).contains(status(answer)), answer);
        assertEquals(List.of(), answered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Slow: ", "Content-Length: 5\r\n\r\nab"})
    void aClientThatIsTooSlowIsDisconnected(String end) throws Exception {
        String sender = bearer(token("sender", Scope.SEND).secret());
        try (Socket socket = connect()) {
            String beginning = "POST /things/1 HTTP/1.1\r\n" + HOST + "\r\n" + sender + "\r\n" + end;
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
            assertTrue(isClosed(socket));
        }
        assertEquals(List.of(), answered);
        assertEquals(200, status(get("/open", HOST)));
    }

    @Test
    void partsOfRequestsTakeNoThreadFromOtherCalls() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            Eventually.that("more requests are read than are answered at once", () -> {
                // Each is disconnected soon.
                sockets.add(connect());
                sockets.get(sockets.size() - 1)
                        .getOutputStream()
                        .write("GET /open HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
                return threads() > Door.CALLS;
            });
            assertEquals(200, status(get("/open", HOST)));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static long threads(Thread.State... states) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(one -> one.getName().equals("partyline-web"))
                .filter(one -> states.length == 0 || List.of(states).contains(one.getState()))
                .count();
    }

    @Test
    void onlySomeCallsAreAnsweredAtOnce() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i <= Door.CALLS; i++) {
                sockets.add(connect());
                sockets.get(i)
                        .getOutputStream()
                        .write(("GET /long HTTP/1.1\r\n" + HOST + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            Eventually.that("each call waits", () -> threads(Thread.State.WAITING) > Door.CALLS);
            assertEquals(Door.CALLS, begun.get());
            end.countDown();
            for (Socket socket : sockets) {
                assertFalse(isClosed(socket));
            }
            assertEquals(Door.CALLS + 1, begun.get());
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void thereAreNoMoreConnectionsThanAllowed() throws Exception {
        int most = Integer.parseInt(ShippedLimits.get("jdk.httpserver.maxConnections"));
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < most; i++) {
                sockets.add(connect());
            }
            try (Socket oneMore = connect()) {
                assertTrue(isClosed(oneMore));
            }
            // Not because nothing is requested: the one before it is still answered.
            Socket last = sockets.get(most - 1);
            last.getOutputStream()
                    .write(("GET /open HTTP/1.1\r\n" + HOST + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertFalse(isClosed(last));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void aTokenThatCallsTooOftenIsToldWhenToTryAgain() throws Exception {
        for (int i = 0; i < RateLimit.BURST; i++) {
            assertEquals(200, status(get("/things/1", HOST, bearer(reader))));
        }
        answered.clear();
        String answer = get("/things/1", HOST, bearer(reader));
        refused(429, answer);
        assertTrue(answer.contains("Retry-after: 1"), answer);
        // Another token is not delayed, and this one is answered again a second later.
        assertEquals(
                200,
                status(get("/things/1", HOST, bearer(token("other", Scope.READ).secret()))));
        clock.pass(Duration.ofSeconds(1));
        assertEquals(200, status(get("/things/1", HOST, bearer(reader))));
    }

    @Test
    void everyAnswerForbidsCachesAndFrames() throws Exception {
        for (String answer : List.of(get("/open", HOST), get("/nothing", HOST), get("/things/1", HOST))) {
            assertTrue(answer.contains("Cache-control: no-store"), answer);
            assertTrue(answer.contains("X-content-type-options: nosniff"), answer);
            assertTrue(answer.contains("Content-security-policy: default-src 'none'; script-src 'self'; "), answer);
            assertTrue(answer.contains("; frame-ancestors 'none'; "), answer);
            assertFalse(answer.contains("unsafe"), answer);
            assertTrue(answer.contains("Referrer-policy: no-referrer"), answer);
            assertTrue(answer.contains("X-accel-buffering: no"), answer);
        }
    }

    @Test
    void anUnknownPathAndMethodAreRefused() throws Exception {
        refused(404, get("/open/", HOST));
        String answer = ask("DELETE /things/1", "", HOST);
        refused(405, answer);
        assertTrue(answer.contains("Allow: GET, HEAD, POST"), answer);
        // The JDK rejects it before this server sees it.
        assertEquals(400, status(get("/things/%zz", HOST, bearer(reader))));
    }

    @Test
    void headIsAnsweredWithoutABody() throws Exception {
        String answer = ask("HEAD /open", "", HOST);
        assertEquals(200, status(answer));
        assertTrue(answer.endsWith("\r\n\r\n"), answer);
    }

    @Test
    void nothingThatAnInternalErrorSaysIsToldOrLogged() throws Exception {
        List<String> answers = new ArrayList<>();
        String log = Logged.during(() -> answers.add(get("/broken", HOST)));
        refused(500, answers.get(0));
        assertFalse(answers.get(0).contains("words"), answers.get(0));
        assertTrue(log.contains("a request could not be answered: IllegalStateException at webserver.DoorTest."), log);
        assertFalse(log.contains("words"), log);
        refused(503, get("/stopped", HOST));
        assertTrue(get("/refused", HOST).contains("\"status\":422,\"detail\":\"the cap is reached\""));
    }

    @Test
    void anAddressThatOthersReachIsRefused() {
        Gate gate = new Gate(new Routes(), tokens, sessions, new RateLimit(clock), Set.of());
        assertThrows(IllegalArgumentException.class, () -> Door.open(new InetSocketAddress("0.0.0.0", 0), gate, clock));
    }
}
