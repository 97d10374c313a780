package org.partyline.api.crypto;

import org.partyline.api.PartylineException;

/** A ciphertext does not match its key, nonce and associated data. Does not reveal which of them. */
public final class AuthenticationFailedException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with its only message. */
    public AuthenticationFailedException() {
        super("the packet fails authentication");
    }
}
