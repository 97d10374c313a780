package org.partyline.api.packet;

import java.util.List;

/** The sizes of packets (PROTOCOL 2). */
public final class Packets {
    /** First byte of every version-2 packet. */
    public static final byte VERSION = 2;
    /** The possible lengths of a packet, in bytes, ascending. */
    public static final List<Integer> BUCKETS = List.of(64, 80, 128, 256, 512);
    /** Locator length of packets on a chain, in bytes. */
    public static final int CHAIN_LOCATOR = 8;
    /** Locator length of sealed packets, in bytes. */
    public static final int SEALED_LOCATOR = 16;
    /** Longest message, in bytes (PROTOCOL 7). */
    public static final int MAX_MESSAGE = 4096;
    /** The maximum number of fragments of one message. */
    public static final int MAX_FRAGMENTS = 16;

    private static final int TAG_LENGTH = 16;

    private Packets() {}

    /** @return whether a payload of this length and first byte can be a version-2 packet */
    public static boolean isCandidate(byte[] payload) {
        return payload.length > 0 && payload[0] == VERSION && BUCKETS.contains(payload.length);
    }

    /**
     * @param bucket one of {@link #BUCKETS}
     * @param locatorLength 8 or 16
     * @return plaintext bytes, including padding: bucket - 1 - locator - 16
     */
    public static int capacity(int bucket, int locatorLength) {
        return bucket - 1 - locatorLength - TAG_LENGTH;
    }

    /** The first 8 locator bytes of a packet as a big-endian number. */
    public static long hint(byte[] packet) {
        long hint = 0;
        for (int i = 1; i <= CHAIN_LOCATOR; i++) {
            hint = hint << 8 | packet[i] & 0xff;
        }
        return hint;
    }
}
