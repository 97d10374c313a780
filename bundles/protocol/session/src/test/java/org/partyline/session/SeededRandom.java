package org.partyline.session;

import java.security.SecureRandom;
import java.util.Random;

/** The same keys in every run, so that failures are reproducible. */
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
