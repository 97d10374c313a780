package org.partyline.api.crypto;

import org.partyline.api.PartylineException;

/** A ciphertext does not match its key, nonce and associated data. Says nothing about which. */
public final class AuthenticationFailedException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** With the one message it has. */
    public AuthenticationFailedException() {
        super("the packet fails authentication");
    }
}
