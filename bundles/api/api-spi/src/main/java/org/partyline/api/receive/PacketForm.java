package org.partyline.api.receive;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What packets of a kind look like from outside: how the payload of their OP_RETURN output begins, and how long it is. The messenger looks
 * at every such output of a network, and sorts out by this what a receiver is asked for.
 *
 * @param prefix the first bytes, 1 to {@value #MAX_PREFIX}
 * @param minLength of the payload, in bytes; not shorter than the prefix
 * @param maxLength of the payload, in bytes, at most {@value #MAX_LENGTH}
 */
public record PacketForm(byte[] prefix, int minLength, int maxLength) {
    public static final int MAX_PREFIX = 16;
    public static final int MAX_LENGTH = 4096;

    /** @throws IllegalArgumentException when a length is out of its range */
    public PacketForm {
        if (prefix.length < 1 || prefix.length > MAX_PREFIX) {
            throw new IllegalArgumentException(
                    "a form's prefix has 1 to " + MAX_PREFIX + " bytes, not " + prefix.length);
        }
        if (minLength < prefix.length || maxLength < minLength || maxLength > MAX_LENGTH) {
            throw new IllegalArgumentException("a form's lengths go from its prefix's, " + prefix.length + ", to "
                    + MAX_LENGTH + ": not from " + minLength + " to " + maxLength);
        }
        prefix = prefix.clone();
    }

    /** A copy. */
    @Override
    public byte[] prefix() {
        return prefix.clone();
    }

    /** @return whether a payload looks like this */
    public boolean matches(byte[] payload) {
        return matches(payload, 0, payload.length);
    }

    /** @return whether a payload that is a part of these bytes looks like this */
    public boolean matches(byte[] bytes, int offset, int length) {
        return length >= minLength
                && length <= maxLength
                && Arrays.equals(bytes, offset, offset + prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PacketForm that
                && Arrays.equals(prefix, that.prefix)
                && minLength == that.minLength
                && maxLength == that.maxLength;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(prefix) + minLength) + maxLength;
    }

    /** {@code 4d43…, 10 to 80 bytes}. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(prefix) + "…, " + minLength + " to " + maxLength + " bytes";
    }
}
