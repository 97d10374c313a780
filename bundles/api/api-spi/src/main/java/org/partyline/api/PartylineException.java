package org.partyline.api;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a caller, and finally the operator, can act on.
 *
 * <p>The message is one line for the operator: what is wrong, with which value, what to do. It never holds a secret or
 * the text of a message.
 */
public class PartylineException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, with which value, what to do; nothing secret */
    public PartylineException(String message) {
        super(message);
    }

    /**
     * @param message one line: what is wrong, with which value, what to do; nothing secret
     * @param cause what led to it, for the log
     */
    public PartylineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
