package org.partyline.messaging.control;

/** What a CONTROL packet is about: the first byte of its body (PROTOCOL 6.1). */
public final class ControlCodes {
    public static final byte RECEIPT = 1;
    public static final byte FORGET = 2;
    public static final byte ROTATE = 3;
    public static final byte CLOSE = 4;
    public static final byte REACT = 5;
    public static final byte REPLY = 6;
    public static final byte EDIT = 7;

    private ControlCodes() {}
}
