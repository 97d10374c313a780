package org.partyline.itests.privacy;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The externally visible events, and the packets that waited.
 *
 * @param sent when packets left, in seconds from the beginning
 * @param waiting how many packets waited after each of them
 * @param says whether a packet waited right before each that left in a slot, so that it was not a decoy
 * @param written when messages were written
 */
record Run(double[] sent, int[] waiting, boolean[] says, double[] written) {
    private static final int BINS = 8;

    double[] gaps() {
        return gaps(1);
    }

    /** Returns the times between each and the one this many later. */
    double[] gaps(int each) {
        double[] gaps = new double[(sent.length - 1) / each];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = sent[(i + 1) * each] - sent[i * each];
        }
        return gaps;
    }

    /** Returns how often the pause before a packet that is not a decoy is longer than the one before a decoy. */
    double pauseTells() {
        double[] gaps = gaps();
        return Statistics.area(pauses(gaps, true), pauses(gaps, false));
    }

    private double[] pauses(double[] gaps, boolean before) {
        // The last may have left because of a block, with no slot after it.
        return IntStream.range(0, Math.min(gaps.length, says.length - 1))
                .filter(i -> says[i + 1] == before)
                .mapToDouble(i -> gaps[i])
                .toArray();
    }

    double shareBusy() {
        return Arrays.stream(waiting).filter(n -> n > 0).count() / (double) waiting.length;
    }

    /** Returns the mutual information of waiting packets and the time until the next packet. */
    double bitsInGaps() {
        double[] gaps = gaps();
        return Statistics.mutualInformation(
                states(Arrays.copyOf(waiting, gaps.length)), Statistics.quantiles(gaps, gaps, BINS));
    }

    /**
     * Returns the mutual information of the packets waiting at the beginning of each quarter of the mean, and the
     * number that left in it.
     */
    double bitsInSlots() {
        double slot = Months.MEAN.toSeconds() / 4.0;
        int slots = (int) (sent[sent.length - 1] / slot);
        int[] state = new int[slots];
        int[] count = new int[slots];
        int at = 0;
        for (int i = 0; i < slots; i++) {
            while (at < sent.length && sent[at] < i * slot) {
                at++;
            }
            state[i] = at == 0 ? 0 : waiting[at - 1];
            for (int j = at; j < sent.length && sent[j] < (i + 1) * slot; j++) {
                count[i] = Math.min(2, count[i] + 1);
            }
        }
        return Statistics.mutualInformation(states(state), count);
    }

    private static int[] states(int[] waiting) {
        return Arrays.stream(waiting)
                .map(n -> n == 0 ? 0 : n == 1 ? 1 : n <= 4 ? 2 : 3)
                .toArray();
    }
}
