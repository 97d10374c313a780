package org.partyline.messaging.mailbox;

/** Identifies a signer who is not a contact. */
public final class SignerId {
    /** Nobody: it is deniable. */
    public static final int NOBODY = 0;
    /** Ourselves. */
    public static final int SELF = -1;
    /** A key that is no contact's. */
    public static final int UNKNOWN = -2;
    /** The signature is wrong, or only some pieces have one. */
    public static final int WRONG = -3;

    private SignerId() {}
}
