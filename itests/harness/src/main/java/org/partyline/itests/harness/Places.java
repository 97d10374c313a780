package org.partyline.itests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** Finds paths: in the checkout, and in the module under test. */
final class Places {
    private static Path servers;

    private Places() {}

    private static synchronized Path servers() throws IOException {
        if (servers == null) {
            servers = Path.of("target", "servers").toAbsolutePath();
            if (Files.exists(servers)) {
                delete(servers);
            }
        }
        return servers;
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path emptied, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(emptied);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Returns a file or directory of the checkout; searched from the working directory upwards. */
    static Path inCheckout(String relative) {
        Path start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(relative))) {
                return at.resolve(relative);
            }
        }
        throw new IllegalStateException(
                "there is no " + relative + " in " + start + " nor above it: run inside the checkout");
    }

    /** Returns the packed distribution from the build. */
    static Path distribution() {
        String named = System.getProperty("partyline.distribution");
        if (named != null) {
            return Path.of(named);
        }
        Path target = inCheckout("karaf-assembly/pom.xml").resolveSibling("target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches("partyline-.*\\.tar\\.gz"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "there is no distribution in " + target + ": build karaf-assembly first"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + target + ": build karaf-assembly first", e);
        }
    }

    /**
     * Creates a directory below the module's build directory, mode 0700. It stays for examination after the tests,
     * until the next ones begin.
     */
    static Path newDirectory(String prefix) {
        try {
            Path parent = Files.createDirectories(servers());
            return Files.createTempDirectory(
                    parent,
                    prefix + "-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
