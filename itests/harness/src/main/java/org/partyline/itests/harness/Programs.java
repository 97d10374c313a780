package org.partyline.itests.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs, and makes sure that none outlives the tests. */
public final class Programs {
    private static final Set<ProcessHandle> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(ProcessHandle::destroyForcibly), "end-programs"));
    }

    private Programs() {}

    /** Kills a program when the tests end, unless it has ended before. */
    static void endWithTests(ProcessHandle program) {
        RUNNING.add(program);
        program.onExit().thenRun(() -> RUNNING.remove(program));
    }

    /** Returns whether a program can be started by this name. */
    public static boolean exists(String name) {
        return find(name).isPresent();
    }

    /** Returns the path of a program, including those only on an administrator's path. */
    public static Optional<Path> find(String name) {
        return Stream.concat(
                        Arrays.stream(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts a program in the background. @param output receives both its output streams */
    public static Process start(Path output, List<String> command) {
        return start(output, new ProcessBuilder(command));
    }

    static Process start(Path output, ProcessBuilder program) {
        try {
            Process process = program.redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
            endWithTests(process.toHandle());
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(program.command() + " not running", e);
        }
    }

    /** Runs a program to its end. @return its output on both streams */
    public static String run(ProcessBuilder builder, Duration limit) {
        List<String> command = builder.command();
        try {
            Path output = Files.createTempFile("program", ".out");
            try {
                Process process = builder.redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        // A file, not a pipe: a server that is started this way would keep a pipe open for as long as
                        // it runs.
                        .redirectOutput(output.toFile())
                        .start();
                endWithTests(process.toHandle());
                if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(
                            command + " did not end within " + limit + ":\n" + Files.readString(output));
                }
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(
                            command + " ended with status " + process.exitValue() + ":\n" + Files.readString(output));
                }
                return Files.readString(output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(command + " not running", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command + " ran", e);
        }
    }
}
