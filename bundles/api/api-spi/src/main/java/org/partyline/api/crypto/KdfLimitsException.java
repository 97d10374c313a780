package org.partyline.api.crypto;

/**
 * The parameters of a key derivation are outside the limits ({@link KdfLimits}). The message is one line: which parameter,
 * its value, and what would be right.
 */
public final class KdfLimitsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param message one line, for people */
    public KdfLimitsException(String message) {
        super(message);
    }
}
