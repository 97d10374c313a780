package org.partyline.api.engine;

import org.partyline.api.PartylineException;

/** A name or a number that the operator gave stands for nothing, or is taken, or cannot be used so. */
public final class NoSuchThingException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, with which value, what to do */
    public NoSuchThingException(String message) {
        super(message);
    }
}
