package org.partyline.chat.model;

/** How strongly a conversation with new messages is highlighted. */
public enum Attention {
    /** There may be new messages, without a mention. */
    USUAL,
    /** A new message mentions the persona. */
    MENTIONED,
    /** It is muted. */
    MUTED
}
