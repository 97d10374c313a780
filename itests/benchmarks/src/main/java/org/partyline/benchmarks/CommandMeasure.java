package org.partyline.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures how long one console command from a shell takes: our start script against Karaf's client over SSH, on the
 * same server.
 */
final class CommandMeasure {
    private static final String COMMAND = "shell:echo hello";
    private static final String ANSWER = "hello";

    private final int turns;
    private final Work work;
    private final Path distribution;
    private final Path home;

    private CommandMeasure(Effort effort, Work work, Path distribution) {
        this.turns = effort.commands();
        this.work = work;
        this.distribution = distribution;
        this.home = work.newDirectory("command-home");
    }

    static List<Figure> run(Effort effort, Work work, Path distribution) {
        return new CommandMeasure(effort, work, distribution).run();
    }

    private List<Figure> run() {
        allowTheOldWay();
        script("start", "server");
        try {
            Path command = write(work.newFile("command.txt"), COMMAND + "\n");
            double[] ours = new double[turns];
            double[] theirs = new double[turns];
            for (int i = 0; i < turns; i++) {
                ours[i] = time(() -> script("ours", "command", COMMAND));
                theirs[i] = time(() -> ended(karafsClient().redirectInput(command.toFile()), "theirs"));
            }
            return List.of(Figure.of(
                    "one console command from a shell",
                    Cost.milliseconds(Samples.median(ours)),
                    "Karaf's client over SSH, without a script around it",
                    Cost.milliseconds(Samples.median(theirs)),
                    Figure.Direction.OF_THE_BASELINE,
                    Goal.atMost(0.5)));
        } finally {
            script("stop", "stop");
        }
    }

    /** Karaf's client needs a password, which the start script no longer does: this temporary home has one. */
    private void allowTheOldWay() {
        Path etc = work.newDirectory("command-home/etc");
        Path shipped = distribution.resolve("etc");
        write(etc.resolve("keys.properties"), read(shipped.resolve("keys.properties")) + "somebody=AAAA\n");
        write(
                etc.resolve("users.properties"),
                read(shipped.resolve("users.properties")) + "partyline = play,_g_:admingroup\n");
        write(
                etc.resolve("org.apache.karaf.shell.cfg"),
                read(shipped.resolve("org.apache.karaf.shell.cfg"))
                        .replace("authMethods = publickey", "authMethods = password"));
    }

    private static double time(Runnable task) {
        long begin = System.nanoTime();
        task.run();
        return System.nanoTime() - begin;
    }

    private void script(String name, String... words) {
        List<String> command =
                new ArrayList<>(List.of(distribution.resolve("partyline").toString()));
        command.addAll(List.of(words));
        ended(new ProcessBuilder(command).redirectInput(new File("/dev/null")), name);
    }

    /** Runs a program to its end; it must have answered the command. */
    private void ended(ProcessBuilder builder, String name) {
        builder.environment().put("PARTYLINE_HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Path output = work.newFile("command-" + name + ".log");
        Running.start(builder, output).join();
        if (builder.command().contains(COMMAND) && !read(output).contains(ANSWER)) {
            throw new IllegalStateException(name + " did not answer: " + read(output));
        }
    }

    private ProcessBuilder karafsClient() {
        Path system = distribution.resolve("system");
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms8m",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Dkaraf.home=" + distribution,
                "-Dkaraf.base=" + home,
                "-Dkaraf.etc=" + home.resolve("etc"),
                "-Dorg.apache.karaf.shell.sshPort="
                        + read(home.resolve("console.port")).strip(),
                "-Dorg.jline.terminal.dumb=true",
                "-classpath",
                Stream.of(
                                "org/apache/karaf/org.apache.karaf.client",
                                "org/apache/sshd",
                                "org/jline/jline",
                                "org/fusesource/jansi/jansi")
                        .flatMap(directory -> jars(system.resolve(directory)).stream())
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator)),
                "org.apache.karaf.client.Main",
                "-b");
    }

    private static List<Path> jars(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
