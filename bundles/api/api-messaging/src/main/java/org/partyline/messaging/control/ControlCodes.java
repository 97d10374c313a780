package org.partyline.messaging.control;

/** The codes of CONTROL packets: the first byte of their bodies (PROTOCOL 6.1). */
public final class ControlCodes {
    public static final byte RECEIPT = 1;
    public static final byte FORGET = 2;
    public static final byte ROTATE = 3;
    public static final byte CLOSE = 4;
    public static final byte REACT = 5;
    public static final byte REPLY = 6;
    public static final byte EDIT = 7;
    /** A fragment of an encapsulation key (PROTOCOL 6.2). */
    public static final byte KEM_KEY = 8;
    /** A fragment of the ciphertext that answers it (PROTOCOL 6.2). */
    public static final byte KEM_ANSWER = 9;
    /** Two servers use the keys of one persona. */
    public static final byte COPY = 10;

    /** After {@link #CLOSE}, in the queue only: the session was never used by its sender. */
    public static final byte CLOSE_UNUSED = 0;
    /** After {@link #CLOSE}: a session that was opened with the receiver's keys replaced this one. */
    public static final byte CLOSE_REPLACED = 1;
    /** After {@link #COPY}: the sender did not open the session that replaced this one. */
    public static final byte COPY_NOT_OPENED = 1;
    /** After {@link #COPY}: another server with the receiver's keys reported it. */
    public static final byte COPY_SEEN = 2;

    private ControlCodes() {}
}
