package org.partyline.messaging.mailbox;

/** Identifies a signer who is not a contact. */
public final class SignerId {
    /** Nobody: the message is deniable. */
    public static final int NOBODY = 0;
    /** Ourselves. */
    public static final int SELF = -1;
    /** A key that belongs to no contact. */
    public static final int UNKNOWN = -2;
    /** The signature is wrong, or only some fragments have one. */
    public static final int WRONG = -3;

    private SignerId() {}
}
