package org.partyline.api.sending;

import org.partyline.api.PartylineException;

/** An idempotency key was used for another message. */
public final class KeyUsedException extends PartylineException {
    private static final long serialVersionUID = 1L;

    KeyUsedException() {
        super("this idempotency key was used for another message: use a new key");
    }
}
