package org.partyline.webapi;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebToken;

/** Refuses requests that exceed a token's limits. */
final class TokenLimits {
    private static final String REFUSED = "Not allowed";
    /** In texts that name a node or a wallet. */
    private static final Pattern SERVER = Pattern.compile("\\b(node|wallet)");

    private TokenLimits() {}

    /** @param what the part of the request that concerns the whole server */
    static void requireWhole(WebRequest request, String what) throws WebProblem {
        if (request.caller().isLimited()) {
            throw beyond(what);
        }
    }

    /**
     * The persona that a request is about.
     *
     * @param named the persona in the request; empty if none
     * @param what the part of the request that concerns the whole persona
     * @return empty: none, and the token is not limited to one
     */
    static Optional<String> persona(WebRequest request, Optional<String> named, String what) throws WebProblem {
        Selection seen = request.caller().seen();
        if (!seen.ids().isEmpty()) {
            throw beyond(what);
        }
        if (seen.persona().isPresent() && named.isPresent() && !named.equals(seen.persona())) {
            throw new WebProblem(404, "Not found", "there is no such persona, or this token does not cover it");
        }
        return seen.persona().or(() -> named);
    }

    private static WebProblem beyond(String what) {
        return new WebProblem(
                403, REFUSED, "this token is limited to a persona or some conversations, and does not permit " + what);
    }

    /** Whether a caller may know the names of the server's nodes and wallets, which the status shows. */
    static boolean seesServer(WebToken caller) {
        return !caller.isLimited() && !Collections.disjoint(caller.scopes(), Set.of(Scope.READ, Scope.ADMIN));
    }

    /** An exception as a caller may see it. */
    static PartylineException seen(WebToken caller, PartylineException e) {
        boolean hides = !seesServer(caller)
                && !(e instanceof WebProblem)
                && SERVER.matcher(String.valueOf(e.getMessage())).find();
        return hides
                ? new WebProblem(
                        422, "Refused", "a node or a wallet does not allow it: the operator of this server can see why")
                : e;
    }

    /** @param does the action, whose cost is not counted */
    static void requireUnlimited(WebRequest request, String does) throws WebProblem {
        if (request.caller().dailySat().isPresent()) {
            throw new WebProblem(
                    403,
                    REFUSED,
                    "a token with a spending limit cannot " + does + ": what that costs is not counted for it");
        }
    }
}
