package org.partyline.api.web;

import java.util.Map;
import java.util.Optional;

/**
 * A request that passed all checks.
 *
 * @param path what the braces of the route matched, by name, decoded
 * @param query parameters, decoded; the last one of a name counts
 * @param headers by name in lower case
 * @param body empty if there is none
 * @param token the permissions of the caller, a program or a logged-in browser; empty only for a route that needs none
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

    /** The caller's token. @throws IllegalStateException if the route needs none */
    public WebToken caller() {
        return token.orElseThrow(() -> new IllegalStateException("this route needs no token"));
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "WebRequest";
    }
}
