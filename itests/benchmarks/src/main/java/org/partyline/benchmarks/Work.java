package org.partyline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The directory that this run writes to, and the archives that it unpacks there. */
final class Work {
    private final Path directory;

    /** Empties the directory. */
    Work(Path directory) {
        this.directory = directory.toAbsolutePath();
        delete(this.directory);
        newDirectory("");
    }

    /** Creates a directory. */
    Path newDirectory(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Unpacks an archive. @return the one directory inside it */
    Path unpack(Path archive, String name) {
        Path into = newDirectory(name);
        Running tar = Running.start(
                new ProcessBuilder("tar", "xzf", archive.toString(), "-C", into.toString()), newFile(name + ".log"));
        tar.join();
        try (Stream<Path> inside = Files.list(into)) {
            return inside.findFirst().orElseThrow(() -> new IllegalStateException(archive + " is empty"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a file that does not exist yet. */
    Path newFile(String name) {
        return directory.resolve(name);
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
