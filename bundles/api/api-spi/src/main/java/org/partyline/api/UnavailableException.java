package org.partyline.api;

/**
 * A request cannot be served now, usually because a required bundle is not running. Nothing was done; ask again later.
 * Unchecked, since any service may throw it at any time.
 */
public class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message for people: what is missing, and what to do; nothing secret */
    public UnavailableException(String message) {
        super(message, null, false, false);
    }
}
