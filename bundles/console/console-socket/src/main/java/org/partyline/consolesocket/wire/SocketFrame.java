package org.partyline.consolesocket.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One frame.
 *
 * @param type its type
 * @param payload its bytes; the frame's owner may wipe them
 */
public record SocketFrame(FrameType type, byte[] payload) {
    /** Returns a frame with text. */
    public static SocketFrame of(FrameType type, String text) {
        return new SocketFrame(type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a frame with numbers. */
    public static SocketFrame of(FrameType type, int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return new SocketFrame(type, bytes.array());
    }

    /** Returns the payload as text. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Returns one of its numbers; 0 if it has fewer. */
    public int number(int index) {
        int from = index * Integer.BYTES;
        return from + Integer.BYTES <= payload.length ? ByteBuffer.wrap(payload).getInt(from) : 0;
    }

    /** Does not show the payload: it may be a passphrase. */
    @Override
    public String toString() {
        return type + " of " + payload.length + " bytes";
    }
}
