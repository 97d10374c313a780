package org.partyline.api;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a caller, and finally the operator, can act on.
 *
 * <p>The message is one line for the operator: what is wrong, with the value, and what to do. It never contains a
 * secret or the text of a message.
 */
public class PartylineException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, with the value, and what to do; nothing secret */
    public PartylineException(String message) {
        super(message);
    }

    /**
     * @param message one line: what is wrong, with the value, and what to do; nothing secret
     * @param cause the cause, for the log
     */
    public PartylineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
