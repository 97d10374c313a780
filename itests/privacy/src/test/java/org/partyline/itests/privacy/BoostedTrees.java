package org.partyline.itests.privacy;

import java.util.Arrays;
import java.util.Random;

/**
 * Gradient boosted trees with logistic loss over binned features (Friedman 2001): finds dependencies on several
 * features at once.
 */
final class BoostedTrees {
    private static final int TREES = 50;
    private static final int DEPTH = 3;
    private static final int BINS = 16;
    private static final double RATE = 0.15;
    private static final double SMOOTHING = 5;
    private static final double COLUMNS = 0.15;
    private static final int LEAST_LEAF = 20;

    private final double[][] edges;
    private final int[][] splitFeature = new int[TREES][(1 << DEPTH) - 1];
    private final int[][] splitBin = new int[TREES][(1 << DEPTH) - 1];
    private final double[][] leaves = new double[TREES][1 << DEPTH];

    /** Trains the model. @param rows features of each sample @param labels whether it is of the second kind */
    BoostedTrees(double[][] rows, boolean[] labels, Random random) {
        int features = rows[0].length;
        edges = new double[features][];
        for (int f = 0; f < features; f++) {
            edges[f] = edges(rows, f);
        }
        byte[][] binned = bin(rows);
        double[] score = new double[rows.length];
        double[] slope = new double[rows.length];
        double[] curve = new double[rows.length];
        for (int tree = 0; tree < TREES; tree++) {
            for (int i = 0; i < rows.length; i++) {
                double p = 1 / (1 + Math.exp(-score[i]));
                slope[i] = (labels[i] ? 1 : 0) - p;
                curve[i] = p * (1 - p);
            }
            int[] columns = columns(features, random);
            int[] node = new int[rows.length];
            for (int depth = 0; depth < DEPTH; depth++) {
                grow(tree, depth, columns, binned, slope, curve, node);
            }
            double[] up = new double[1 << DEPTH];
            double[] down = new double[1 << DEPTH];
            for (int i = 0; i < rows.length; i++) {
                up[node[i]] += slope[i];
                down[node[i]] += curve[i];
            }
            for (int leaf = 0; leaf < up.length; leaf++) {
                leaves[tree][leaf] = RATE * up[leaf] / (down[leaf] + SMOOTHING);
            }
            for (int i = 0; i < rows.length; i++) {
                score[i] += leaves[tree][node[i]];
            }
        }
    }

    private static int[] columns(int features, Random random) {
        int[] all = new int[features];
        for (int i = 0; i < features; i++) {
            all[i] = i;
        }
        int take = Math.max(1, (int) Math.ceil(features * COLUMNS));
        for (int i = 0; i < take; i++) {
            int j = i + random.nextInt(features - i);
            int kept = all[i];
            all[i] = all[j];
            all[j] = kept;
        }
        return Arrays.copyOf(all, take);
    }

    private static double[] edges(double[][] rows, int feature) {
        double[] values = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            values[i] = rows[i][feature];
        }
        Arrays.sort(values);
        double[] edges = new double[BINS - 1];
        int count = 0;
        for (int b = 1; b < BINS; b++) {
            double edge = values[(int) ((long) b * values.length / BINS)];
            if (edge > values[0] && (count == 0 || edge > edges[count - 1])) {
                edges[count++] = edge;
            }
        }
        // A rare value still gets an edge of its own.
        return count == 0 && values[0] < values[values.length - 1]
                ? new double[] {values[values.length - 1]}
                : Arrays.copyOf(edges, count);
    }

    private byte[][] bin(double[][] rows) {
        byte[][] binned = new byte[edges.length][rows.length];
        for (int f = 0; f < edges.length; f++) {
            for (int i = 0; i < rows.length; i++) {
                binned[f][i] = (byte) bin(f, rows[i][f]);
            }
        }
        return binned;
    }

    private int bin(int feature, double value) {
        int at = Arrays.binarySearch(edges[feature], value);
        return at >= 0 ? at + 1 : -at - 1;
    }

    private void grow(int tree, int depth, int[] columns, byte[][] binned, double[] slope, double[] curve, int[] node) {
        int nodes = 1 << depth;
        double[] best = new double[nodes];
        int[] feature = new int[nodes];
        int[] split = new int[nodes];
        Arrays.fill(split, BINS);
        for (int column : columns) {
            double[][] up = new double[nodes][BINS + 1];
            double[][] down = new double[nodes][BINS + 1];
            int[][] count = new int[nodes][BINS + 1];
            byte[] bins = binned[column];
            for (int i = 0; i < node.length; i++) {
                up[node[i]][bins[i]] += slope[i];
                down[node[i]][bins[i]] += curve[i];
                count[node[i]][bins[i]]++;
            }
            for (int n = 0; n < nodes; n++) {
                double allUp = Arrays.stream(up[n]).sum();
                double allDown = Arrays.stream(down[n]).sum();
                int all = Arrays.stream(count[n]).sum();
                double leftUp = 0;
                double leftDown = 0;
                int left = 0;
                for (int b = 0; b < edges[column].length; b++) {
                    leftUp += up[n][b];
                    leftDown += down[n][b];
                    left += count[n][b];
                    if (left < LEAST_LEAF || all - left < LEAST_LEAF) {
                        continue;
                    }
                    double gain = leftUp * leftUp / (leftDown + SMOOTHING)
                            + (allUp - leftUp) * (allUp - leftUp) / (allDown - leftDown + SMOOTHING)
                            - allUp * allUp / (allDown + SMOOTHING);
                    if (gain > best[n]) {
                        best[n] = gain;
                        feature[n] = column;
                        split[n] = b;
                    }
                }
            }
        }
        for (int n = 0; n < nodes; n++) {
            splitFeature[tree][nodes - 1 + n] = feature[n];
            splitBin[tree][nodes - 1 + n] = split[n];
        }
        for (int i = 0; i < node.length; i++) {
            node[i] = 2 * node[i] + (binned[feature[node[i]]][i] > split[node[i]] ? 1 : 0);
        }
    }

    /** Returns how much a sample resembles the second kind. */
    double score(double[] row) {
        double score = 0;
        for (int tree = 0; tree < TREES; tree++) {
            int node = 0;
            for (int depth = 0; depth < DEPTH; depth++) {
                int at = (1 << depth) - 1 + node;
                int feature = splitFeature[tree][at];
                node = 2 * node + (bin(feature, row[feature]) > splitBin[tree][at] ? 1 : 0);
            }
            score += leaves[tree][node];
        }
        return score;
    }
}
