package org.partyline.transportrpc;

import org.partyline.api.Faults;

/** A listener threw something, an error too; whoever told it goes on with others. */
final class ListenerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ListenerFailedException(Throwable cause) {
        super("a listener failed (" + Faults.kind(cause) + ")", cause);
    }
}
