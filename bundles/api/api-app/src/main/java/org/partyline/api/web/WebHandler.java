package org.partyline.api.web;

import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;

/**
 * Answers requests under given paths. A service; any bundle may offer one. The web server has checked host, origin,
 * size, token and scope before it calls a handler. Thread-safe.
 */
@ConsumerType
public interface WebHandler {
    /** Its routes; the same every time. */
    List<Route> routes();

    /**
     * A method and a path.
     *
     * @param method {@code GET}, {@code POST} or {@code DELETE}
     * @param path begins with a slash; a segment in braces matches any one, as in {@code /v1/conversations/{id}}
     * @param scopes the caller needs one of them; empty: anyone who can reach the server
     * @param action answers the request
     */
    record Route(String method, String path, Set<Scope> scopes, Action action) {
        public Route {
            scopes = Set.copyOf(scopes);
        }
    }

    /** Answers a request. */
    @FunctionalInterface
    @ConsumerType
    interface Action {
        /**
         * @throws WebProblem the problem with the request, as reported to its sender
         * @throws PartylineException a request that the server cannot fulfil now: its message is shown, with status
         *     422, or 503 while the store is not open
         */
        WebResponse answer(WebRequest request) throws PartylineException;
    }
}
