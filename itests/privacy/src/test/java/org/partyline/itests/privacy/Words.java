package org.partyline.itests.privacy;

import java.security.SecureRandom;

/** Generates texts of a given length. */
final class Words {
    private static final String ALL =
            "the quick brown fox jumps over the lazy dog and runs home again before it rains ";

    private Words() {}

    /** @param least the minimum number of characters @param most the maximum */
    static String some(SecureRandom random, int least, int most) {
        int length = least + random.nextInt(most - least + 1);
        int from = random.nextInt(ALL.length());
        return ALL.repeat(2 + length / ALL.length()).substring(from, from + length);
    }
}
