package org.partyline.shell.message;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.State;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;

/** Formats messages for the console. */
public final class MessageText {
    private static final String UNKNOWN_KEY = "an unknown key";
    private static final String RECEIVED = "received";

    private MessageText() {}

    /** The mark before a notice, where nobody's words and nobody's name stand. */
    static final String NOTICE = "notice";

    /** The same before what is missing. */
    static final String GAP = "gap";

    /** The sender: a contact by its local name. */
    public static String sender(Message message) {
        if (message.notice()) {
            return "";
        }
        String name = message.direct() && !message.outgoing() ? message.channel() : message.sender();
        if (name.isEmpty()) {
            name = message.outgoing() ? message.persona() : "(no name)";
        }
        return Sanitizer.line(name) + (message.legacy() ? " (v1)" : "");
    }

    /** The same, with a mark where a name may be meant to be mistaken for another one. */
    static String from(Message message, ContactText contacts) {
        String name = message.direct() ? message.channel() : message.sender();
        return sender(message)
                + (message.notice()
                                || message.outgoing()
                                || name.isEmpty()
                                || !contacts.isLookalike(message.persona(), name)
                        ? ""
                        : " (looks like another name)");
    }

    /** The channel, or who with whom. */
    static String where(Message message, ContactText contacts) {
        return message.direct()
                ? Sanitizer.line(message.persona()) + " ↔ " + contacts.marked(message.persona(), message.channel())
                : Sanitizer.line(message.channel());
    }

    /** Heads the column of {@link #where}, by what is in it. */
    static String whereHeader(boolean channels, boolean contacts) {
        if (channels && contacts) {
            return "WHERE";
        }
        return contacts ? "CONTACT" : "CHANNEL";
    }

    /** One side of a conversation, the other, or news of it. */
    static Style style(Message message) {
        if (message.notice()) {
            return Style.WARN;
        }
        return message.outgoing() ? Style.ONE : Style.OTHER;
    }

    /** Our own finding: it is shown where no text or nickname can imitate it. Empty: an ordinary message. */
    static String mark(Message message) {
        if (message.notice()) {
            return message.gap().isPresent() ? GAP : NOTICE;
        }
        return message.signedBy()
                .map(name -> "signed by " + Sanitizer.line(name))
                .orElse("");
    }

    /** How {@link #mark} looks. */
    static Style markStyle(Message message) {
        boolean known = !message.notice()
                && message.signedBy().filter(name -> !name.equals(UNKNOWN_KEY)).isPresent();
        return known ? Style.GOOD : Style.WARN;
    }

    /** Its words, or how to get them. */
    static String text(Message message) {
        if (message.text().isEmpty()) {
            // Our own stays readable until its time to live ends: only readers burn it.
            return "(burn message: partyline:read " + message.id()
                    + (message.outgoing() ? " shows it)" : " shows it once)");
        }
        return Sanitizer.block(message.text().get());
    }

    /** Where one of ours stands, or that one has come; who signed it. */
    static String state(Message message) {
        if (message.notice()) {
            return mark(message);
        }
        String signed = mark(message);
        return reached(message)
                .or(() -> message.state().map(state -> state(state, message.confirmations())))
                .map(state -> state + doubt(message) + (signed.isEmpty() ? "" : ", signed"))
                .orElseGet(() -> message.outgoing() ? forgotten(message) : signed.isEmpty() ? RECEIVED : signed);
    }

    /** Of one of ours whose way is not kept any more. */
    private static String forgotten(Message message) {
        return message.block().isPresent() ? State.CONFIRMED.word() : "unknown";
    }

    /** What a receipt told of one of ours, which is more than where it stands on the network; empty: nothing. */
    static Optional<String> reached(Message message) {
        if (message.state().filter(State.RECALLED::equals).isPresent()) {
            return Optional.empty();
        }
        return message.remarks()
                .read()
                .map(time -> "read")
                .or(() -> message.remarks().delivered().map(time -> "delivered"));
    }

    /** Good, bad or under way, of one of ours. */
    static Style stateStyle(Message message) {
        return reached(message)
                .map(word -> Style.GOOD)
                .or(() -> message.state().map(MessageText::style))
                .orElse(Style.PLAIN);
    }

    /** What else is to be said of one of ours: its session was replaced before its reader showed to have it. */
    private static String doubt(Message message) {
        return switch (message.doubt()) {
            case NONE -> "";
            case MAY_BE_UNREAD -> ", may not have been read";
            case SENT_AGAIN -> ", sent again";
        };
    }

    /** The same, with the personas here that received it. @param readers empty: there is nothing to say of them */
    static String state(Message message, List<String> readers) {
        String state = state(message);
        if (readers.isEmpty()) {
            return state;
        }
        String by = " by " + Sanitizer.line(String.join(", ", readers));
        return state.equals(RECEIVED) ? state + by : state + ", " + RECEIVED + by;
    }

    /** The word for a state. */
    public static String state(State state) {
        return state.word();
    }

    /** The same with the number of confirmations of what is in a block. */
    static String state(State state, OptionalInt confirmations) {
        if (state != State.CONFIRMED || confirmations.isEmpty()) {
            return state.word();
        }
        int number = confirmations.getAsInt();
        return state.word() + " (" + number + (number == 1 ? " confirmation)" : " confirmations)");
    }

    /** How it travels. */
    public static String carrier(Carrier carrier) {
        return Sanitizer.line(carrier.id());
    }

    /** Good, bad or under way. */
    static Style style(State state) {
        return switch (state) {
            case RELAYED, CONFIRMED -> Style.GOOD;
            case EXPIRED, FAILED, REPLACED -> Style.BAD;
            case RECALLED -> Style.DIM;
            case ON_HOLD, QUEUED, SEALED, SENT -> Style.WARN;
        };
    }
}
