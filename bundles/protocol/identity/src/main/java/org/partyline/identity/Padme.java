package org.partyline.identity;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Pads a backup to a length that reveals little: at least 4 KiB, then Padmé (Nikitin and others, "Reducing Metadata
 * Leakage from Encrypted Files and Communication with PURBs", 2019), which adds at most 12 % and reveals at most log
 * log of the length.
 *
 * <p>Layout: content's length (4 bytes), content, zero bytes.
 */
final class Padme {
    /** Shortest padded length in bytes: a backup of one persona looks like one of a few. */
    static final int LEAST = 4096;

    private static final int PREFIX = Integer.BYTES;

    private Padme() {}

    /** The padded length of a content of this length. */
    static int paddedLength(int content) {
        return bucket(Math.addExact(content, PREFIX));
    }

    /** Whether {@link #pad} can return this length. */
    static boolean isPaddedLength(long length) {
        return length >= LEAST && length <= 1 << 30 && bucket((int) length) == length;
    }

    private static int bucket(int length) {
        if (length <= LEAST) {
            return LEAST;
        }
        int exponent = 31 - Integer.numberOfLeadingZeros(length);
        int mantissaBits = 32 - Integer.numberOfLeadingZeros(exponent);
        int below = (1 << exponent - mantissaBits) - 1;
        return Math.addExact(length, below) & ~below;
    }

    /** @return the caller wipes it */
    static byte[] pad(byte[] content) {
        byte[] padded = new byte[paddedLength(content.length)];
        ByteBuffer.wrap(padded).putInt(content.length).put(content);
        return padded;
    }

    /**
     * @param padded the caller wipes it
     * @return the content, which the caller wipes; empty if it is not a result of {@link #pad}
     */
    static Optional<byte[]> unpad(byte[] padded) {
        if (padded.length < LEAST) {
            return Optional.empty();
        }
        int length = ByteBuffer.wrap(padded).getInt();
        if (length < 0 || length > padded.length - PREFIX || paddedLength(length) != padded.length) {
            return Optional.empty();
        }
        int rest = 0;
        for (int i = PREFIX + length; i < padded.length; i++) {
            rest |= padded[i];
        }
        return rest == 0 ? Optional.of(Arrays.copyOfRange(padded, PREFIX, PREFIX + length)) : Optional.empty();
    }
}
