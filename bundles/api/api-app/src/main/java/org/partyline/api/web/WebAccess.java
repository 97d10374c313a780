package org.partyline.api.web;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;

/**
 * Manages access to the web server: tokens, and browsers that are logged in. A service while the web server runs.
 * Tokens need an open store.
 */
@ProviderType
public interface WebAccess {
    /** The address that it listens on. @throws PartylineException why it does not listen, and what to do */
    URI address() throws PartylineException;

    /**
     * Creates a token.
     *
     * @throws PartylineException if the name is in use or not allowed, or the store is not open
     */
    Created create(Wanted wanted) throws PartylineException;

    /** All tokens by name, including expired ones. */
    List<WebToken> tokens() throws PartylineException;

    /** Removes a token; from then on it is refused. @throws PartylineException if there is none of that name */
    WebToken revoke(String name) throws PartylineException;

    /**
     * The address of the page with a secret that lets one browser log in once within a few minutes.
     *
     * @param scopes what that browser may do
     * @throws PartylineException if the store is not open, or too many browsers are logged in
     */
    URI login(Set<Scope> scopes) throws PartylineException;

    /** The browsers that are logged in, the oldest first. */
    List<WebDevice> devices();

    /** Logs a browser out. @throws PartylineException if none of that id is logged in */
    WebDevice logout(String id) throws PartylineException;

    /** Logs all browsers out, and invalidates unused links. @return those that were logged in */
    List<WebDevice> logoutAll();

    /**
     * The parameters of a new token.
     *
     * @param name 1 to 32 letters, digits, dots, underscores and hyphens
     * @param scopes at least one
     * @param seen the conversations that it is limited to
     * @param dailySat satoshi that its messages may cost in any 24 hours; empty: only the server's caps apply
     * @param expires empty: never
     */
    record Wanted(String name, Set<Scope> scopes, Selection seen, OptionalLong dailySat, Optional<Instant> expires) {}

    /**
     * A new token.
     *
     * @param secret what the program sends; shown once, since only its hash is stored
     * @param token the token
     */
    record Created(String secret, WebToken token) {
        /** Does not show the secret. */
        @Override
        public String toString() {
            return "Created[" + token.name() + "]";
        }
    }
}
