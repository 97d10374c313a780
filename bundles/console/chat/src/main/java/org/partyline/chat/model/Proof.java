package org.partyline.chat.model;

/** The proof of a message's author. */
public enum Proof {
    /** Nothing. */
    NONE,
    /** A signature of a key that we know. */
    SIGNED,
    /** A signature of a key that nobody here knows. */
    UNKNOWN_KEY,
    /** A signature that is wrong. */
    WRONG,
    /** It came as version 1, which proves nothing and hides less. */
    LEGACY
}
