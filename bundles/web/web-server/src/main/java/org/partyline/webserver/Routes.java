package org.partyline.webserver;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.web.WebHandler;
import org.partyline.api.web.WebHandler.Route;
import org.partyline.api.web.WebProblem;

/** Finds the handler of a path. If two handlers have the same path, the first one is used. */
final class Routes {
    private final List<WebHandler> handlers = new CopyOnWriteArrayList<>();

    /**
     * A handler, and the values of the path's parameters.
     *
     * @param path the values of the braces
     */
    record Match(Route route, Map<String, String> path) {}

    void add(WebHandler handler) {
        handlers.add(handler);
    }

    void remove(WebHandler handler) {
        handlers.remove(handler);
    }

    /**
     * @param rawPath as it was sent: a slash within a segment is encoded
     * @throws WebProblem if there is no handler for it, or not for this method
     */
    Match find(String method, String rawPath) throws WebProblem {
        List<Match> matches = new ArrayList<>();
        for (WebHandler handler : handlers) {
            for (Route route : handler.routes()) {
                match(route, rawPath).ifPresent(matches::add);
            }
        }
        if (matches.isEmpty()) {
            throw new WebProblem(404, "Not found", "there is nothing at this path: see /v1/openapi.json");
        }
        // A GET route also answers HEAD.
        String wanted = method.equals("HEAD") ? "GET" : method;
        TreeSet<String> allowed = new TreeSet<>();
        for (Match match : matches) {
            if (match.route().method().equals(wanted)) {
                return match;
            }
            allowed.add(match.route().method());
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        throw new WebProblem(
                405,
                "Method not allowed",
                "this path allows " + String.join(", ", allowed) + " only",
                Map.of("Allow", String.join(", ", allowed)));
    }

    private static Optional<Match> match(Route route, String rawPath) {
        String[] wanted = route.path().split("/", -1);
        String[] given = rawPath.split("/", -1);
        if (wanted.length != given.length) {
            return Optional.empty();
        }
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                String value = decode(given[i]);
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                found.put(wanted[i].substring(1, wanted[i].length() - 1), value);
            } else if (!wanted[i].equals(given[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(new Match(route, found));
    }

    /** A plus sign in a path is literal. */
    private static String decode(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** @param rawQuery null: none */
    static Map<String, String> query(String rawQuery) {
        Map<String, String> found = new HashMap<>();
        if (rawQuery != null) {
            for (String pair : rawQuery.split("&")) {
                String[] parts = pair.split("=", 2);
                if (!parts[0].isEmpty()) {
                    found.put(
                            URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                            parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
                }
            }
        }
        return found;
    }
}
