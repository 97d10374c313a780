package org.partyline.webserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.partyline.api.PartylineException;
import org.partyline.api.web.LocalHost;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebToken;

/** Decides which requests reach a handler: by host, origin, size, caller, rate and scope. */
final class Gate {
    /** The maximum size of a body in bytes. */
    static final int MOST_BODY = 64 * 1024;
    /** The maximum length of all headers and the path in characters. */
    static final int MOST_HEAD = 16 * 1024;

    private static final String REFUSED = "Not allowed";
    /** RFC 9110, 8.6; the JDK also accepts a sign, and rejects unknown encodings and names. */
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

    private final Routes routes;
    private final Tokens tokens;
    private final BrowserSessions sessions;
    private final RateLimit rate;
    private final Set<String> hosts;

    /** @param hosts accepted host names besides those of this machine, in lower case */
    Gate(Routes routes, Tokens tokens, BrowserSessions sessions, RateLimit rate, Set<String> hosts) {
        this.routes = routes;
        this.tokens = tokens;
        this.sessions = sessions;
        this.rate = rate;
        this.hosts = hosts;
    }

    /**
     * An admitted request and its handler.
     *
     * @param match the handler @param request the request
     */
    record Admitted(Routes.Match match, WebRequest request) {}

    /** @throws WebProblem why it is refused @throws PartylineException if that cannot be decided now */
    Admitted admit(HttpExchange exchange) throws PartylineException, IOException {
        Headers headers = exchange.getRequestHeaders();
        checkHead(exchange);
        String host = checkHost(headers);
        checkOrigin(headers, host);
        // The JDK has rejected invalid encodings.
        Routes.Match match = routes.find(
                exchange.getRequestMethod(), exchange.getRequestURI().getRawPath());
        Set<Scope> scopes = match.route().scopes();
        Map<String, String> single = single(headers);
        Optional<WebToken> token = scopes.isEmpty() ? Optional.empty() : Optional.of(authorise(single, scopes));
        Map<String, String> query = Routes.query(exchange.getRequestURI().getRawQuery());
        return new Admitted(match, new WebRequest(match.path(), query, single, body(exchange), token));
    }

    /** Checks that the caller of an open response is still authorised. @throws PartylineException if it is not */
    void readmit(WebRequest request) throws PartylineException {
        if (request.token().isPresent()
                && !caller(request.headers(), false)
                        .seen()
                        .equals(request.caller().seen())) {
            throw new WebProblem(
                    403, REFUSED, "what this token is limited to was renamed or removed: ask again with the last id");
        }
    }

    private static void checkHead(HttpExchange exchange) throws WebProblem {
        long length = exchange.getRequestURI().toString().length();
        for (Map.Entry<String, List<String>> header :
                exchange.getRequestHeaders().entrySet()) {
            for (String value : header.getValue()) {
                length += header.getKey().length() + value.length();
            }
        }
        if (length > MOST_HEAD) {
            throw new WebProblem(
                    431, "Headers too long", "the path and the headers may have " + MOST_HEAD + " characters in all");
        }
        Headers headers = exchange.getRequestHeaders();
        boolean twoLengths = headers.containsKey("Transfer-Encoding") && headers.containsKey("Content-Length");
        // Lengths that a proxy in front of this server might interpret differently (RFC 9112, 11.2).
        if (twoLengths
                || !LENGTH.matcher(headers.containsKey("Content-Length") ? headers.getFirst("Content-Length") : "0")
                        .matches()
                || isRepeated(headers, "Content-Length")
                || isRepeated(headers, "Host")
                || isRepeated(headers, "Authorization")
                || isRepeated(headers, "Cookie")) {
            throw new WebProblem(400, "Bad request", "a header is malformed, contradicts another one or occurs twice");
        }
    }

    private static boolean isRepeated(Headers headers, String name) {
        List<String> values = headers.get(name);
        return values != null && values.size() > 1;
    }

    /** Accepts any port, since it may be forwarded. */
    private String checkHost(Headers headers) throws WebProblem {
        String host = headers.getFirst("Host");
        if (host == null || !LocalHost.isIn(host) && !isNamed(host)) {
            throw new WebProblem(
                    421,
                    "Wrong host",
                    "use the host 127.0.0.1 or localhost, or add this one to web.hosts in the console");
        }
        return host;
    }

    private boolean isNamed(String host) {
        return hosts.contains(PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT));
    }

    /** A browser sends the origin of the requesting page, which must be ours. */
    private void checkOrigin(Headers headers, String host) throws WebProblem {
        List<String> origins = headers.get("Origin");
        if (origins != null
                && !origins.equals(List.of("http://" + host))
                // A proxy in front of this server may use TLS.
                && !(isNamed(host) && origins.equals(List.of("https://" + host)))) {
            throw new WebProblem(403, REFUSED, "requests from pages of another origin are not allowed");
        }
    }

    /** @param scopes the caller needs one of them */
    private WebToken authorise(Map<String, String> headers, Set<Scope> scopes) throws PartylineException {
        WebToken token = caller(headers, true);
        rate.count(token.id());
        if (Collections.disjoint(token.scopes(), scopes)) {
            throw new WebProblem(
                    403,
                    REFUSED,
                    "this token lacks the scope "
                            + scopes.stream().sorted().map(Scope::word).collect(Collectors.joining(" or ")));
        }
        return token;
    }

    /** A program by its token, otherwise a logged-in browser. @param asks whether this counts as use */
    private WebToken caller(Map<String, String> headers, boolean asks) throws PartylineException {
        List<String> cookies = headers.containsKey("authorization") ? List.of() : SessionRoutes.cookies(headers);
        return cookies.isEmpty()
                ? tokens.bearer(headers.get("authorization"))
                : sessions.caller(cookies, headers.get(SessionRoutes.CSRF_HEADER), asks);
    }

    private static byte[] body(HttpExchange exchange) throws WebProblem, IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY + 1);
        if (body.length > MOST_BODY) {
            throw new WebProblem(413, "Body too long", "a body may have " + MOST_BODY + " bytes");
        }
        return body;
    }

    private static Map<String, String> single(Headers headers) {
        Map<String, String> single = new TreeMap<>();
        headers.forEach((name, values) -> single.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return single;
    }
}
