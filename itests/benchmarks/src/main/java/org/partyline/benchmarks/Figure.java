package org.partyline.benchmarks;

/**
 * One line of the result.
 *
 * @param what the measured operation
 * @param value its result, with its unit
 * @param baseline the operation that it is compared with, in the same run
 * @param baselineValue the baseline's result, with its unit
 * @param ratio of the two
 * @param direction the meaning of the ratio
 * @param goal the goal for the ratio
 */
record Figure(
        String what,
        String value,
        String baseline,
        String baselineValue,
        double ratio,
        Direction direction,
        Goal goal) {
    /** The meaning of a ratio. */
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

    /** Compares two costs, in their common unit. */
    static Figure of(
            String what, Cost ours, String baseline, Cost theirs, double costRatio, Direction direction, Goal goal) {
        double ratio = direction == Direction.TIMES_AS_FAST ? 1 / costRatio : costRatio;
        return new Figure(what, ours.toString(), baseline, theirs.toString(), ratio, direction, goal);
    }

    /** Like the other method, for operations that were measured once. */
    static Figure of(String what, Cost ours, String baseline, Cost theirs, Direction direction, Goal goal) {
        return of(what, ours, baseline, theirs, ours.amount() / theirs.amount(), direction, goal);
    }
}
