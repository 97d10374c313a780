package org.partyline.api.json;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Conversations.Conversation;

/** A conversation, as {@code conversation-list --json} prints it. */
public record ConversationView(
        String persona,
        boolean direct,
        String channel,
        int unread,
        int mentions,
        @Nullable Long readTo,
        boolean muted,
        boolean draft,
        @Nullable String lastMessage,
        int missing,
        String id) {
    /** Returns what is shown of it. */
    public static ConversationView of(Conversation conversation) {
        return new ConversationView(
                conversation.persona(),
                conversation.direct(),
                conversation.name(),
                conversation.unread(),
                conversation.mentions(),
                conversation.readTo().isPresent() ? conversation.readTo().getAsLong() : null,
                conversation.muted(),
                conversation.draft(),
                JsonValues.iso(conversation.lastMessage()),
                conversation.missing(),
                conversation.id());
    }

    /** Several conversations, as {@code conversation-list --json} prints them. */
    public record All(List<ConversationView> conversations) {
        /** In the given order. */
        public static All of(List<Conversation> conversations) {
            return new All(conversations.stream().map(ConversationView::of).toList());
        }
    }
}
