package org.partyline.messaging.mailbox;

/** A decision about a whole message; all other changes follow from its packets. */
public enum MessageEvent {
    /** Its packets were made. */
    SEALED,
    /** Its packets, none of which has left, are useless: they are made again. */
    UNSEALED,
    /** Its time ended before all of it had left. */
    EXPIRED,
    /** No node accepts it, and none will. */
    FAILED,
    /** It is recalled: by a person, or because its purpose no longer exists. */
    RECALLED
}
