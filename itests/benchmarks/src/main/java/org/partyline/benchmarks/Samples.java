package org.partyline.benchmarks;

import java.util.Arrays;

/** Calculations on samples. */
final class Samples {
    private Samples() {}

    /** Returns the median; of two middle values, their mean. */
    static double median(double... values) {
        return quantile(0.5, values);
    }

    /** @param part 0 to 1; interpolated between two values */
    static double quantile(double part, double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("there is no value");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
