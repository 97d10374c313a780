package org.partyline.shell.message;

import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;

/** Parses the number of a message. */
public final class MessageNumber {
    private MessageNumber() {}

    /** Parses a message number. */
    public static long parse(String text) throws CommandError {
        try {
            long number = Long.parseLong(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw error(text);
        }
        throw error(text);
    }

    private static CommandError error(String text) {
        return new CommandError("'" + Sanitizer.line(text)
                + "' is not a message number: use one that partyline:messages or partyline:outbox lists");
    }
}
