package org.partyline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that runs in parallel, with its output going to a file; it ends with this process. */
final class Running implements AutoCloseable {
    private final List<String> command;
    private final Process process;
    private final Path output;
    private final Thread end;

    private Running(List<String> command, Process process, Path output) {
        this.command = command;
        this.process = process;
        this.output = output;
        end = new Thread(this::kill, "end-program");
        Runtime.getRuntime().addShutdownHook(end);
    }

    /** Starts it, its standard input open and empty. */
    static Running start(ProcessBuilder builder, Path output) {
        try {
            return new Running(
                    builder.command(),
                    builder.redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start(),
                    output);
        } catch (IOException e) {
            throw new UncheckedIOException(builder.command().get(0) + " not running", e);
        }
    }

    /** Waits for its end, which must be successful. */
    void join() {
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(command + " failed:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command.get(0) + " ran", e);
        } finally {
            close();
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns its output so far. */
    String output() {
        try {
            return new String(Files.readAllBytes(output), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the resident memory of its largest process, in bytes: the JVM that a script started. */
    long residentBytes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToLong(each -> residentBytes(each.pid()))
                .max()
                .orElseThrow();
    }

    private static long residentBytes(long pid) {
        try {
            Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
            String kibibytes =
                    new String(ps.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII).strip();
            return kibibytes.isEmpty() ? 0 : Long.parseLong(kibibytes) << 10;
        } catch (IOException e) {
            throw new UncheckedIOException("there is no ps", e);
        }
    }

    private void kill() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .sorted(Comparator.comparing(ProcessHandle::pid).reversed())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
    }

    /** Ends it and its child processes. */
    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException e) {
            // This process is ending: the hook runs, and has nothing to do.
            return;
        }
    }
}
