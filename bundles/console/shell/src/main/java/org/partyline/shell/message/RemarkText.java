package org.partyline.shell.message;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Quote;
import org.partyline.api.engine.Messages.Reaction;
import org.partyline.api.engine.Messages.Remarks;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Wrap;

/**
 * Formats reactions, replies and edits. That a message is a reply, was edited, mentions us or has reactions is our own
 * finding, so it is separate from anyone's text and name.
 */
final class RemarkText {
    /** The width of a quote in columns: enough to recognise the message. */
    private static final int QUOTED = 40;

    private static final String EDITED = ", edited";

    private RemarkText() {}

    /** Returns the text after a state: {@code , reply to 12, edited, mentions you, 👍 2}; or empty. */
    static String state(Message message) {
        return state(message, message.remarks().mentioned() ? List.of("you") : List.of(), id -> id);
    }

    /**
     * The same for a message that several personas here may have. @param mentioned whom it mentions @param shown which
     * copy of a message is shown
     *
     * @param mentioned whom it mentions
     * @param shown which copy of a message is shown
     */
    static String state(Message message, List<String> mentioned, LongUnaryOperator shown) {
        Remarks remarks = message.remarks();
        StringBuilder all = new StringBuilder();
        if (remarks.reply()) {
            all.append(
                    remarks.quote().isPresent()
                            ? ", reply to "
                                    + shown.applyAsLong(remarks.quote().get().id())
                            : ", a reply to a message that is not on this server");
        }
        if (remarks.edited().isPresent()) {
            all.append(EDITED);
        }
        if (!mentioned.isEmpty()) {
            all.append(", mentions ").append(Sanitizer.line(String.join(", ", mentioned)));
        }
        return all + reactions(remarks);
    }

    /** Returns only its later changes. */
    static String changes(Message message) {
        return (message.remarks().edited().isPresent() ? EDITED : "") + reactions(message.remarks());
    }

    private static String reactions(Remarks remarks) {
        StringBuilder all = new StringBuilder();
        counts(remarks)
                .forEach((reaction, count) ->
                        all.append(", ").append(Sanitizer.line(reaction)).append(count > 1 ? " " + count : ""));
        return all.toString();
    }

    private static Map<String, Integer> counts(Remarks remarks) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        remarks.reactions().forEach(one -> counts.merge(one.reaction(), 1, Integer::sum));
        return counts;
    }

    /** The beginning of the message it replies to, on a separate line; empty. */
    static String quote(Message message) {
        return quote(message, id -> id);
    }

    /** Returns the quote with the number of the copy that is shown. */
    static String quote(Message message, LongUnaryOperator shown) {
        return message.text().isEmpty()
                ? ""
                : message.remarks()
                        .quote()
                        .map(quote -> "[" + shown.applyAsLong(quote.id()) + " " + who(message, quote) + ": "
                                + Wrap.shortened(Sanitizer.line(quote.text()), QUOTED) + "]\n")
                        .orElse("");
    }

    private static String who(Message message, Quote quote) {
        String name = quote.outgoing() ? message.persona() : message.direct() ? message.channel() : quote.sender();
        return name.isEmpty() ? "(no name)" : Sanitizer.line(name);
    }

    /**
     * Returns a reaction such as {@code 👍 signed by bob}. The signer is our own finding; a nickname is in quotes if it
     * could be misread.
     */
    static String reaction(Message message, Reaction reaction) {
        String from;
        if (reaction.own()) {
            from = "from you";
        } else if (message.direct()) {
            from = "from " + Sanitizer.line(message.channel());
        } else if (reaction.signedBy().isPresent()) {
            from = "signed by " + Sanitizer.line(reaction.signedBy().get());
        } else {
            from = reaction.sender().isEmpty() ? "from (no name)" : "from " + Sanitizer.word(reaction.sender());
        }
        return Sanitizer.line(reaction.reaction()) + " " + from;
    }
}
