package org.partyline.api.web;

import java.util.Map;
import java.util.Optional;

/**
 * A request that passed all checks.
 *
 * @param path what the braces of the route matched, by their names, decoded
 * @param query parameters, decoded; the last one of a name counts
 * @param headers by their names in lower case
 * @param body empty when there is none
 * @param token what the caller may do, a program or a browser that is logged in; empty only for a route that needs none
 */
public record WebRequest(
        Map<String, String> path,
        Map<String, String> query,
        Map<String, String> headers,
        byte[] body,
        Optional<WebToken> token) {
    public WebRequest {
        path = Map.copyOf(path);
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    /** The caller's token. @throws IllegalStateException on a route that needs none */
    public WebToken caller() {
        return token.orElseThrow(() -> new IllegalStateException("this route needs no token"));
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "WebRequest";
    }
}
