package org.partyline.consoleline;

/** A console that the server closed, not its user. The message is for people. */
public final class ConsoleClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    ConsoleClosedException() {
        super("the server stopped or is no longer the leader, and closed this console");
    }
}
