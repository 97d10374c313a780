package org.partyline.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.partyline.itests.harness.Programs;

/** A program in C that measures the baselines: libsodium, libargon2. */
final class NativeProgram {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path program;

    private NativeProgram(Path program) {
        this.program = program;
    }

    /**
     * Compiles it; empty, with the reason on standard error, if there is no C compiler or one of the libraries is not
     * installed.
     */
    static Optional<NativeProgram> compile(Work work) {
        Path directory = work.newDirectory("native");
        Path source = directory.resolve("native.c");
        Path program = directory.resolve("native");
        try (InputStream in = NativeProgram.class.getResourceAsStream("native.c")) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Programs.run(
                    new ProcessBuilder(
                            "cc",
                            "-O2",
                            "-o",
                            program.toString(),
                            source.toString(),
                            "-l:libsodium.so.23",
                            "-l:libargon2.so.1"),
                    LIMIT);
        } catch (UncheckedIOException | IllegalStateException e) {
            System.err.println("Nothing is compared with libsodium and libargon2: " + e.getMessage());
            return Optional.empty();
        }
        return Optional.of(new NativeProgram(program));
    }

    /** Returns the processor time of an operation, in nanoseconds. */
    double nanoseconds(String operation, int rounds) {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), operation, Integer.toString(rounds));
        return Double.parseDouble(Programs.run(builder, LIMIT).strip());
    }
}
