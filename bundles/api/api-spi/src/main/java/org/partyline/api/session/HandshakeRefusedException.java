package org.partyline.api.session;

import org.partyline.api.PartylineException;

/** The other side's handshake message is invalid, or offers no allowed suite. */
public final class HandshakeRefusedException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line, nothing secret */
    public HandshakeRefusedException(String message) {
        super(message);
    }
}
