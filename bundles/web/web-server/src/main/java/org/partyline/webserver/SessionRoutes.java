package org.partyline.webserver;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.api.PartylineException;
import org.partyline.api.json.Json;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebHandler;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/** Logs browsers in and out. */
final class SessionRoutes implements WebHandler {
    /** The header that the page sends in addition to the cookie, in lower case as in a {@link WebRequest}. */
    static final String CSRF_HEADER = "x-csrf-token";

    private static final String PATH = "/session";
    private static final Map<String, String> BROWSERS = browsers();
    private static final Map<String, String> SYSTEMS = systems();
    private static final Pattern PORT = Pattern.compile(":([0-9]{1,5})$");

    private final BrowserSessions sessions;
    private final BiConsumer<String, String> audit;

    /** @param audit records an event with its detail */
    SessionRoutes(BrowserSessions sessions, BiConsumer<String, String> audit) {
        this.sessions = sessions;
        this.audit = audit;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                new Route("POST", PATH, Set.of(), this::login),
                new Route("GET", PATH, Set.of(Scope.READ), SessionRoutes::permitted),
                new Route("DELETE", PATH, Set.of(Scope.READ), this::logout));
    }

    /** The permissions of the page. */
    private static WebResponse permitted(WebRequest request) {
        List<String> scopes =
                request.caller().scopes().stream().sorted().map(Scope::word).toList();
        return WebResponse.json(200, Json.write(Map.of("scopes", scopes)));
    }

    private WebResponse login(WebRequest request) throws PartylineException {
        BrowserSessions.Opened opened = sessions.open(
                new String(request.body(), StandardCharsets.US_ASCII),
                deviceName(request.headers().getOrDefault("user-agent", "")));
        audit.accept("web-login", "browser " + opened.device().id());
        // There is no TLS on the loopback address, but perhaps at a proxy.
        String secure = request.headers().getOrDefault("origin", "").startsWith("https:") ? "; Secure" : "";
        return WebResponse.json(200, Json.write(Map.of("csrf", opened.csrf())))
                .with(
                        "Set-Cookie",
                        cookieName(request.headers()) + "=" + opened.cookie() + "; Path=/; HttpOnly; SameSite=Strict"
                                + secure);
    }

    private WebResponse logout(WebRequest request) throws PartylineException {
        String id = sessions.end(request.caller().id()).id();
        audit.accept("web-logout", "browser " + id);
        return WebResponse.json(200, "{}")
                .with("Set-Cookie", cookieName(request.headers()) + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }

    /**
     * With the port, because browsers share cookies among all ports of a host: tunnels to two servers must not
     * interfere.
     */
    private static String cookieName(Map<String, String> headers) {
        Matcher port = PORT.matcher(headers.getOrDefault("host", ""));
        return "partyline-" + (port.find() ? port.group(1) : "80");
    }

    /**
     * The valid values of the cookie. There may be several: a page of another port of this host can set one of the same
     * name, which the browser sends first. @param headers by name in lower case
     */
    static List<String> cookies(Map<String, String> headers) {
        String prefix = cookieName(headers) + "=";
        return Arrays.stream(headers.getOrDefault("cookie", "").split(";"))
                .map(String::strip)
                .filter(pair -> pair.startsWith(prefix))
                .map(pair -> pair.substring(prefix.length()))
                .filter(value -> Secret.FORM.matcher(value).matches())
                .toList();
    }

    /** Only known words of the browser's user agent: no other text of the sender reaches the console. */
    static String deviceName(String userAgent) {
        return word(BROWSERS, userAgent, "A browser") + word(SYSTEMS, userAgent, "");
    }

    private static String word(Map<String, String> words, String userAgent, String otherwise) {
        return words.entrySet().stream()
                .filter(one -> userAgent.contains(one.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    /** In this order, since each browser's user agent also contains the words of those after it. */
    private static Map<String, String> browsers() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("Firefox/", "Firefox");
        words.put("Edg/", "Edge");
        words.put("Chrome/", "Chrome");
        words.put("Safari/", "Safari");
        return words;
    }

    private static Map<String, String> systems() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("Android", " on Android");
        words.put("iPhone", " on iPhone");
        words.put("iPad", " on iPad");
        words.put("Windows", " on Windows");
        words.put("Mac OS", " on macOS");
        words.put("Linux", " on Linux");
        return words;
    }
}
