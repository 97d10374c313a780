package org.partyline.api.packet;

import java.nio.charset.StandardCharsets;

/**
 * The start of a sender's chain (PROTOCOL 2.3, 5).
 *
 * @param seed 16 random bytes
 * @param nickname at most 32 bytes of UTF-8, no control characters; may be empty
 */
public record NewChain(byte[] seed, String nickname) {
    /** Seed length in bytes. */
    public static final int SEED_LENGTH = 16;
    /** Longest nickname in bytes of UTF-8. */
    public static final int MAX_NICKNAME = 32;

    public NewChain {
        if (seed.length != SEED_LENGTH) {
            throw new IllegalArgumentException("a chain seed has 16 bytes, not " + seed.length);
        }
        if (nickname.getBytes(StandardCharsets.UTF_8).length > MAX_NICKNAME) {
            throw new IllegalArgumentException("a nickname has at most 32 bytes");
        }
        if (nickname.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a nickname has no control characters");
        }
    }

    /** Does not show the seed. */
    @Override
    public String toString() {
        return "NewChain[nickname=" + nickname + "]";
    }
}
