package org.partyline.itests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** Where things lie: in the checkout, and in the module under test. */
final class Places {
    private Places() {}

    /** A file or directory of the checkout; found from the working directory upwards. */
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

    /** The packed distribution that the build made. */
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

    /** A new directory below the module's build directory, mode 0700. It stays after the tests, to be looked at. */
    static Path newDirectory(String prefix) {
        try {
            Path parent = Files.createDirectories(Path.of("target", "servers").toAbsolutePath());
            return Files.createTempDirectory(
                    parent,
                    prefix + "-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
