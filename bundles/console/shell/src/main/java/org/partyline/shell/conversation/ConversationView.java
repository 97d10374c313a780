package org.partyline.shell.conversation;

import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.shell.output.JsonValues;

record ConversationView(
        String persona,
        boolean direct,
        String channel,
        int unread,
        int mentions,
        Long readTo,
        boolean muted,
        boolean draft,
        String lastMessage,
        int missing) {
    static ConversationView of(Conversation conversation) {
        return new ConversationView(
                conversation.persona(),
                conversation.direct(),
                conversation.name(),
                conversation.unread(),
                conversation.mentions(),
                conversation.readTo().isPresent() ? conversation.readTo().getAsLong() : null,
                conversation.muted(),
                conversation.draft(),
                JsonValues.iso(conversation.lastMessage().orElse(null)),
                conversation.missing());
    }
}
