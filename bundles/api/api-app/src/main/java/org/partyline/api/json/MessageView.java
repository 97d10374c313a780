package org.partyline.api.json;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.Doubt;
import org.partyline.api.engine.Messages.Gap;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Quote;
import org.partyline.api.engine.Messages.Reaction;
import org.partyline.api.engine.Messages.State;

/** A message, as in docs/schemas/types.json. */
public record MessageView(
        long id,
        String persona,
        boolean direct,
        String channel,
        String direction,
        @Nullable String sender,
        boolean legacy,
        boolean burn,
        @Nullable String text,
        String sent,
        String arrived,
        String expires,
        @Nullable Integer sequence,
        List<String> transactions,
        @Nullable Integer block,
        @Nullable Integer confirmations,
        @Nullable String state,
        boolean notice,
        @Nullable String signedBy,
        boolean reply,
        @Nullable QuoteView quote,
        @Nullable String edited,
        List<ReactionView> reactions,
        boolean mentioned,
        @Nullable GapView gap,
        @Nullable String delivered,
        @Nullable String read,
        @Nullable String doubt) {
    /** Returns what is shown of a message. */
    public static MessageView of(Message message) {
        return new MessageView(
                message.id(),
                message.persona(),
                message.direct(),
                message.channel(),
                message.outgoing() ? "out" : "in",
                JsonValues.orNull(message.sender()),
                message.legacy(),
                message.burn(),
                message.text().orElse(null),
                JsonValues.iso(message.sent()),
                JsonValues.iso(message.arrived()),
                JsonValues.iso(message.expires()),
                message.sequence().isPresent() ? message.sequence().getAsInt() : null,
                message.transactions().stream().map(TxId::toString).toList(),
                JsonValues.orNull(message.block()),
                JsonValues.orNull(message.confirmations()),
                message.state().map(State::word).orElse(null),
                message.notice(),
                message.signedBy().orElse(null),
                message.remarks().reply(),
                message.remarks().quote().map(QuoteView::of).orElse(null),
                JsonValues.iso(message.remarks().edited()),
                message.remarks().reactions().stream().map(ReactionView::of).toList(),
                message.remarks().mentioned(),
                message.gap().map(GapView::of).orElse(null),
                JsonValues.iso(message.remarks().delivered()),
                JsonValues.iso(message.remarks().read()),
                message.doubt() == Doubt.NONE ? null : JsonValues.word(message.doubt()));
    }

    /** A gap: missing messages of one sender. */
    public record GapView(int most, int first, int last, boolean mayArrive) {
        static GapView of(Gap gap) {
            return new GapView(gap.most(), gap.first(), gap.last(), gap.mayArrive());
        }
    }

    /** The message that another one replies to. */
    public record QuoteView(
            long id,
            String direction,
            @Nullable String sender,
            @Nullable String text) {
        static QuoteView of(Quote quote) {
            return new QuoteView(
                    quote.id(),
                    quote.outgoing() ? "out" : "in",
                    JsonValues.orNull(quote.sender()),
                    JsonValues.orNull(quote.text()));
        }
    }

    /** A reaction to a message. */
    public record ReactionView(
            String reaction,
            String direction,
            @Nullable String sender,
            @Nullable String signedBy) {
        static ReactionView of(Reaction reaction) {
            return new ReactionView(
                    reaction.reaction(),
                    reaction.own() ? "out" : "in",
                    JsonValues.orNull(reaction.sender()),
                    reaction.signedBy().orElse(null));
        }
    }

    /** Several messages, as {@code messages --json} prints them. */
    public record All(List<MessageView> messages) {
        /** In the given order. */
        public static All of(List<Message> messages) {
            return new All(messages.stream().map(MessageView::of).toList());
        }
    }
}
