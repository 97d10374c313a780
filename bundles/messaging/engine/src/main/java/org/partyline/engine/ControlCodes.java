package org.partyline.engine;

/** What a CONTROL packet is about: the first byte of its body (PROTOCOL 6.1). */
final class ControlCodes {
    static final byte RECEIPT = 1;
    static final byte FORGET = 2;
    static final byte ROTATE = 3;
    static final byte CLOSE = 4;

    private ControlCodes() {}
}
