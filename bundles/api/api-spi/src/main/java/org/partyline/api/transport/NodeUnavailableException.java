package org.partyline.api.transport;

import org.partyline.api.PartylineException;

/**
 * A node does not answer, or answers nonsense. The request may or may not have been carried out; repeating it is safe.
 */
public final class NodeUnavailableException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: which node, what is wrong, what to do; no password, and no address that contains one */
    public NodeUnavailableException(String message) {
        super(message);
    }

    /**
     * @param message one line: which node, what is wrong, what to do
     * @param cause the cause
     */
    public NodeUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
