package org.partyline.itests.privacy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** What takes long to make: once for all tests of a run, and once more with other draws for figures that may be chance. */
final class Draws<T> {
    private final String name;
    private final Maker<T> maker;
    private T first;
    private T second;

    /** Makes one. */
    @FunctionalInterface
    interface Maker<T> {
        /**
         * Makes one.
         *
         * @param name tells draws of randomness apart
         * @param home a directory that is deleted afterwards
         */
        T make(String name, Path home) throws Exception;
    }

    Draws(String name, Maker<T> maker) {
        this.name = name;
        this.maker = maker;
    }

    synchronized T first() throws Exception {
        if (first == null) {
            first = make(name);
        }
        return first;
    }

    synchronized T second() throws Exception {
        if (second == null) {
            second = make(name + " once more");
        }
        return second;
    }

    private T make(String which) throws Exception {
        Path home = Files.createTempDirectory("privacy");
        try {
            return maker.make(which, home);
        } finally {
            delete(home);
        }
    }

    private static void delete(Path home) throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
