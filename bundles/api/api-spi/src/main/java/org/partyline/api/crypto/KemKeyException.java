package org.partyline.api.crypto;

import org.partyline.api.PartylineException;

/** An encapsulation key is invalid: its length is wrong, or a coefficient is out of range (FIPS 203, section 7.2). */
public final class KemKeyException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param reason without the key */
    public KemKeyException(String reason) {
        super(reason);
    }
}
