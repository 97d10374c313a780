package org.partyline.cover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.partyline.testkit.Statistics;

class PoissonGapsTest {
    private static final Duration MEAN = Duration.ofSeconds(90);
    private static final int SAMPLES = 50_000;

    private final Timing timing = new PoissonTiming();

    /** Draws like a caller. */
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
    void gapsAreExponential() {
        double p = Statistics.kolmogorovSmirnov(sample(timing::gap, 2), PoissonGapsTest::exponential);
        assertTrue(p > 0.01, "p = " + p);
    }

    @Test
    void gapsAreIndependentOfThoseBefore() {
        double[] sample = sample(timing::gap, 4);
        for (int lag = 1; lag <= 20; lag++) {
            double[] before = Arrays.copyOf(sample, SAMPLES - lag);
            double[] after = Arrays.copyOfRange(sample, lag, SAMPLES);
            double correlation = Statistics.correlation(before, after);
            assertTrue(Math.abs(correlation) < 4 / Math.sqrt(SAMPLES), "lag " + lag + ": " + correlation);
        }
        long[] pairs = new long[64];
        double[] expected = new double[64];
        Arrays.fill(expected, SAMPLES / 2 / 64.0);
        for (int i = 0; i + 1 < SAMPLES; i += 2) {
            pairs[(int) (8 * exponential(sample[i])) * 8 + (int) (8 * exponential(sample[i + 1]))]++;
        }
        double chi = Statistics.chiSquare(pairs, expected);
        assertTrue(chi < Statistics.chiSquareLimit(63), "chi-square " + chi);
    }

    @Test
    void theNumberOfPointsInAnHourIsPoissons() {
        SecureRandom random = Statistics.seeded(5);
        Duration mean = Duration.ofMinutes(20);
        double hour = Duration.ofHours(1).toNanos();
        long[] counts = new long[10];
        double at = 0;
        int hours = 20_000;
        int[] points = new int[hours];
        while (at < hours * hour) {
            at += timing.gap(mean, random).toNanos();
            if (at < hours * hour) {
                points[(int) (at / hour)]++;
            }
        }
        Arrays.stream(points).forEach(n -> counts[Math.min(n, 9)]++);
        double[] expected = new double[10];
        double probability = Math.exp(-3);
        double rest = 1;
        for (int n = 0; n < 9; n++) {
            expected[n] = hours * probability;
            rest -= probability;
            probability *= 3.0 / (n + 1);
        }
        expected[9] = hours * rest;
        double chi = Statistics.chiSquare(counts, expected);
        assertTrue(chi < Statistics.chiSquareLimit(9), "chi-square " + chi);
    }

    @Test
    void aMeanOfZeroGivesNoProcess() {
        assertThrows(IllegalArgumentException.class, () -> timing.gap(Duration.ZERO, Statistics.seeded(6)));
    }

    @Test
    void theLongestGapIsAboutThirtySixMeansAndTheShortestNone() {
        assertEquals(Duration.ZERO, timing.gap(MEAN, Extreme.of(0)));
        Duration longest = timing.gap(MEAN, Extreme.of(1 - 0x1p-53));
        assertTrue(longest.compareTo(MEAN.multipliedBy(36)) > 0 && longest.compareTo(MEAN.multipliedBy(37)) < 0);
    }

    @Test
    void aYearIsNotTooLongAMeanAndMoreIs() {
        Duration year = Duration.ofDays(366);
        assertTrue(timing.gap(year, Extreme.of(1 - 0x1p-53)).compareTo(year.multipliedBy(36)) > 0);
        Duration more = year.plusNanos(1);
        assertThrows(IllegalArgumentException.class, () -> timing.gap(more, Statistics.seeded(7)));
        Duration negative = Duration.ofSeconds(-1);
        assertThrows(IllegalArgumentException.class, () -> timing.gap(negative, Statistics.seeded(7)));
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
