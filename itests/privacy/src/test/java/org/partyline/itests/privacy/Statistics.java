package org.partyline.itests.privacy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Tests of samples. */
final class Statistics {
    private Statistics() {}

    /**
     * Returns the p value of the two-sample Kolmogorov-Smirnov test, by the asymptotic series; ties make it larger,
     * never smaller.
     */
    static double kolmogorovSmirnov(double[] one, double[] other) {
        double[] a = one.clone();
        double[] b = other.clone();
        Arrays.sort(a);
        Arrays.sort(b);
        double distance = 0;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            double at = Math.min(a[i], b[j]);
            while (i < a.length && a[i] <= at) {
                i++;
            }
            while (j < b.length && b[j] <= at) {
                j++;
            }
            distance = Math.max(distance, Math.abs((double) i / a.length - (double) j / b.length));
        }
        double n = Math.sqrt((double) a.length * b.length / (a.length + b.length));
        double lambda = (n + 0.12 + 0.11 / n) * distance;
        if (lambda < 0.2) {
            return 1;
        }
        double p = 0;
        for (int k = 1; k <= 100; k++) {
            p += 2 * (k % 2 == 1 ? 1 : -1) * Math.exp(-2.0 * k * k * lambda * lambda);
        }
        return Math.max(0, Math.min(1, p));
    }

    /**
     * Returns the mutual information of two discrete variables in bits, estimated from counts: not below the true value
     * except by chance, and above it by about (states - 1) x (states - 1) / (2 ln 2 n).
     */
    static double mutualInformation(int[] x, int[] y) {
        int xs = Arrays.stream(x).max().orElse(0) + 1;
        int ys = Arrays.stream(y).max().orElse(0) + 1;
        double[][] joint = new double[xs][ys];
        double[] px = new double[xs];
        double[] py = new double[ys];
        for (int i = 0; i < x.length; i++) {
            joint[x[i]][y[i]] += 1.0 / x.length;
            px[x[i]] += 1.0 / x.length;
            py[y[i]] += 1.0 / x.length;
        }
        double bits = 0;
        for (int i = 0; i < xs; i++) {
            for (int j = 0; j < ys; j++) {
                if (joint[i][j] > 0) {
                    bits += joint[i][j] * Math.log(joint[i][j] / px[i] / py[j]) / Math.log(2);
                }
            }
        }
        return bits;
    }

    /** Returns the quantile of a reference, of this many, in which each value falls. */
    static int[] quantiles(double[] values, double[] reference, int bins) {
        double[] sorted = reference.clone();
        Arrays.sort(sorted);
        int[] at = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            int bin = 0;
            while (bin < bins - 1 && values[i] > sorted[(bin + 1) * sorted.length / bins]) {
                bin++;
            }
            at[i] = bin;
        }
        return at;
    }

    /** Returns the largest autocorrelation at lags of 1 to {@code most}, in standard deviations of chance. */
    static double strongestEcho(double[] values, int most) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance =
                Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double strongest = 0;
        for (int lag = 1; lag <= most; lag++) {
            double sum = 0;
            for (int i = lag; i < values.length; i++) {
                sum += (values[i] - mean) * (values[i - lag] - mean);
            }
            strongest = Math.max(strongest, Math.abs(sum / variance) * Math.sqrt(values.length));
        }
        return strongest;
    }

    /**
     * Returns how often one of these is larger than one of those, counting ties half: the area under the curve, 0 to 1.
     */
    static double area(double[] these, double[] those) {
        record Scored(double score, boolean ofThese) {}
        List<Scored> all = new ArrayList<>();
        Arrays.stream(these).forEach(score -> all.add(new Scored(score, true)));
        Arrays.stream(those).forEach(score -> all.add(new Scored(score, false)));
        all.sort(Comparator.comparingDouble(Scored::score));
        double ranks = 0;
        for (int i = 0; i < all.size(); ) {
            int end = i;
            int equal = 0;
            while (end < all.size() && all.get(end).score() == all.get(i).score()) {
                equal += all.get(end++).ofThese() ? 1 : 0;
            }
            ranks += equal * (i + 1 + end) / 2.0;
            i = end;
        }
        return (ranks - these.length * (these.length + 1) / 2.0) / ((double) these.length * those.length);
    }
}
