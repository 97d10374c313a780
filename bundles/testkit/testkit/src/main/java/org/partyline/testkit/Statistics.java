package org.partyline.testkit;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Goodness-of-fit tests, and pseudo-random numbers that are the same in each run. */
public final class Statistics {
    private Statistics() {}

    public static SecureRandom seeded(long seed) {
        try {
            SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
            random.setSeed(seed);
            return random;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The p value of the Kolmogorov-Smirnov test of a sample against a distribution function, by the asymptotic series.
     */
    public static double kolmogorovSmirnov(double[] sample, DoubleUnaryOperator distribution) {
        double[] sorted = sample.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        double distance = 0;
        for (int i = 0; i < n; i++) {
            double expected = distribution.applyAsDouble(sorted[i]);
            distance = Math.max(distance, Math.max((i + 1.0) / n - expected, expected - (double) i / n));
        }
        double lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
        if (lambda < 0.2) {
            return 1;
        }
        double p = 0;
        for (int k = 1; k <= 100; k++) {
            p += 2 * (k % 2 == 1 ? 1 : -1) * Math.exp(-2.0 * k * k * lambda * lambda);
        }
        return Math.max(0, Math.min(1, p));
    }

    public static double chiSquare(long[] observed, double[] expected) {
        double sum = 0;
        for (int i = 0; i < observed.length; i++) {
            sum += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
        }
        return sum;
    }

    /**
     * Returns the limit that chi-square does not exceed with a probability of 99.9 %, according to Wilson and Hilferty.
     */
    public static double chiSquareLimit(int freedom) {
        double z = 3.0902;
        double term = 1 - 2.0 / (9 * freedom) + z * Math.sqrt(2.0 / (9 * freedom));
        return freedom * term * term * term;
    }

    public static double correlation(double[] a, double[] b) {
        double meanA = Arrays.stream(a).average().orElseThrow();
        double meanB = Arrays.stream(b).average().orElseThrow();
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }
        return ab / Math.sqrt(aa * bb);
    }
}
