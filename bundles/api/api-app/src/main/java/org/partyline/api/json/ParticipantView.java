package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Conversations.Participant;

/** A sender heard in a channel, as in docs/schemas/channel-who.json. */
public record ParticipantView(
        @Nullable String nickname,
        @Nullable String contact,
        @Nullable String trust,
        int messages,
        int signed,
        int chains,
        @Nullable String lastHeard) {
    /** Returns what is shown of it. */
    public static ParticipantView of(Participant one) {
        return new ParticipantView(
                JsonValues.orNull(one.nickname()),
                one.contact().orElse(null),
                one.trust().map(JsonValues::word).orElse(null),
                one.messages(),
                one.signed(),
                one.chains(),
                JsonValues.iso(one.lastHeard()));
    }
}
