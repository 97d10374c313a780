package org.partyline.chat.model;

/** How strongly a conversation with new messages is highlighted. */
public enum Attention {
    /** Something is new, or nothing is. */
    USUAL,
    /** Something that is new names the persona. */
    MENTIONED,
    /** Its notices are turned off. */
    MUTED
}
