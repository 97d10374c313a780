package org.partyline.webapi;

import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;

/** Refuses what the limits of a token do not permit. */
final class TokenLimits {
    private static final String REFUSED = "Not allowed";

    private TokenLimits() {}

    /** @param what shows something of every conversation */
    static void requireWhole(WebRequest request, String what) throws WebProblem {
        if (request.caller().isLimited()) {
            throw new WebProblem(
                    403, REFUSED, "this token is limited to some conversations, which " + what + " is not");
        }
    }

    /** @param does what costs something that is not counted */
    static void requireUnlimited(WebRequest request, String does) throws WebProblem {
        if (request.caller().dailySat().isPresent()) {
            throw new WebProblem(
                    403,
                    REFUSED,
                    "a token with a spending limit cannot " + does + ": what that costs is not counted for it");
        }
    }
}
