package org.partyline.api.session;

import org.partyline.api.PartylineException;

/** The other side's message is not what the protocol asks for, or offers nothing that may be used. */
public final class HandshakeRefusedException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line, nothing secret */
    public HandshakeRefusedException(String message) {
        super(message);
    }
}
