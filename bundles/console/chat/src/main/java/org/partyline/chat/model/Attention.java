package org.partyline.chat.model;

/** How much of its reader's attention a conversation wants with what is new in it. */
public enum Attention {
    /** Something is new, or nothing is. */
    USUAL,
    /** Something that is new names the persona. */
    MENTIONED,
    /** Its reader does not want to be told. */
    MUTED
}
