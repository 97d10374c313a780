package org.partyline.chat.model;

import java.util.List;
import java.util.Set;

/**
 * The contents of the status line. All texts are safe to paint.
 *
 * @param store whether the store is open
 * @param ready names of the ready nodes
 * @param nodes the number of nodes
 * @param fee the fee rate, such as {@code 1.2 sat/vB}; empty if no node reports one
 * @param cipher the next one to seal with; empty if none is allowed
 * @param cover of this persona, such as {@code one in 5 m}; empty if there is none
 * @param carriers the available ones
 * @param away the unavailable services, one line each
 * @param height of the chain of the open conversation's network, from which confirmations are counted; 0 if no node
 *     reports it
 * @param warnings the server's present warnings, shortened: {@code status} shows them in full
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
        /** Not checked yet. */
        UNKNOWN,
        /** Open. */
        OPEN,
        /** Locked. */
        LOCKED,
        /** There is none yet, or no service that knows. */
        NONE
    }

    /** Before the first check. */
    public static final Status UNKNOWN =
            new Status(Store.UNKNOWN, Set.of(), 0, "", "", "", List.of(), List.of(), 0, List.of());

    public Status {
        ready = Set.copyOf(ready);
        carriers = List.copyOf(carriers);
        away = List.copyOf(away);
        warnings = List.copyOf(warnings);
    }
}
