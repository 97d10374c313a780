package org.partyline.api.crypto;

/**
 * The parameters of a key derivation are outside the limits ({@link KdfLimits}). The message is one line: the
 * parameter, its value, and what is valid.
 */
public final class KdfLimitsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param message one line, for people */
    public KdfLimitsException(String message) {
        super(message);
    }
}
