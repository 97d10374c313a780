package org.partyline.storejdbc;

import java.nio.ByteBuffer;

/** Pads plaintexts to coarse sizes, so that the length of a sealed value reveals little. */
final class Pad {
    /** Padded lengths are multiples of this many bytes. */
    static final int STEP = 64;

    private Pad() {}

    /** A 4-byte length, the content, zero bytes up to a multiple of {@value #STEP}. */
    static byte[] pad(byte[] content) {
        int needed = Integer.BYTES + content.length;
        byte[] padded = new byte[(needed + STEP - 1) / STEP * STEP];
        ByteBuffer.wrap(padded).putInt(content.length).put(content);
        return padded;
    }

    /** @throws IllegalArgumentException if it is not a result of {@link #pad} */
    static byte[] unpad(byte[] padded) {
        if (padded.length < Integer.BYTES) {
            throw new IllegalArgumentException("too short to be padded");
        }
        ByteBuffer buffer = ByteBuffer.wrap(padded);
        int length = buffer.getInt();
        if (length < 0 || length > buffer.remaining()) {
            throw new IllegalArgumentException("the padding is not ours");
        }
        byte[] content = new byte[length];
        buffer.get(content);
        return content;
    }
}
