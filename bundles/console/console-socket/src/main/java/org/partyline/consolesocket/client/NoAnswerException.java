package org.partyline.consolesocket.client;

import java.io.IOException;

/** The server did not answer within the deadline: the command may or may not have been done. */
final class NoAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
        super(message);
    }
}
