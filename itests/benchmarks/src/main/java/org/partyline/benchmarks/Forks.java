package org.partyline.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the methods of a JMH class in turn, each time in a separate JVM, so that a temporarily busy machine affects all
 * of them. Compares {@linkplain CpuTime processor time}: medians, and the two results of one turn with each other.
 */
final class Forks {
    private final Map<String, double[]> nanoseconds = new LinkedHashMap<>();
    private final int turns;

    private Forks(int turns) {
        this.turns = turns;
    }

    /** Measures the methods; returns each operation's processor time. */
    static Forks run(Effort effort, Class<?> benchmark, List<String> methods) throws RunnerException {
        return run(effort, benchmark, methods, Map.of());
    }

    /**
     * The same, alternating with other measurements.
     *
     * @param others by name, each returns an operation's processor time in nanoseconds
     */
    static Forks run(Effort effort, Class<?> benchmark, List<String> methods, Map<String, DoubleSupplier> others)
            throws RunnerException {
        Forks forks = new Forks(effort.turns());
        for (int turn = 0; turn < forks.turns; turn++) {
            for (String method : methods) {
                forks.add(method, turn, once(effort, benchmark, method));
            }
            for (Map.Entry<String, DoubleSupplier> other : others.entrySet()) {
                forks.add(other.getKey(), turn, other.getValue().getAsDouble());
            }
        }
        return forks;
    }

    private void add(String method, int turn, double cost) {
        nanoseconds.computeIfAbsent(method, any -> new double[turns])[turn] = cost;
    }

    private static double once(Effort effort, Class<?> benchmark, String method) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(benchmark.getName().replace(".", "\\.") + "\\." + method + "$")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(1)
                .threads(1)
                // The garbage collector of the distribution.
                .jvmArgs("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC")
                .addProfiler(CpuTime.class)
                .warmupIterations(effort.warmups())
                .warmupTime(time(effort, 2))
                .measurementIterations(effort.iterations())
                .measurementTime(time(effort, 1))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        RunResult result = new Runner(options).runSingle();
        return Samples.median(result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(iteration ->
                        iteration.getSecondaryResults().get(CpuTime.NAME).getScore())
                .toArray());
    }

    private static TimeValue time(Effort effort, int times) {
        return TimeValue.milliseconds(effort.iteration().multipliedBy(times).toMillis());
    }

    /** Returns the median of the turns. */
    Cost cost(String method) {
        return Cost.nanoseconds(Samples.median(nanoseconds.get(method)));
    }

    /** Returns the cost of one divided by the cost of the other: the median over the turns. */
    double ratio(String method, String baseline) {
        double[] ratios = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            ratios[turn] = nanoseconds.get(method)[turn] / nanoseconds.get(baseline)[turn];
        }
        return Samples.median(ratios);
    }

    Figure figure(String what, String method, String baseline, String inWords, Figure.Direction direction, Goal goal) {
        return Figure.of(what, cost(method), inWords, cost(baseline), ratio(method, baseline), direction, goal);
    }
}
