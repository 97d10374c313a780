package org.partyline.api.engine;

import org.partyline.api.PartylineException;

/** A name or number that does not exist, is already in use, or cannot be used here. */
public final class NoSuchThingException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong, with the value, and what to do */
    public NoSuchThingException(String message) {
        super(message);
    }
}
