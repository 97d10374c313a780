package org.partyline.api.web;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Selection;

/**
 * A program's access, without its secret.
 *
 * @param id its id in the store; never reused
 * @param name its unique name, chosen by the operator
 * @param scopes what it permits
 * @param seen the conversations that it is limited to
 * @param dailySat satoshi that its messages may cost in any 24 hours; empty: only the server's caps apply
 * @param created when it was made
 * @param expires when it stops working; empty for never
 * @param lastUsed when it was last accepted, to the minute; empty for never
 */
public record WebToken(
        String id,
        String name,
        Set<Scope> scopes,
        Selection seen,
        OptionalLong dailySat,
        Instant created,
        Optional<Instant> expires,
        Optional<Instant> lastUsed) {
    public WebToken {
        scopes = Set.copyOf(scopes.isEmpty() ? Set.of() : EnumSet.copyOf(scopes));
    }

    /** Whether it permits access to a conversation. */
    public boolean covers(Conversation conversation) {
        return covers(conversation.persona(), conversation.direct(), conversation.name());
    }

    /** The same for the conversation with this name. */
    public boolean covers(String persona, boolean direct, String name) {
        return seen.has(persona, Conversation.id(persona, direct, name));
    }

    /** Whether it is limited to a persona, or to some conversations. */
    public boolean isLimited() {
        return !seen.isEverything();
    }
}
