package org.partyline.webapi;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;

/** The body of a request to send; missing fields are null, a missing text is empty. */
record SendBody(
        String text,
        @Nullable Integer ttlMinutes,
        @Nullable Boolean burn,
        @Nullable Boolean sign,
        @Nullable String carrier,
        @Nullable String via,
        @Nullable Long replyTo,
        @Nullable Boolean dryRun) {
    SendBody {
        text = text == null ? "" : text;
    }

    /** @throws WebProblem if it does not have the documented form; says where, without repeating its text */
    static SendBody read(WebRequest request) throws WebProblem {
        SendBody read = Body.read(request, SendBody.class);
        if (read.text().isEmpty()) {
            throw Body.wrong("the body has no text: send a JSON object with the field text");
        }
        return read;
    }

    boolean isDryRun() {
        return Boolean.TRUE.equals(dryRun);
    }

    /** @throws WebProblem if a value is invalid */
    Send to(Conversation conversation) throws WebProblem {
        try {
            return new Send(
                    Optional.of(conversation.persona()),
                    conversation.direct(),
                    conversation.name(),
                    text,
                    Optional.ofNullable(ttlMinutes).map(Duration::ofMinutes),
                    Boolean.TRUE.equals(burn),
                    Boolean.TRUE.equals(sign),
                    Optional.ofNullable(via),
                    Optional.ofNullable(carrier).map(Carrier::new),
                    replyTo == null ? OptionalLong.empty() : OptionalLong.of(replyTo));
        } catch (IllegalArgumentException e) {
            throw Body.wrong("carrier: " + e.getMessage());
        }
    }

    /** Does not show the text. */
    @Override
    public String toString() {
        return "SendBody";
    }
}
