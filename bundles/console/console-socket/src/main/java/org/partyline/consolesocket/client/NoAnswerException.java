package org.partyline.consolesocket.client;

import java.io.IOException;

/** The server did not answer within the deadline: what was asked may or may not be done. */
final class NoAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
        super(message);
    }
}
