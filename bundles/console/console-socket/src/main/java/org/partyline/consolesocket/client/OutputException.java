package org.partyline.consolesocket.client;

import java.io.IOException;

/** Our own output cannot be written: its reader is gone, or the disk is full. */
final class OutputException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String why;

    OutputException(IOException cause) {
        super("the output could not be written: " + cause.getMessage(), cause);
        this.why = String.valueOf(cause.getMessage());
    }

    /** Returns whether the reader ended early, as {@code head} does, which is no error. */
    boolean readerIsGone() {
        return why.contains("Broken pipe");
    }
}
