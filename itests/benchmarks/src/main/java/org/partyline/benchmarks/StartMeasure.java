package org.partyline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.partyline.itests.harness.Ports;

/**
 * Measures the time until a server shows its console's prompt, and its memory then: ours against an unmodified Apache
 * Karaf.
 */
final class StartMeasure {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** A console needs a terminal: util-linux's {@code script} creates one. */
    private static final List<String> ON_A_TERMINAL = List.of("script", "-q", "-e", "-f", "-c");

    private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;?]*[a-zA-Z]");

    private StartMeasure() {}

    /** @param nanoseconds to the prompt @param resident bytes, five seconds later */
    private record Start(double nanoseconds, double resident) {}

    /** A way to start a server with a console. */
    private record Subject(
            String name, Path directory, String command, String prompt, Map<String, String> environment) {
        Start start(Effort effort, Work work, int number) {
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(ON_A_TERMINAL)).directory(directory.toFile());
            builder.command().add(command);
            builder.command().add("/dev/null");
            builder.environment()
                    .put("PARTYLINE_HOME", work.newDirectory(name + "-home").toString());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("TERM", "xterm");
            builder.environment().putAll(environment);
            long begin = System.nanoTime();
            try (Running server = Running.start(builder, work.newFile(name + "-" + number + ".log"))) {
                Poll.until(name + " shows its prompt", LIMIT, () -> {
                    if (!server.isAlive()) {
                        throw new IllegalStateException(name + " ended:\n" + server.output());
                    }
                    return COLOURS.matcher(server.output()).replaceAll("").contains(prompt);
                });
                long took = System.nanoTime() - begin;
                long settled = System.nanoTime() + effort.settle().toNanos();
                Poll.until("it settles", LIMIT, () -> System.nanoTime() > settled);
                Start start = new Start(took, server.residentBytes());
                if (!environment.isEmpty()) {
                    stop(builder.environment());
                }
                return start;
            }
        }

        /** Cleanly, since a server stores some data only then. */
        private void stop(Map<String, String> settings) {
            ProcessBuilder builder = new ProcessBuilder(command, "stop")
                    .directory(directory.toFile())
                    .redirectErrorStream(true);
            builder.environment().putAll(settings);
            try {
                Process process = builder.start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.waitFor() != 0) {
                    throw new IllegalStateException(name + " was not stopped:\n" + output);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    static List<Figure> run(Effort effort, Work work, Path distribution, Path karaf) {
        Subject ours = new Subject("partyline", distribution, "./partyline", "partyline>", Map.of());
        Subject archived =
                new Subject("archived", distribution, "./partyline", "partyline>", Map.of("PARTYLINE_CDS", "on"));
        Subject stock = new Subject("karaf", karaf, "./bin/karaf", "karaf@root()>", Map.of());
        moveFromDefaultPorts(karaf);
        Start[] our = new Start[effort.turns() + 1];
        Start[] withArchive = new Start[effort.turns() + 1];
        Start[] their = new Start[effort.turns() + 1];
        for (int i = 0; i <= effort.turns(); i++) {
            our[i] = ours.start(effort, work, i);
            withArchive[i] = archived.start(effort, work, i);
            their[i] = stock.start(effort, work, i);
        }
        String baseline = karaf.getFileName() + " as it comes";
        double ourLater = later(our, true);
        double theirLater = later(their, true);
        return List.of(
                Figure.of(
                        "first start to the prompt",
                        Cost.seconds(our[0].nanoseconds),
                        baseline,
                        Cost.seconds(their[0].nanoseconds),
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.NONE),
                Figure.of(
                        "later start to the prompt",
                        Cost.seconds(ourLater),
                        baseline,
                        Cost.seconds(theirLater),
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.NONE),
                Figure.of(
                        "the same with an archive of classes",
                        Cost.seconds(later(withArchive, true)),
                        baseline,
                        Cost.seconds(theirLater),
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.NONE),
                Figure.of(
                        "resident memory, " + effort.settle().toSeconds() + " s after the prompt",
                        Cost.mebibytes(later(our, false)),
                        baseline,
                        Cost.mebibytes(later(their, false)),
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.NONE),
                Figure.of(
                        "the same with an archive of classes",
                        Cost.mebibytes(later(withArchive, false)),
                        baseline,
                        Cost.mebibytes(later(their, false)),
                        Figure.Direction.OF_THE_BASELINE,
                        Goal.NONE));
    }

    /** Returns the median of all starts but the first. */
    private static double later(Start[] starts, boolean time) {
        double[] values = new double[starts.length - 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = time ? starts[i + 1].nanoseconds : starts[i + 1].resident;
        }
        return Samples.median(values);
    }

    /** Its default ports may be in use here; nothing else is changed. */
    private static void moveFromDefaultPorts(Path karaf) {
        List<Integer> free = Ports.free(3);
        replace(karaf.resolve("etc/org.apache.karaf.shell.cfg"), "8101", free.get(0));
        replace(karaf.resolve("etc/org.apache.karaf.management.cfg"), "1099", free.get(1));
        replace(karaf.resolve("etc/org.apache.karaf.management.cfg"), "44444", free.get(2));
    }

    private static void replace(Path file, String port, int other) {
        try {
            Files.writeString(file, Files.readString(file).replace(port, Integer.toString(other)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
