package org.partyline.consolesocket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Standard input that knows how long a command has waited for it: that time does not count for a deadline. */
final class AwaitedInput extends FilterInputStream {
    private long waited;
    private long since;
    private boolean waiting;

    AwaitedInput(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        begin();
        try {
            return in.read();
        } finally {
            end();
        }
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        begin();
        try {
            return in.read(bytes, from, length);
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        waiting = true;
        since = System.nanoTime();
    }

    private synchronized void end() {
        waiting = false;
        waited += System.nanoTime() - since;
    }

    /** In nanoseconds. */
    synchronized long waited() {
        return waited + (waiting ? System.nanoTime() - since : 0);
    }
}
