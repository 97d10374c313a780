package org.partyline.api.crypto;

import java.util.Objects;

/**
 * What a key derivation costs. The fields are those of an invite (PROTOCOL 3), and mean for
 *
 * <ul>
 *   <li>ARGON2ID: passes (1 to 16), memory in KiB (8 for each lane to 1,048,576), lanes (1 to 64);
 *   <li>PBKDF2_SHA256: 0, iterations (100,000 to 100,000,000), 0;
 *   <li>SCRYPT: r (1 to 64), N (a power of two, 1,024 to 1,048,576), p (1 to 16); 128 N r at most 1 GiB.
 * </ul>
 *
 * The upper limits keep a hostile invite from using up the machine.
 *
 * @param id the derivation
 * @param timeCost see above
 * @param memory see above
 * @param parallelism see above
 */
public record KdfParameters(KdfId id, int timeCost, int memory, int parallelism) {
    /** Argon2id as the protocol has it by default: 3 passes, 64 MiB, 4 lanes. */
    public static final KdfParameters ARGON2ID_DEFAULT = new KdfParameters(KdfId.ARGON2ID, 3, 65536, 4);
    /** PBKDF2 with the fewest iterations allowed. */
    public static final KdfParameters PBKDF2_DEFAULT = new KdfParameters(KdfId.PBKDF2_SHA256, 0, 100_000, 0);
    /** scrypt with N 32768, r 8, p 1. */
    public static final KdfParameters SCRYPT_DEFAULT = new KdfParameters(KdfId.SCRYPT, 8, 32768, 1);

    private static final int MAX_MEMORY_KIB = 1 << 20;

    public KdfParameters {
        Objects.requireNonNull(id, "id");
        switch (id) {
            case ARGON2ID -> {
                range("time cost", timeCost, 1, 16);
                range("parallelism", parallelism, 1, 64);
                range("memory in KiB", memory, 8 * parallelism, MAX_MEMORY_KIB);
            }
            case PBKDF2_SHA256 -> {
                range("iterations", memory, 100_000, 100_000_000);
                range("time cost", timeCost, 0, 0);
                range("parallelism", parallelism, 0, 0);
            }
            case SCRYPT -> {
                range("r", timeCost, 1, 64);
                range("N", memory, 1024, 1 << 20);
                range("p", parallelism, 1, 16);
                if (Integer.bitCount(memory) != 1) {
                    throw new IllegalArgumentException("scrypt: N must be a power of two, not " + memory);
                }
                if (128L * memory * timeCost > 1024L * MAX_MEMORY_KIB) {
                    throw new IllegalArgumentException("scrypt: N and r together ask for more than 1 GiB of memory");
                }
            }
        }
    }

    /** The protocol's parameters for a derivation. */
    public static KdfParameters defaults(KdfId id) {
        return switch (id) {
            case ARGON2ID -> ARGON2ID_DEFAULT;
            case PBKDF2_SHA256 -> PBKDF2_DEFAULT;
            case SCRYPT -> SCRYPT_DEFAULT;
        };
    }

    private static void range(String what, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "key derivation: " + what + " must be " + low + " to " + high + ", not " + value);
        }
    }
}
