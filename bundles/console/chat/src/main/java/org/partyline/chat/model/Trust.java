package org.partyline.chat.model;

/** How far the owner of a name is verified. */
public enum Trust {
    /** Not applicable: our own messages, and channels. */
    NONE,
    /** A contact whose safety number was compared. */
    VERIFIED,
    /** A contact whose number was not compared, or a nickname, which anyone may use. */
    UNVERIFIED,
    /** A contact that was verified, and has other keys since. */
    ROTATED,
    /** A name that looks like another one. */
    LOOKALIKE
}
