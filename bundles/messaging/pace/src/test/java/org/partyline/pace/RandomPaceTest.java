package org.partyline.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.partyline.api.schedule.Pace;
import org.partyline.testkit.Statistics;

class RandomPaceTest {
    private static final Duration MEAN = Duration.ofSeconds(90);
    private static final int SAMPLES = 50_000;

    private final Pace pace = new RandomPace();

    /** Draws as a caller does. */
    private interface Draw {
        Duration next(Duration mean, SecureRandom random);
    }

    /** In multiples of the mean. */
    private static double[] sample(Draw draw, long seed) {
        SecureRandom random = Statistics.seeded(seed);
        return IntStream.range(0, SAMPLES)
                .mapToDouble(i -> (double) draw.next(MEAN, random).toNanos() / MEAN.toNanos())
                .toArray();
    }

    private static double exponential(double means) {
        return 1 - Math.exp(-means);
    }

    @Test
    void aDelayIsExponential() {
        double p = Statistics.kolmogorovSmirnov(sample(pace::delay, 1), RandomPaceTest::exponential);
        assertTrue(p > 0.01, "p = " + p);
    }

    @Test
    void theTestCatchesADelayThatIsCutOffOrUniformOrThreePercentTooLong() {
        double[] sample = sample(pace::delay, 1);
        double[] cut = Arrays.stream(sample).map(x -> Math.min(x, 4)).toArray();
        double[] longer = Arrays.stream(sample).map(x -> x * 1.03).toArray();
        double[] uniform = Arrays.stream(sample).map(x -> 2 * exponential(x)).toArray();
        for (double[] wrong : new double[][] {cut, longer, uniform}) {
            assertTrue(Statistics.kolmogorovSmirnov(wrong, RandomPaceTest::exponential) < 0.01);
        }
    }

    @Test
    void aDelayIsNotCutOffNearItsMean() {
        double[] sample = sample(pace::delay, 3);
        for (int means = 1; means <= 6; means++) {
            int least = means;
            double expected = SAMPLES * Math.exp(-means);
            double longer = Arrays.stream(sample).filter(x -> x > least).count();
            assertTrue(
                    Math.abs(longer - expected) < 4 * Math.sqrt(expected),
                    longer + " of " + expected + " are longer than " + means + " means");
        }
    }

    @Test
    void aMeanOfZeroGivesNoDelay() {
        assertEquals(Duration.ZERO, pace.delay(Duration.ZERO, Statistics.seeded(6)));
    }

    @Test
    void theLongestDelayIsTwentyMeansAndTheShortestNone() {
        assertEquals(MEAN.multipliedBy(20), pace.delay(MEAN, Extreme.of(1 - 0x1p-53)));
        assertEquals(Duration.ZERO, pace.delay(MEAN, Extreme.of(0)));
    }

    @Test
    void aYearIsNotTooLongAMeanAndMoreIs() {
        Duration year = Duration.ofDays(366);
        assertEquals(year.multipliedBy(20), pace.delay(year, Extreme.of(1 - 0x1p-53)));
        assertThrows(IllegalArgumentException.class, () -> pace.delay(year.plusNanos(1), Statistics.seeded(7)));
        assertThrows(IllegalArgumentException.class, () -> pace.delay(Duration.ofSeconds(-1), Statistics.seeded(7)));
    }

    /** Returns the same fraction each time. */
    private static final class Extreme extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final double fraction;

        private Extreme(double fraction) {
            this.fraction = fraction;
        }

        static Extreme of(double fraction) {
            return new Extreme(fraction);
        }

        @Override
        public double nextDouble() {
            return fraction;
        }
    }
}
