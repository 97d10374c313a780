package org.partyline.metrics;

/**
 * Averages at least a hundred numbers each, and reports the previous average until the next is complete, so that no
 * single number shows. Thread-safe.
 */
final class HundredsMean {
    /** The minimum number of values in a mean. */
    static final int HUNDRED = 100;

    private double sum;
    private int count;
    private double mean;

    synchronized void add(double number) {
        sum += number;
        count++;
    }

    /** Drops all values. */
    synchronized void clear() {
        sum = 0;
        count = 0;
        mean = 0;
    }

    /** The mean of the latest complete hundred; 0 before the first. */
    synchronized double mean() {
        if (count >= HUNDRED) {
            mean = sum / count;
            sum = 0;
            count = 0;
        }
        return mean;
    }
}
