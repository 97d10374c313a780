package org.partyline.consolesocket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Measures how long a command has waited for standard input: that time does not count towards a deadline. */
final class AwaitedInput extends FilterInputStream {
    private final InputWait waiting = new InputWait();

    AwaitedInput(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        waiting.begin();
        try {
            return in.read();
        } finally {
            waiting.end();
        }
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        waiting.begin();
        try {
            return in.read(bytes, from, length);
        } finally {
            waiting.end();
        }
    }

    /** Returns the waiting time. */
    InputWait waiting() {
        return waiting;
    }
}
