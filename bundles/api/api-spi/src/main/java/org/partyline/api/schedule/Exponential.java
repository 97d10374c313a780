package org.partyline.api.schedule;

import java.security.SecureRandom;
import java.time.Duration;

/**
 * Draws delays of a memoryless process: an hour without packets reveals nothing about the next minute (the mixing
 * strategy of Loopix, USENIX Security 2017).
 */
public final class Exponential {
    private static final Duration LONGEST_MEAN = Duration.ofDays(366);

    private Exponential() {}

    /**
     * Draws a time by inverting the distribution. 1 - u is never 0, so that the logarithm is finite.
     *
     * @param mean 0 to 366 days
     * @return 0 to 37 means
     */
    public static Duration draw(Duration mean, SecureRandom random) {
        if (mean.isNegative() || mean.compareTo(LONGEST_MEAN) > 0) {
            throw new IllegalArgumentException("a mean must be 0 to 366 days, not " + mean);
        }
        return Duration.ofNanos(Math.round(-Math.log(1 - random.nextDouble()) * mean.toNanos()));
    }
}
