package org.partyline.api.web;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A program's access, without its secret.
 *
 * @param id names it in the store; never given to another token
 * @param name by which the operator knows it, unique
 * @param scopes what it permits
 * @param conversations ids of the conversations that it is limited to; empty: all of them
 * @param dailySat satoshi that its messages may cost in any 24 hours; empty: only the server's caps apply
 * @param created when it was made
 * @param expires when it stops working; empty: never
 * @param lastUsed when it was accepted last, to the minute; empty: never
 */
public record WebToken(
        String id,
        String name,
        Set<Scope> scopes,
        List<String> conversations,
        OptionalLong dailySat,
        Instant created,
        Optional<Instant> expires,
        Optional<Instant> lastUsed) {
    public WebToken {
        scopes = Set.copyOf(scopes.isEmpty() ? Set.of() : EnumSet.copyOf(scopes));
        conversations = List.copyOf(conversations);
    }

    /** Whether it permits access to a conversation. @param conversation its id */
    public boolean covers(String conversation) {
        return conversations.isEmpty() || conversations.contains(conversation);
    }

    /** Whether it is limited to some conversations. */
    public boolean isLimited() {
        return !conversations.isEmpty();
    }
}
