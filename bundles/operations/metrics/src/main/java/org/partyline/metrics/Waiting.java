package org.partyline.metrics;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Classifies how long the oldest message has waited. A class is reported after up to twice its time, by a factor that
 * is drawn again each time that nothing has waited long, so that the step does not reveal when the message was written.
 */
final class Waiting {
    /** The classes, the longest first. */
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

    /**
     * @param oldest the age of the oldest waiting message @return the seconds of the longest class that is reached; 0:
     *     none
     */
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
