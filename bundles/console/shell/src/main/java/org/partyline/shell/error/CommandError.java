package org.partyline.shell.error;

/** The command cannot do what was asked. The message is one line: what is wrong, with which value, what to do. */
public final class CommandError extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message one line, without control characters from outside */
    public CommandError(String message) {
        super(message);
    }

    /**
     * @param message one line, without control characters from outside
     * @param cause never printed
     */
    public CommandError(String message, Throwable cause) {
        super(message, cause);
    }
}
