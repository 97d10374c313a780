package org.partyline.api.transport;

import org.partyline.api.PartylineException;

/** A wallet cannot do what was requested: it is locked, has no such account, or the node has no wallet. */
public final class WalletException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: which wallet, what is wrong, and what to do */
    public WalletException(String message) {
        super(message);
    }

    /**
     * @param message one line: which wallet, what is wrong, and what to do
     * @param cause the cause
     */
    public WalletException(String message, Throwable cause) {
        super(message, cause);
    }
}
