package org.partyline.consolesocket.wire;

/** How the lines after a failed one are handled. */
public enum Mode {
    /** As in a script: none is run any more, and its status is that of all. */
    STOP_AT_FAILURE,
    /** As in a console: they are run; the status tells that one failed. */
    GO_ON;

    /** The payload of a LINES frame. */
    public byte[] payload() {
        return new byte[] {(byte) ordinal()};
    }

    /** Reads it. */
    public static Mode of(byte[] payload) {
        return payload.length == 1 && payload[0] == GO_ON.ordinal() ? GO_ON : STOP_AT_FAILURE;
    }
}
