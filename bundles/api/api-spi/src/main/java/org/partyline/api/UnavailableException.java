package org.partyline.api;

/**
 * What was asked is not possible now, since a bundle is not running that it needs. Nothing was done; ask again when it runs. Unchecked,
 * since any service may meet it at any time.
 */
public class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message for people: what is missing, and what to do; nothing secret */
    public UnavailableException(String message) {
        super(message, null, false, false);
    }
}
