package org.partyline.metrics;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Classifies how long the oldest message has waited. A class is told up to twice as late as it begins, by a factor that
 * is drawn anew each time that nothing has waited long: from the step nobody learns when the message was written.
 */
final class Waiting {
    /** The classes, from the longest. */
    private static final List<Duration> CLASSES =
            List.of(Duration.ofHours(24), Duration.ofHours(6), Duration.ofHours(1));

    private final RandomGenerator random;
    private double factor;

    Waiting(RandomGenerator random) {
        this.random = random;
        this.factor = drawn();
    }

    private double drawn() {
        return 1 + random.nextDouble();
    }

    /** @param oldest age of the oldest that waits @return seconds of the longest class that is reached; 0: of none */
    long told(Duration oldest) {
        for (Duration each : CLASSES) {
            if (oldest.toMillis() >= each.toMillis() * factor) {
                return each.toSeconds();
            }
        }
        if (oldest.compareTo(CLASSES.get(CLASSES.size() - 1)) < 0) {
            factor = drawn();
        }
        return 0;
    }
}
