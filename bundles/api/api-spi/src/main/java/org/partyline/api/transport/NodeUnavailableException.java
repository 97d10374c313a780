package org.partyline.api.transport;

import org.partyline.api.PartylineException;

/** A node does not answer, or answers nonsense. What was asked may or may not have happened; asking again is safe. */
public final class NodeUnavailableException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: which node, what is wrong, what to do; no password, no address with one in it */
    public NodeUnavailableException(String message) {
        super(message);
    }

    /**
     * @param message one line: which node, what is wrong, what to do
     * @param cause what led to it
     */
    public NodeUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
