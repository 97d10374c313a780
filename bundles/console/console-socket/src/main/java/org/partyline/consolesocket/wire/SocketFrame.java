package org.partyline.consolesocket.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One frame.
 *
 * @param type what it is about
 * @param payload its bytes; whoever holds the frame may wipe them
 */
public record SocketFrame(FrameType type, byte[] payload) {
    /** With text. */
    public static SocketFrame of(FrameType type, String text) {
        return new SocketFrame(type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** With numbers. */
    public static SocketFrame of(FrameType type, int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return new SocketFrame(type, bytes.array());
    }

    /** The text that it is. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** One of its numbers; 0 when it has not so many. */
    public int number(int index) {
        int from = index * Integer.BYTES;
        return from + Integer.BYTES <= payload.length ? ByteBuffer.wrap(payload).getInt(from) : 0;
    }

    /** Never what it carries: that may be a passphrase. */
    @Override
    public String toString() {
        return type + " of " + payload.length + " bytes";
    }
}
