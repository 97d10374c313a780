package org.partyline.transportrpc;

import java.util.Arrays;

/** Reads little-endian numbers and Bitcoin's compact sizes, never past the end. */
final class ByteCursor {
    private final byte[] bytes;
    private int at;

    ByteCursor(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
    }

    int at() {
        return at;
    }

    int remaining() {
        return bytes.length - at;
    }

    void skip(int count) throws MalformedException {
        if (count > remaining()) {
            throw new MalformedException("cut off at byte " + bytes.length);
        }
        at += count;
    }

    byte[] take(int count) throws MalformedException {
        int from = at;
        skip(count);
        return Arrays.copyOfRange(bytes, from, at);
    }

    long uint32() throws MalformedException {
        int from = at;
        skip(4);
        return uint32(bytes, from);
    }

    static long uint32(byte[] bytes, int at) {
        return (bytes[at] & 0xffL)
                | (bytes[at + 1] & 0xffL) << 8
                | (bytes[at + 2] & 0xffL) << 16
                | (bytes[at + 3] & 0xffL) << 24;
    }

    /**
     * A compact size that counts things which follow.
     *
     * @param least bytes that each of them takes at least; a count that cannot be true is refused here
     */
    int count(int least) throws MalformedException {
        int from = at;
        skip(1);
        int first = bytes[from] & 0xff;
        long value = first;
        if (first >= 0xfd) {
            int width = first == 0xfd ? 2 : first == 0xfe ? 4 : 8;
            skip(width);
            value = 0;
            for (int i = width; i > 0; i--) {
                value = value << 8 | bytes[from + i] & 0xff;
            }
        }
        if (value < 0 || value > remaining() / least) {
            throw new MalformedException("a count at byte " + from + " goes past the end");
        }
        return (int) value;
    }
}
