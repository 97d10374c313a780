package org.partyline.chat.model;

/** How far the owner of a name is verified. */
public enum Trust {
    /** Nothing to say: our own words, and channels. */
    NONE,
    /** A contact whose safety number was compared. */
    VERIFIED,
    /** A contact whose number nobody compared, or a nickname that anyone may take. */
    UNVERIFIED,
    /** A contact that was verified, and has other keys since. */
    ROTATED,
    /** A name that looks like another one. */
    LOOKALIKE
}
