package org.partyline.shell;

/** The command cannot do what was asked. The message is one line: what is wrong, with which value, what to do. */
final class CommandError extends Exception {
    private static final long serialVersionUID = 1L;

    CommandError(String message) {
        super(message);
    }

    CommandError(String message, Throwable cause) {
        super(message, cause);
    }
}
