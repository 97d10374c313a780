package org.partyline.messaging.control;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Identifies a message in a CONTROL body: the first bytes of the locator of its first packet (PROTOCOL 6.1).
 *
 * @param hex lower-case digits
 */
public record Locator(String hex) {
    /** The number of bytes for a message that only its sender may change. */
    public static final int WHOLE = 8;
    /** The number of bytes for a message of any sender. */
    public static final int SHORT = 4;

    /** @throws IllegalArgumentException if it has neither length, or is not hex */
    public Locator {
        int length = HexFormat.of().parseHex(hex).length;
        if (length != WHOLE && length != SHORT) {
            throw new IllegalArgumentException("a locator must have 8 bytes, or 4");
        }
    }

    /** The first bytes of a packet's locator. @param length {@link #WHOLE} or {@link #SHORT} */
    public static Locator of(byte[] bytes, int offset, int length) {
        return new Locator(HexFormat.of().formatHex(bytes, offset, offset + length));
    }

    /** Its first four bytes. */
    public Locator shortened() {
        return new Locator(hex.substring(0, 2 * SHORT));
    }

    /** Whether a message's locator begins with this one. @param whole 16 hex digits; empty never matches */
    public boolean fits(String whole) {
        return whole.startsWith(hex);
    }

    /** The bytes on the wire. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    static Locator readFrom(byte[] body, int length) {
        return of(Arrays.copyOfRange(body, 1, 1 + length), 0, length);
    }
}
