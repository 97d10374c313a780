package org.partyline.testkit;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Measures whether the time of an operation depends on its input: Welch's t-test over two kinds of inputs in random
 * order, without the slowest measurements, like dudect (Reparaz, Balasch, Verbauwhede: Dude, is my code constant time?,
 * 2017).
 */
public final class LeakTiming {
    /**
     * Above this, the times of the two kinds differ. Without a difference, 5 is rare; the rest allows for a busy
     * machine.
     */
    public static final double LEAK = 25;

    private static final double LEAST_NANOS = 1;

    private static final int ROUNDS = 3;
    private static final int SAMPLES = 40_000;
    private static final double[] KEPT = {0.5, 0.8, 0.95};

    /** Keeps the compiler from optimising the measured operation away. */
    @SuppressWarnings("UnusedVariable")
    private static volatile int sink;

    private LeakTiming() {}

    /**
     * The result of a measurement.
     *
     * @param t Welch's t, the maximum over parts of the measurements; its sign does not matter
     * @param nanos how much longer the second kind takes
     */
    public record Result(double t, double nanos) {
        /** Returns whether the times differ by more than the resolution of the processor's clock. */
        public boolean leaks() {
            return Math.abs(t) > LEAK && Math.abs(nanos) > LEAST_NANOS;
        }
    }

    /**
     * Measures several times, and prints each result.
     *
     * @param what for the printed lines
     * @param batch how often the operation runs in one measurement: a clock has a resolution of tens of nanoseconds
     * @param operation receives the kind of input, 0 or 1; its result is used
     * @return the result with the smallest t: load alone does not cause a difference in every round
     */
    public static Result of(String what, int batch, IntFunction<?> operation) {
        SplittableRandom random = new SplittableRandom();
        for (int i = 0; i < SAMPLES / 4; i++) {
            measure(batch, operation, i & 1);
        }
        Result least = null;
        for (int round = 0; round < ROUNDS; round++) {
            Result now = round(batch, operation, random);
            System.out.printf("timing of %s: t = %.1f, a difference of %.1f ns%n", what, now.t, now.nanos);
            least = least == null || Math.abs(now.t) < Math.abs(least.t) ? now : least;
        }
        return least;
    }

    private static Result round(int batch, IntFunction<?> operation, SplittableRandom random) {
        long[] times = new long[SAMPLES];
        byte[] kinds = new byte[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            kinds[i] = (byte) random.nextInt(2);
            times[i] = measure(batch, operation, kinds[i]);
        }
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        Result most = new Result(0, 0);
        for (double kept : KEPT) {
            Result now = welch(times, kinds, sorted[(int) (kept * (SAMPLES - 1))], batch);
            most = Math.abs(now.t) > Math.abs(most.t) ? now : most;
        }
        return most;
    }

    private static long measure(int batch, IntFunction<?> operation, int kind) {
        int used = 0;
        long start = System.nanoTime();
        for (int i = 0; i < batch; i++) {
            used += operation.apply(kind) == null ? 0 : 1;
        }
        long time = System.nanoTime() - start;
        sink = used;
        return time;
    }

    private static Result welch(long[] times, byte[] kinds, long slowest, int batch) {
        double[] sum = new double[2];
        double[] squares = new double[2];
        int[] count = new int[2];
        for (int i = 0; i < times.length; i++) {
            if (times[i] <= slowest) {
                sum[kinds[i]] += times[i];
                squares[kinds[i]] += (double) times[i] * times[i];
                count[kinds[i]]++;
            }
        }
        double difference = sum[1] / count[1] - sum[0] / count[0];
        double error = 0;
        for (int kind = 0; kind < 2; kind++) {
            double mean = sum[kind] / count[kind];
            error += Math.max(0, squares[kind] / count[kind] - mean * mean) / count[kind];
        }
        return new Result(difference == 0 ? 0 : difference / Math.sqrt(error), difference / batch);
    }
}
