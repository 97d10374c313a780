package org.partyline.api.crypto;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * The cost parameters of a key derivation. The fields are those of an invite (PROTOCOL 3). Their meaning is, for
 *
 * <ul>
 * <li>ARGON2ID: passes (1 to 255), memory in KiB (at least 8 for each lane), lanes (1 to 255);
 * <li>PBKDF2_SHA256: 0, iterations, 0;
 * <li>SCRYPT: r (1 to 255), N (a power of two; below 65,536 when r is 1), p (1 to 255);
 * <li>any other: defined by the derivation ({@link KeyDerivation#requireLimits}); 0 to 255, 0 or more, 0 to 255.
 * </ul>
 *
 * These are the ranges for which the derivations are defined. {@link KdfLimits} checks, wherever parameters come from
 * an untrusted source, that they are strong enough for a passphrase and do not use up the machine.
 *
 * @param id the derivation
 * @param timeCost see above
 * @param memory see above
 * @param parallelism see above
 */
public record KdfParameters(KdfId id, int timeCost, int memory, int parallelism) {
    /** The protocol's default: Argon2id with 3 passes, 64 MiB, 4 lanes. */
    public static final KdfParameters ARGON2ID_DEFAULT = new KdfParameters(KdfId.ARGON2ID, 3, 65536, 4);
    /** PBKDF2 with the fewest iterations allowed. */
    public static final KdfParameters PBKDF2_DEFAULT = new KdfParameters(KdfId.PBKDF2_SHA256, 0, 100_000, 0);
    /** scrypt with N 32768, r 8, p 1. */
    public static final KdfParameters SCRYPT_DEFAULT = new KdfParameters(KdfId.SCRYPT, 8, 32768, 1);

    /** An invite has one byte each for the time cost and the parallelism. */
    private static final int MOST = 255;

    public KdfParameters {
        Objects.requireNonNull(id, "id");
        if (id.equals(KdfId.ARGON2ID)) {
            range(id, "time cost", timeCost, 1, MOST);
            range(id, "parallelism", parallelism, 1, MOST);
            range(id, "memory in KiB", memory, 8L * parallelism, Integer.MAX_VALUE);
        } else if (id.equals(KdfId.PBKDF2_SHA256)) {
            range(id, "iterations (memory)", memory, 1, Integer.MAX_VALUE);
            range(id, "time cost", timeCost, 0, 0);
            range(id, "parallelism", parallelism, 0, 0);
        } else if (id.equals(KdfId.SCRYPT)) {
            range(id, "r (time cost)", timeCost, 1, MOST);
            range(id, "p (parallelism)", parallelism, 1, MOST);
            // RFC 7914, section 6: N is less than 2^(128 r / 8).
            range(id, "N (memory)", memory, 2, timeCost == 1 ? 1 << 15 : 1 << 30);
            if (Integer.bitCount(memory) != 1) {
                throw new IllegalArgumentException(
                        "key derivation SCRYPT: N (memory) must be a power of two, not " + memory);
            }
        } else {
            range(id, "time cost", timeCost, 0, MOST);
            range(id, "memory", memory, 0, Integer.MAX_VALUE);
            range(id, "parallelism", parallelism, 0, MOST);
        }
    }

    /**
     * The protocol's parameters for a derivation of its table; {@link KeyDerivation#defaults()} has those of any other.
     *
     * @throws IllegalArgumentException if it is not in the table
     */
    public static KdfParameters defaults(KdfId id) {
        return Stream.of(ARGON2ID_DEFAULT, PBKDF2_DEFAULT, SCRYPT_DEFAULT)
                .filter(parameters -> parameters.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "key derivation " + id + ": the protocol defines no parameters for it"));
    }

    /**
     * The memory that a derivation of the protocol's table fills, in bytes: it makes each guess expensive, and this
     * process must be able to spare it. 0 for any other derivation, which alone knows it.
     */
    public long memoryBytes() {
        if (id.equals(KdfId.ARGON2ID)) {
            return 1024L * memory;
        }
        return id.equals(KdfId.SCRYPT) ? 128L * memory * timeCost : 0;
    }

    static void range(KdfId id, String what, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "key derivation " + id + ": " + what + " must be " + expected(low, high) + ", not " + value);
        }
    }

    private static String expected(long low, long high) {
        if (low == high) {
            return Long.toString(low);
        }
        return high >= Integer.MAX_VALUE ? "at least " + low : low + " to " + high;
    }
}
