package org.partyline.shell;

import java.util.Locale;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.State;

/** How messages read on the console. */
final class MessageText {
    private static final int SHORT = 8;

    private MessageText() {}

    /** Who sent it. */
    static String sender(Message message) {
        String name = message.sender();
        if (name.isEmpty()) {
            name = message.outgoing() ? message.persona() : "(no name)";
        }
        return Shown.line(name) + (message.legacy() ? " (v1)" : "");
    }

    /** Its words, or how to get them. */
    static String text(Message message) {
        if (message.text().isEmpty()) {
            // Our own stays readable until its time to live ends: only readers burn it.
            return "(burn message: partyline:read " + message.id()
                    + (message.outgoing() ? " shows it)" : " shows it once)");
        }
        return Shown.block(message.text().get());
    }

    /** Where one of ours stands, or that one has come. */
    static String state(Message message) {
        return message.state().map(MessageText::state).orElse("received");
    }

    static String state(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** Good, bad or under way. */
    static Style style(State state) {
        return switch (state) {
            case SEEN, CONFIRMED -> Style.GOOD;
            case EXPIRED, FAILED, REPLACED -> Style.BAD;
            case RECALLED -> Style.DIM;
            case QUEUED, SEALED, BROADCAST -> Style.WARN;
        };
    }

    /** {@code 1a2b3c4d…e5f60718}. */
    static String abbreviate(TxId id) {
        String hex = id.toString();
        return hex.substring(0, SHORT) + "…" + hex.substring(hex.length() - SHORT);
    }
}
