package org.partyline.api.store;

import org.partyline.api.PartylineException;

/** The store cannot do what was requested: the disk is full, a file is damaged, or there is no store. */
public class StoreException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param message one line: what is wrong and what to do; nothing secret */
    public StoreException(String message) {
        super(message);
    }

    /**
     * @param message one line: what is wrong and what to do; nothing secret
     * @param cause the cause
     */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
