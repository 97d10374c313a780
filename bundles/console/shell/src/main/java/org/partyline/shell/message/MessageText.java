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

    /** The mark before a notice, which contains no incoming text and no incoming name. */
    static final String NOTICE = "notice";

    /** The mark before a gap. */
    static final String GAP = "gap";

    /** Returns the sender: a contact by its local name. */
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

    /** Returns the sender, with a mark if the name may be an imitation of another one. */
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

    /** Returns the channel, or both sides of a direct conversation. */
    static String where(Message message, ContactText contacts) {
        return message.direct()
                ? Sanitizer.line(message.persona()) + " ↔ " + contacts.marked(message.persona(), message.channel())
                : Sanitizer.line(message.channel());
    }

    /** Returns the header of the column of {@link #where}, depending on its content. */
    static String whereHeader(boolean channels, boolean contacts) {
        if (channels && contacts) {
            return "WHERE";
        }
        return contacts ? "CONTACT" : "CHANNEL";
    }

    /** Returns the style: one side of a conversation, the other, or a notice. */
    static Style style(Message message) {
        if (message.notice()) {
            return Style.WARN;
        }
        return message.outgoing() ? Style.ONE : Style.OTHER;
    }

    /** Returns our own finding, shown where no text or nickname can imitate it. Empty for an ordinary message. */
    static String mark(Message message) {
        if (message.notice()) {
            return message.gap().isPresent() ? GAP : NOTICE;
        }
        return message.signedBy()
                .map(name -> "signed by " + Sanitizer.line(name))
                .orElse("");
    }

    /** Returns the style of {@link #mark}. */
    static Style markStyle(Message message) {
        boolean known = !message.notice()
                && message.signedBy().filter(name -> !name.equals(UNKNOWN_KEY)).isPresent();
        return known ? Style.GOOD : Style.WARN;
    }

    /** Returns its text, or how to read it. */
    static String text(Message message) {
        if (message.text().isEmpty()) {
            // Our own stays readable until its time to live ends: only readers burn it.
            return "(burn message: partyline:read " + message.id()
                    + (message.outgoing() ? " shows it)" : " shows it once)");
        }
        return Sanitizer.block(message.text().get());
    }

    /** Returns the state of our message, or that another one has arrived, and who signed it. */
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

    /** Describes our message if its delivery state is no longer stored. */
    private static String forgotten(Message message) {
        return message.block().isPresent() ? State.CONFIRMED.word() : "unknown";
    }

    /**
     * Returns what a receipt reported about our message, which says more than its state on the network; empty if
     * nothing.
     */
    static Optional<String> reached(Message message) {
        if (message.state().filter(State.RECALLED::equals).isPresent()) {
            return Optional.empty();
        }
        return message.remarks()
                .read()
                .map(time -> "read")
                .or(() -> message.remarks().delivered().map(time -> "delivered"));
    }

    /** Returns the style of our message: success, failure or progress. */
    static Style stateStyle(Message message) {
        return reached(message)
                .map(word -> Style.GOOD)
                .or(() -> message.state().map(MessageText::style))
                .orElse(Style.PLAIN);
    }

    /** Returns a note that the session of our message was replaced before its reader confirmed it; otherwise empty. */
    private static String doubt(Message message) {
        return switch (message.doubt()) {
            case NONE -> "";
            case MAY_BE_UNREAD -> ", may not have been read";
            case SENT_AGAIN -> ", sent again";
        };
    }

    /**
     * Returns the state with the local personas that received it. @param readers empty if they are not worth mentioning
     */
    static String state(Message message, List<String> readers) {
        String state = state(message);
        if (readers.isEmpty()) {
            return state;
        }
        String by = " by " + Sanitizer.line(String.join(", ", readers));
        return state.equals(RECEIVED) ? state + by : state + ", " + RECEIVED + by;
    }

    /** Returns the word for a state. */
    public static String state(State state) {
        return state.word();
    }

    /** Returns the word for a state, with the number of confirmations if it is in a block. */
    static String state(State state, OptionalInt confirmations) {
        if (state != State.CONFIRMED || confirmations.isEmpty()) {
            return state.word();
        }
        int number = confirmations.getAsInt();
        return state.word() + " (" + number + (number == 1 ? " confirmation)" : " confirmations)");
    }

    /** Returns how it travels. */
    public static String carrier(Carrier carrier) {
        return Sanitizer.line(carrier.id());
    }

    /** Returns the style of a state: success, failure or progress. */
    static Style style(State state) {
        return switch (state) {
            case RELAYED, CONFIRMED -> Style.GOOD;
            case EXPIRED, FAILED, REPLACED -> Style.BAD;
            case RECALLED -> Style.DIM;
            case ON_HOLD, QUEUED, SEALED, SENT -> Style.WARN;
        };
    }
}
