package org.partyline.identity;

import java.security.SecureRandom;
import java.util.Random;

/** The same bytes in every run. */
final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final Random random;

    SeededRandom(long seed) {
        random = new Random(seed);
    }

    @Override
    public void nextBytes(byte[] target) {
        random.nextBytes(target);
    }
}
