package org.partyline.consoleline;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Removes colour codes from output that is not for a terminal (ECMA-48 5.4: {@code ESC [}, parameters, a letter).
 * Karaf's commands always print them. Text that only begins like a code is passed through unchanged.
 */
final class PlainOutput extends FilterOutputStream {
    private static final int ESCAPE = 0x1b;
    /** A code has only a few numbers. */
    private static final int LONGEST = 64;

    private final byte[] held = new byte[LONGEST];
    private int count;

    PlainOutput(OutputStream out) {
        super(out);
    }

    /** Returns a print stream in front of another one that also reports the failures of the latter. */
    static PrintStream before(PrintStream stream) {
        return new PrintStream(new PlainOutput(stream), true, StandardCharsets.UTF_8) {
            @Override
            public boolean checkError() {
                return super.checkError() || stream.checkError();
            }
        };
    }

    @Override
    public synchronized void write(int b) throws IOException {
        int next = Byte.toUnsignedInt((byte) b);
        if (count == 0) {
            if (next == ESCAPE) {
                hold(next);
            } else {
                out.write(next);
            }
            return;
        }
        boolean goesOn = count == 1 ? next == '[' : next >= ' ' && next <= '?';
        if (goesOn && count < LONGEST) {
            hold(next);
        } else if (count > 1 && next >= '@' && next <= '~') {
            count = 0;
        } else {
            release();
            write(next);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        int begin = from;
        for (int i = from; i < from + length; i++) {
            if (count > 0 || bytes[i] == ESCAPE) {
                out.write(bytes, begin, i - begin);
                write(bytes[i]);
                begin = i + 1;
            }
        }
        out.write(bytes, begin, from + length - begin);
    }

    private void hold(int next) {
        held[count] = (byte) next;
        count++;
    }

    private void release() throws IOException {
        int length = count;
        count = 0;
        out.write(held, 0, length);
    }

    /** Also writes an incomplete code: nothing follows it. */
    @Override
    public synchronized void close() throws IOException {
        release();
        out.flush();
    }
}
