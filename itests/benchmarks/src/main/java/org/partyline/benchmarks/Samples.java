package org.partyline.benchmarks;

import java.util.Arrays;

/** Numbers of one kind. */
final class Samples {
    private Samples() {}

    /** The middle one; of two middle ones their mean. */
    static double median(double... values) {
        return quantile(0.5, values);
    }

    /** @param part 0 to 1; between two values, in proportion */
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
