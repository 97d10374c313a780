package org.partyline.messaging.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds the keys of the store's records. */
public final class Keys {
    /** The group of records without a group. */
    public static final byte[] ALL = {};

    private Keys() {}

    /** A number as a key. */
    public static byte[] of(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Numbers and bytes as one key; the numbers have fixed lengths and only the last part varies in length. */
    public static byte[] of(long number, byte[] rest) {
        return ByteBuffer.allocate(Long.BYTES + rest.length)
                .putLong(number)
                .put(rest)
                .array();
    }

    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
