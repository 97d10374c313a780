package org.partyline.bitcointx;

/** Bytes are not in the expected format. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, in a few words, without the bytes */
    public MalformedException(String message) {
        super(message);
    }
}
