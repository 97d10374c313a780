package org.partyline.consolesocket.wire;

/** How the lines after a failed one are handled. */
public enum Mode {
    /** As in a script: no further line is run, and its status is the overall status. */
    STOP_AT_FAILURE,
    /** As in a console: they are run; the status shows that one failed. */
    GO_ON;

    /** Returns the payload of a LINES frame. */
    public byte[] payload() {
        return new byte[] {(byte) ordinal()};
    }

    /** Parses it. */
    public static Mode of(byte[] payload) {
        return payload.length == 1 && payload[0] == GO_ON.ordinal() ? GO_ON : STOP_AT_FAILURE;
    }
}
