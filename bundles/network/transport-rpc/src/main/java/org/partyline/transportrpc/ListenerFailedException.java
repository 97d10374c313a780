package org.partyline.transportrpc;

import org.partyline.api.Faults;

/** A listener threw an exception or error; the caller continues with the other listeners. */
final class ListenerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ListenerFailedException(Throwable cause) {
        super("a listener failed (" + Faults.kind(cause) + ")", cause);
    }
}
