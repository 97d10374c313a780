package org.partyline.chat.model;

import java.util.List;
import java.util.Set;

/**
 * The contents of the status line. All texts are safe to paint.
 *
 * @param store whether the store is open
 * @param ready names of the nodes that are ready
 * @param nodes how many there are
 * @param fee the rate, such as {@code 1.2 sat/vB}; empty: no node tells
 * @param cipher that seals next; empty: none may
 * @param cover of this persona, such as {@code one in 5 m}; empty: there is none
 * @param carriers that are here
 * @param away what is not there, one line each
 * @param height of the chain of the open conversation's network, from which confirmations are counted; 0: no node tells
 * @param warnings what the server warns of for as long as it is so, briefly: {@code status} has all of it
 */
public record Status(
        Store store,
        Set<String> ready,
        int nodes,
        String fee,
        String cipher,
        String cover,
        List<String> carriers,
        List<String> away,
        int height,
        List<String> warnings) {
    /** Whether the store is open, locked or missing. */
    public enum Store {
        /** Not looked yet. */
        UNKNOWN,
        /** Open. */
        OPEN,
        /** Locked. */
        LOCKED,
        /** There is none yet, or no service that knows. */
        NONE
    }

    /** Before the first look. */
    public static final Status UNKNOWN =
            new Status(Store.UNKNOWN, Set.of(), 0, "", "", "", List.of(), List.of(), 0, List.of());

    public Status {
        ready = Set.copyOf(ready);
        carriers = List.copyOf(carriers);
        away = List.copyOf(away);
        warnings = List.copyOf(warnings);
    }
}
