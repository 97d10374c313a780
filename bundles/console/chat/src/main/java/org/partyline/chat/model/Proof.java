package org.partyline.chat.model;

/** The proof of a message's author. */
public enum Proof {
    /** No proof. */
    NONE,
    /** A valid signature by a key that we know. */
    SIGNED,
    /** A valid signature by a key that is unknown here. */
    UNKNOWN_KEY,
    /** An invalid signature. */
    WRONG,
    /** A version-1 message, which proves nothing and hides less. */
    LEGACY
}
