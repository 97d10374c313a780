package org.partyline.shell;

/** Reads the number of a message. */
final class MessageNumber {
    private MessageNumber() {}

    static long parse(String text) throws Refusal {
        try {
            long number = Long.parseLong(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refusal(text);
        }
        throw refusal(text);
    }

    private static Refusal refusal(String text) {
        return new Refusal("'" + Shown.line(text)
                + "' is no message number: take one that partyline:messages or partyline:outbox lists");
    }
}
