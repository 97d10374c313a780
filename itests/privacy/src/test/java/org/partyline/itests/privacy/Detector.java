package org.partyline.itests.privacy;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Learns to distinguish two kinds of things, and measures how well it does on unseen ones: logistic regression and
 * boosted trees, five-fold cross-validation.
 */
final class Detector {
    private static final int FOLDS = 5;

    private Detector() {}

    /**
     * Areas under the curve, 0 to 1; 0.5 means no distinction.
     *
     * @param linear of logistic regression
     * @param trees of boosted trees
     */
    record Areas(double linear, double trees) {
        /** Returns the better classifier's area, 0.5 to 1; one that is always wrong can distinguish, too. */
        double better() {
            return Math.max(either(linear), either(trees));
        }

        private static double either(double auc) {
            return Math.max(auc, 1 - auc);
        }

        /** Returns the mean of each classifier. */
        static Areas mean(List<Areas> all) {
            return new Areas(
                    all.stream().mapToDouble(Areas::linear).average().orElseThrow(),
                    all.stream().mapToDouble(Areas::trees).average().orElseThrow());
        }
    }

    /** Returns how well two kinds of independent things can be distinguished. */
    static Areas areas(List<double[]> one, List<double[]> other, long seed) {
        Random random = new Random(seed);
        return crossValidated(one, folds(one.size(), random), other, folds(other.size(), random), seed);
    }

    /**
     * The same for things that depend on their neighbours: the training set must not contain the neighbours of tested
     * ones.
     *
     * @param one in independent groups, {@value #FOLDS} of them: each is in the training set as a whole, or not at all
     * @param other of the same groups
     */
    static Areas grouped(List<List<double[]>> one, List<List<double[]>> other, long seed) {
        return crossValidated(flat(one), groups(one), flat(other), groups(other), seed);
    }

    private static List<double[]> flat(List<List<double[]>> groups) {
        return groups.stream().flatMap(List::stream).toList();
    }

    private static int[] groups(List<List<double[]>> groups) {
        if (groups.size() != FOLDS) {
            throw new IllegalArgumentException(groups.size() + " groups");
        }
        return IntStream.range(0, FOLDS)
                .flatMap(group ->
                        IntStream.generate(() -> group).limit(groups.get(group).size()))
                .toArray();
    }

    private static Areas crossValidated(
            List<double[]> one, int[] foldOne, List<double[]> other, int[] foldOther, long seed) {
        double[][] areas = IntStream.range(0, FOLDS)
                .parallel()
                .mapToObj(fold -> fold(one, foldOne, other, foldOther, fold, seed))
                .toArray(double[][]::new);
        double linear = 0;
        double trees = 0;
        for (double[] area : areas) {
            linear += area[0] / FOLDS;
            trees += area[1] / FOLDS;
        }
        return new Areas(linear, trees);
    }

    private static double[] fold(
            List<double[]> one, int[] foldOne, List<double[]> other, int[] foldOther, int fold, long seed) {
        List<double[]> train = new ArrayList<>();
        int ones = select(one, foldOne, fold, false, train);
        select(other, foldOther, fold, false, train);
        List<double[]> test = new ArrayList<>();
        int testOnes = select(one, foldOne, fold, true, test);
        select(other, foldOther, fold, true, test);
        double[][] rows = train.toArray(new double[0][]);
        boolean[] labels = new boolean[rows.length];
        Arrays.fill(labels, ones, labels.length, true);
        Random random = new Random(seed + fold);
        return new double[] {
            area(test, testOnes, regression(rows, labels)),
            area(test, testOnes, new BoostedTrees(rows, labels, random)::score)
        };
    }

    private static int[] folds(int size, Random random) {
        List<Integer> folds = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            folds.add(i % FOLDS);
        }
        Collections.shuffle(folds, random);
        return folds.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int select(List<double[]> from, int[] folds, int fold, boolean inside, List<double[]> to) {
        int before = to.size();
        for (int i = 0; i < folds.length; i++) {
            if ((folds[i] == fold) == inside) {
                to.add(from.get(i));
            }
        }
        return to.size() - before;
    }

    private static ToDoubleFunction<double[]> regression(double[][] rows, boolean[] labels) {
        int features = rows[0].length;
        double[] mean = new double[features];
        double[] deviation = new double[features];
        for (double[] row : rows) {
            for (int f = 0; f < features; f++) {
                mean[f] += row[f] / rows.length;
            }
        }
        for (double[] row : rows) {
            for (int f = 0; f < features; f++) {
                deviation[f] += (row[f] - mean[f]) * (row[f] - mean[f]) / rows.length;
            }
        }
        for (int f = 0; f < features; f++) {
            deviation[f] = deviation[f] < 1e-12 ? 1 : Math.sqrt(deviation[f]);
        }
        Problem problem = new Problem();
        problem.l = rows.length;
        problem.n = features + 1;
        problem.bias = 1;
        problem.x = new Feature[rows.length][];
        problem.y = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            problem.x[i] = nodes(rows[i], mean, deviation);
            problem.y[i] = labels[i] ? 1 : 0;
        }
        Linear.disableDebugOutput();
        Model model = Linear.train(problem, new Parameter(SolverType.L2R_LR, 0.001, 0.05));
        double sign = model.getLabels()[0] == 1 ? 1 : -1;
        return row -> {
            double[] value = new double[1];
            Linear.predictValues(model, nodes(row, mean, deviation), value);
            return sign * value[0];
        };
    }

    private static Feature[] nodes(double[] row, double[] mean, double[] deviation) {
        Feature[] nodes = new Feature[row.length + 1];
        for (int f = 0; f < row.length; f++) {
            nodes[f] = new FeatureNode(f + 1, (row[f] - mean[f]) / deviation[f]);
        }
        nodes[row.length] = new FeatureNode(row.length + 1, 1);
        return nodes;
    }

    private static double area(List<double[]> test, int ones, ToDoubleFunction<double[]> score) {
        double[] scores = test.stream().mapToDouble(score).toArray();
        return Statistics.area(Arrays.copyOfRange(scores, ones, scores.length), Arrays.copyOfRange(scores, 0, ones));
    }
}
