package org.partyline.consolesocket;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes text as UTF-8 without keeping it: Java's writers keep the last text in their buffers, even while the store is
 * locked. Half a surrogate pair waits for the other half.
 */
final class CleanWriter extends Writer {
    private final OutputStream out;
    private char high;

    CleanWriter(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        write(new String(text, from, length));
    }

    @Override
    public void write(int character) throws IOException {
        write(String.valueOf((char) character));
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
        write(text.substring(from, from + length));
    }

    @Override
    public void write(String text) throws IOException {
        synchronized (lock) {
            String whole = high == 0 ? text : high + text;
            high = 0;
            int end = whole.length();
            if (end > 0 && Character.isHighSurrogate(whole.charAt(end - 1))) {
                end--;
                high = whole.charAt(end);
            }
            byte[] bytes = whole.substring(0, end).getBytes(StandardCharsets.UTF_8);
            try {
                out.write(bytes);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
