package org.partyline.messaging.mailbox;

/** A decision about a whole message; all other changes follow from its packets. */
public enum MessageEvent {
    /** Its packets were made. */
    SEALED,
    /** Its packets, of which none has left, are of no use: they are made anew. */
    UNSEALED,
    /** Its time ended before all of it had left. */
    EXPIRED,
    /** No node takes it, and none will. */
    FAILED,
    /** It is taken back: by hand, or because what it was for is no more. */
    RECALLED
}
