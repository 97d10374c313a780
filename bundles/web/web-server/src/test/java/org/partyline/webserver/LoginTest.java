package org.partyline.webserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.webserver.RawHttp.status;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebEvents;
import org.partyline.api.web.WebHandler;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebResponse;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

/** A browser logs in with a link and is answered until its session ends, over a real connection. */
class LoginTest {
    private static final String HOST = "Host: 127.0.0.1:9480";
    private static final String CHROME = "User-Agent: Mozilla/5.0 (Linux; Android 14) Chrome/156.0 Safari/537.36";

    private final HandSetClock clock = new HandSetClock();
    private final MemoryStore store = MemoryStore.open();
    private final BrowserSessions sessions = new BrowserSessions(() -> store, clock, new SecureRandom());
    private final List<String> callers = new ArrayList<>();
    private final List<String> audit = new ArrayList<>();
    /** How often a stream has checked for events. */
    private final AtomicInteger rounds = new AtomicInteger();

    private Door door;
    private RawHttp http;

    /** The secrets of a logged-in browser. */
    private record Browser(String cookie, String csrf) {
        String[] headers() {
            return new String[] {HOST, "Cookie: " + cookie, "X-CSRF-Token: " + csrf, "Content-Length: 0"};
        }
    }

    /** A source without events. */
    private final class Silent implements WebEvents {
        @Override
        public List<Event> next(Duration most) {
            rounds.incrementAndGet();
            return List.of();
        }

        @Override
        public void close() {}
    }

    private static final Set<Scope> TALK = Set.of(Scope.READ, Scope.SEND);

    @BeforeEach
    void open() throws IOException {
        Routes routes = new Routes();
        routes.add(new SessionRoutes(sessions, (event, detail) -> audit.add(event)));
        routes.add(() -> List.of(
                route("GET", "/read", Scope.READ),
                route("POST", "/send", Scope.SEND),
                route("POST", "/admin", Scope.ADMIN),
                new WebHandler.Route(
                        "GET", "/events", Set.of(Scope.READ), request -> WebResponse.stream(new Silent()))));
        Tokens tokens = new Tokens(() -> store, new Names()::service, clock, new SecureRandom());
        door = Door.open(
                RawHttp.loopback(),
                new Gate(routes, tokens, sessions, new RateLimit(clock), Set.of("talk.example.org")),
                clock);
        http = new RawHttp(door);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private WebHandler.Route route(String method, String path, Scope scope) {
        return new WebHandler.Route(method, path, Set.of(scope), request -> {
            callers.add(request.caller().id());
            return WebResponse.json(200, "{}");
        });
    }

    private String post(String secret, String... more) throws IOException {
        List<String> headers = new ArrayList<>(List.of(more));
        headers.add("Content-Length: " + secret.length());
        return http.ask("POST /session", secret, headers.toArray(String[]::new));
    }

    private Browser login() throws PartylineException, IOException {
        String answer = post(sessions.link(TALK), HOST, "Origin: http://127.0.0.1:9480", CHROME);
        assertEquals(200, status(answer), answer);
        return browser(answer);
    }

    private static Browser browser(String answer) {
        Matcher cookie = Pattern.compile("Set-cookie: (partyline-9480=[A-Za-z0-9_-]{43})(; .*)")
                .matcher(answer);
        assertTrue(cookie.find(), answer);
        assertEquals("; Path=/; HttpOnly; SameSite=Strict", cookie.group(2).strip());
        Matcher csrf = Pattern.compile("\"csrf\":\"([A-Za-z0-9_-]{43})\"").matcher(answer);
        assertTrue(csrf.find(), answer);
        return new Browser(cookie.group(1), csrf.group(1));
    }

    @Test
    void behindAProxyWithTlsTheCookieDoesNotGoWithoutIt() throws Exception {
        String answer = post(sessions.link(TALK), "Host: talk.example.org", "Origin: https://talk.example.org", CHROME);
        assertTrue(answer.contains("; Path=/; HttpOnly; SameSite=Strict; Secure"), answer);
    }

    @Test
    void aLinkOfAnOperatorPermitsMore() throws Exception {
        Browser browser =
                browser(post(sessions.link(EnumSet.allOf(Scope.class)), HOST, "Origin: http://127.0.0.1:9480", CHROME));
        assertEquals(200, status(http.ask("POST /admin", "", browser.headers())));
        String permitted = http.get("/session", browser.headers());
        assertTrue(permitted.contains("[\"read\",\"send\",\"wallet\",\"admin\"]"), permitted);
    }

    private int read(Browser browser) throws IOException {
        return status(http.get("/read", browser.headers()));
    }

    private void refused(int status, String answer) {
        assertEquals(status, status(answer), answer);
        assertEquals(List.of(), callers);
    }

    @Test
    void aBrowserThatIsLoggedInReadsAndSendsAndDoesNothingElse() throws Exception {
        Browser browser = login();
        assertEquals(200, read(browser));
        assertEquals(200, status(http.ask("POST /send", "", browser.headers())));
        assertEquals(403, status(http.ask("POST /admin", "", browser.headers())));
        String permitted = http.get("/session", browser.headers());
        assertTrue(permitted.contains("{\"scopes\":[\"read\",\"send\"]}"), permitted);
        String id = sessions.list().get(0).id();
        assertEquals(List.of(id, id), callers);
        assertEquals("Chrome on Android", sessions.list().get(0).name());
    }

    @Test
    void aLinkLogsOneBrowserIn() throws Exception {
        String secret = sessions.link(TALK);
        assertEquals(200, status(post(secret, HOST)));
        refused(401, post(secret, HOST));
        assertEquals(1, sessions.list().size());
    }

    @Test
    void aLinkExpires() throws Exception {
        String secret = sessions.link(TALK);
        clock.pass(BrowserSessions.LINK_LASTS.minusSeconds(1));
        assertEquals(200, status(post(secret, HOST)));
        String late = sessions.link(TALK);
        clock.pass(BrowserSessions.LINK_LASTS);
        refused(401, post(late, HOST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void whatIsNoLinkIsRefused(String secret) throws Exception {
        sessions.link(TALK);
        refused(401, post(secret, HOST));
    }

    @ParameterizedTest
    @CsvSource({"Host: evil.example, X-Nothing: here, 421", HOST + ", Origin: http://evil.example, 403"})
    void noPageOfAnotherHostOrOriginLogsIn(String host, String other, int refusal) throws Exception {
        String secret = sessions.link(TALK);
        refused(refusal, post(secret, host, other));
        // The link is still valid.
        assertEquals(200, status(post(secret, HOST)));
    }

    @Test
    void aCookieAloneIsWorthless() throws Exception {
        Browser browser = login();
        Browser other = login();
        String cookie = "Cookie: " + browser.cookie();
        refused(401, http.get("/read", HOST, cookie));
        refused(401, http.get("/read", HOST, cookie, "X-CSRF-Token: " + other.csrf()));
        refused(401, http.ask("POST /send", "", HOST, cookie, "Content-Length: 0"));
        refused(401, http.ask("DELETE /session", "", HOST, cookie));
        refused(401, http.get("/read", HOST, "X-CSRF-Token: " + browser.csrf()));
        assertEquals(2, sessions.list().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "http://127.0.0.1:9481", "null"})
    void aPageOfAnotherOriginIsRefusedWithTheCookieToo(String origin) throws Exception {
        List<String> headers = new ArrayList<>(List.of(login().headers()));
        headers.add("Origin: " + origin);
        refused(403, http.ask("POST /send", "", headers.toArray(String[]::new)));
    }

    @Test
    void aWrongHostIsRefusedWithTheCookieToo() throws Exception {
        String[] headers = login().headers();
        headers[0] = "Host: evil.example:9480";
        refused(421, http.get("/read", headers));
    }

    @Test
    void cookiesOfServersOnOtherPortsAreLeftAlone() throws Exception {
        Browser browser = login();
        String foreign = browser.cookie().replace("partyline-9480", "partyline-9481");
        String csrf = "X-CSRF-Token: " + browser.csrf();
        refused(401, http.get("/read", HOST, "Cookie: " + foreign, csrf));
        refused(401, http.get("/read", "Host: 127.0.0.1:9481", "Cookie: " + browser.cookie(), csrf));
        assertEquals(
                200,
                status(http.get(
                        "/read",
                        HOST,
                        "Cookie: a=b; partyline-9481=x; " + browser.cookie(),
                        "X-CSRF-Token: " + browser.csrf())));
    }

    /** A page of another port of the host can set it, and the browser sends it first. */
    @Test
    void aForeignCookieOfTheSameNameLocksNobodyOut() throws Exception {
        Browser browser = login();
        String foreign = "Cookie: partyline-9480=" + "A".repeat(43);
        String csrf = "X-CSRF-Token: " + browser.csrf();
        refused(401, http.get("/read", HOST, foreign, csrf));
        assertEquals(200, status(http.get("/read", HOST, foreign + "; " + browser.cookie(), csrf)));
    }

    @Test
    void aSessionEndsAfterAnIdleTime() throws Exception {
        Browser browser = login();
        for (int i = 0; i < 3; i++) {
            clock.pass(BrowserSessions.IDLE.minusSeconds(1));
            assertEquals(200, read(browser));
        }
        callers.clear();
        clock.pass(BrowserSessions.IDLE);
        refused(401, http.get("/read", browser.headers()));
        assertEquals(List.of(), sessions.list());
    }

    @Test
    void aClockThatIsSetBackKeepsNobodyLoggedIn() throws Exception {
        Browser browser = login();
        String secret = sessions.link(TALK);
        clock.pass(Duration.ofSeconds(-5));
        assertEquals(200, read(browser), "clocks are corrected by seconds all the time");
        callers.clear();
        clock.pass(Duration.ofDays(-1));
        refused(401, http.get("/read", browser.headers()));
        refused(401, post(secret, HOST));
        assertEquals(List.of(), sessions.list());
    }

    @Test
    void aLockEndsEverySession() throws Exception {
        Browser browser = login();
        store.lock();
        String answer = http.get("/read", browser.headers());
        refused(503, answer);
        assertTrue(answer.contains("\"title\":\"Store locked\""), answer);
        assertThrows(StoreLockedException.class, () -> sessions.link(TALK));
        store.unlock(MemoryStore.PASSPHRASE.toCharArray());
        refused(401, http.get("/read", browser.headers()));
    }

    /** The page goes blank at this refusal only, and at that of a locked store. */
    @Test
    void aStoppedStoreEndsEverySession() throws Exception {
        AtomicReference<MemoryStore> running = new AtomicReference<>(store);
        BrowserSessions some = new BrowserSessions(running::get, clock, new SecureRandom());
        BrowserSessions.Opened opened = some.open(some.link(TALK), "a browser");
        List<MemoryStore> states = new ArrayList<>();
        states.add(null);
        states.add(store);
        for (MemoryStore state : states) {
            running.set(state);
            assertEquals(
                    401,
                    assertThrows(WebProblem.class, () -> some.caller(List.of(opened.cookie()), opened.csrf(), true))
                            .status());
        }
    }

    @Test
    void whereThereIsNoStoreALoginSaysHowToCreateOne() {
        MemoryStore none = new MemoryStore();
        assertEquals(
                "there is no store yet: create one with partyline:setup",
                assertThrows(
                                StoreLockedException.class,
                                () -> new BrowserSessions(() -> none, clock, new SecureRandom()).link(TALK))
                        .getMessage());
    }

    @Test
    void aLockThatNoRequestMetEndsSessionsAndLinks() throws Exception {
        Browser browser = login();
        String unused = sessions.link(TALK);
        assertEquals(1, sessions.endAll().size());
        refused(401, http.get("/read", browser.headers()));
        refused(401, post(unused, HOST));
    }

    @Test
    void anAnswerThatGoesOnEndsWithItsSession() throws Exception {
        Browser browser = login();
        try (Socket socket = http.connect()) {
            socket.getOutputStream()
                    .write(("GET /events HTTP/1.1\r\n" + String.join("\r\n", browser.headers()) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', socket.getInputStream().read());
            // A stream does not count as use of the session, and does not keep it alive.
            clock.pass(BrowserSessions.IDLE.minusSeconds(1));
            int before = rounds.get();
            Eventually.that("the stream checked its session", () -> rounds.get() > before + 1);
            clock.pass(Duration.ofSeconds(1));
            String rest = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(rest.startsWith("TTP/1.1 200"), rest);
        }
        refused(401, http.get("/read", browser.headers()));
    }

    @Test
    void aBrowserLogsItselfOut() throws Exception {
        Browser browser = login();
        Browser other = login();
        String answer = http.ask("DELETE /session", "", browser.headers());
        assertEquals(200, status(answer), answer);
        assertTrue(
                answer.contains("Set-cookie: partyline-9480=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"), answer);
        refused(401, http.get("/read", browser.headers()));
        assertEquals(200, read(other));
        assertEquals(List.of("web-login", "web-login", "web-logout"), audit);
    }

    @Test
    void theOperatorEndsOneSession() throws Exception {
        Browser browser = login();
        Browser other = login();
        sessions.end(sessions.list().get(0).id());
        refused(401, http.get("/read", browser.headers()));
        assertEquals(200, read(other));
        assertThrows(PartylineException.class, () -> sessions.end("00000000"));
    }

    @Test
    void aSessionThatCallsTooOftenIsSlowedDown() throws Exception {
        Browser browser = login();
        for (int i = 0; i < RateLimit.BURST; i++) {
            assertEquals(200, read(browser));
        }
        assertEquals(429, read(browser));
    }

    @Test
    void thereAreNoMoreSessionsAndLinksThanAllowed() throws Exception {
        String first = sessions.link(TALK);
        for (int i = 0; i < BrowserSessions.MOST; i++) {
            login();
        }
        assertTrue(assertThrows(PartylineException.class, () -> sessions.link(TALK))
                .getMessage()
                .contains("web-logout"));
        refused(401, post(first, HOST));
        assertEquals(BrowserSessions.MOST, sessions.list().size());
    }

    @Test
    void nothingThatABrowserSaysOfItselfReachesTheConsole() {
        assertEquals("Firefox on Linux", SessionRoutes.deviceName("Mozilla/5.0 (X11; Linux) Gecko Firefox/140.0"));
        assertEquals("A browser", SessionRoutes.deviceName("\u001b[31mred"));
    }

    @Test
    void secretsAreNotShown() throws Exception {
        BrowserSessions.Opened opened = sessions.open(sessions.link(TALK), "a browser");
        assertFalse(
                opened.toString().contains(opened.csrf()) || opened.toString().contains(opened.cookie()));
    }
}
