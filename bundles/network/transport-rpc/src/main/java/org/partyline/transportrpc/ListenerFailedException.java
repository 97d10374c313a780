package org.partyline.transportrpc;

import org.partyline.api.Faults;

/** A listener threw an exception or error; the caller continues with the other listeners. */
final class ListenerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Throwable thrown;

    ListenerFailedException(Throwable cause) {
        super("a listener failed (" + Faults.kind(cause) + ")", cause);
        this.thrown = cause;
    }

    /** The exception that the listener threw. */
    Throwable thrown() {
        return thrown;
    }
}
