package org.partyline.itests.privacy;

import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Randomness that is the same in each run: a statistical test must not fail by chance. */
final class Seeds {
    private static final long SEED = Long.getLong("privacy.seed", 1);

    private Seeds() {}

    /** @param purpose each has a separate stream */
    static SecureRandom random(String purpose) {
        return random(purpose, SEED);
    }

    static SecureRandom random(String purpose, long seed) {
        try {
            SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
            random.setSeed((seed + " " + purpose).getBytes(StandardCharsets.US_ASCII));
            return random;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static long seed() {
        return SEED;
    }
}
