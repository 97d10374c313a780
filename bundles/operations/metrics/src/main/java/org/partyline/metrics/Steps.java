package org.partyline.metrics;

/** Rounds numbers down so that one more message, person or key does not show, unless it reaches the next step. */
final class Steps {
    private static final double[] RATIOS = {1, 0.9, 0.8, 0.5, 0.25};
    private static final int[] OF_A_DECADE = {5, 2, 1};
    private static final long TEN = 10;

    private Steps() {}

    /**
     * @return the largest of 1, 2, 5, 10, 20, 50 … times the first step that does not exceed the number; 0 below the
     *     first
     */
    static double of(double number, double first) {
        double step = first;
        double reached = 0;
        // Up to where doubles are exact, and not for NaN.
        while (step <= number && step < 1e15) {
            for (int i = OF_A_DECADE.length - 1; i >= 0; i--) {
                if (step * OF_A_DECADE[i] <= number) {
                    reached = step * OF_A_DECADE[i];
                }
            }
            step *= TEN;
        }
        return reached;
    }

    /** A number of packets or messages: less than ten counts as none. */
    static double count(long number) {
        return of(number, TEN);
    }

    /** A share of a whole: 0, 0.25, 0.5, 0.8, 0.9 or 1, for all of it or more. */
    static double ratio(double part, double whole) {
        double ratio = whole <= 0 ? 0 : part / whole;
        for (double step : RATIOS) {
            if (ratio >= step) {
                return step;
            }
        }
        return 0;
    }

    /** Rounded down to tens. */
    static double tens(long number) {
        return number / TEN * TEN;
    }
}
