package org.partyline.shell;

/** The command cannot do what was asked. The message is one line: what is wrong, with which value, what to do. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }

    Refusal(String message, Throwable cause) {
        super(message, cause);
    }
}
