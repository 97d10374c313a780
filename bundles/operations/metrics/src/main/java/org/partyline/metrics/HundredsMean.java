package org.partyline.metrics;

/** The mean of each hundred numbers, or more, of the hundred before while the next one is not full: none shows by itself. Thread-safe. */
final class HundredsMean {
    /** So many at least are in a mean. */
    static final int HUNDRED = 100;

    private double sum;
    private int count;
    private double mean;

    synchronized void add(double number) {
        sum += number;
        count++;
    }

    /** The mean of the newest hundred that is full; 0 before the first. */
    synchronized double mean() {
        if (count >= HUNDRED) {
            mean = sum / count;
            sum = 0;
            count = 0;
        }
        return mean;
    }
}
