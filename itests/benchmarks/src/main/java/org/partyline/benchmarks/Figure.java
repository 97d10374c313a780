package org.partyline.benchmarks;

/**
 * One line of the result.
 *
 * @param what is measured
 * @param value how it did, with its unit
 * @param baseline what it is compared with, in the same run
 * @param baselineValue how that did, with its unit
 * @param ratio one against the other
 * @param direction what the ratio says
 * @param goal what the ratio is to be
 */
record Figure(
        String what,
        String value,
        String baseline,
        String baselineValue,
        double ratio,
        Direction direction,
        Goal goal) {
    /** What a ratio says. */
    enum Direction {
        /** The baseline's cost over ours: high is good. */
        TIMES_AS_FAST("x as fast"),
        /** Our cost over the baseline's: low is good. */
        OF_THE_BASELINE("x of it");

        final String words;

        Direction(String words) {
            this.words = words;
        }
    }

    /** Compares two costs, in whatever unit both have. */
    static Figure of(
            String what, Cost ours, String baseline, Cost theirs, double costRatio, Direction direction, Goal goal) {
        double ratio = direction == Direction.TIMES_AS_FAST ? 1 / costRatio : costRatio;
        return new Figure(what, ours.toString(), baseline, theirs.toString(), ratio, direction, goal);
    }

    /** As the other, where each was measured once. */
    static Figure of(String what, Cost ours, String baseline, Cost theirs, Direction direction, Goal goal) {
        return of(what, ours, baseline, theirs, ours.amount() / theirs.amount(), direction, goal);
    }
}
