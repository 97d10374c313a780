package org.partyline.itests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The packed distribution, unpacked once for all servers of a test run. */
final class Distribution {
    private static Path unpacked;

    private Distribution() {}

    /** Returns the directory with the start script. */
    static synchronized Path unpacked() {
        if (unpacked == null) {
            Path archive = Places.distribution();
            Path directory = Places.newDirectory("distribution");
            Programs.run(
                    new ProcessBuilder("tar", "xzf", archive.toString(), "-C", directory.toString()),
                    Duration.ofMinutes(2));
            try (Stream<Path> inside = Files.list(directory)) {
                unpacked = inside.findFirst().orElseThrow(() -> new IllegalStateException(archive + " is empty"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return unpacked;
    }
}
