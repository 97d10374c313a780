package org.partyline.consolesocket.client;

import java.io.IOException;

/** Our own output cannot be written: its reader is gone, or the disk is full. */
final class OutputException extends IOException {
    private static final long serialVersionUID = 1L;

    OutputException(IOException cause) {
        super("the output could not be written: " + cause.getMessage(), cause);
    }

    /** Whether someone read it and went, as {@code head} does: no reason to complain. */
    boolean readerIsGone() {
        return String.valueOf(getCause().getMessage()).contains("Broken pipe");
    }
}
