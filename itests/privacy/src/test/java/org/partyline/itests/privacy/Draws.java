package org.partyline.itests.privacy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What takes long to make: once for all tests of a run, and twice more with other draws for figures that may be chance. */
final class Draws<T> {
    private final String name;
    private final Maker<T> maker;
    private final List<T> made = new ArrayList<>();

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

    /** Measures something. */
    @FunctionalInterface
    interface Measure<T> {
        /** @param which which draws these are, for people: empty for the first */
        double of(T draws, String which);
    }

    /** The same for all tests of a run. */
    T first() throws Exception {
        return at(0);
    }

    /**
     * A figure that chance can take over its bound is measured twice more with other draws, and is their mean then: chance moves a mean
     * less, and the first look, which was chosen because it is high, does not count. A real difference is there each time.
     */
    double settled(double bound, Measure<T> measure) throws Exception {
        double first = measure.of(at(0), "");
        return first <= bound
                ? first
                : (measure.of(at(1), ", other draws") + measure.of(at(2), ", other draws again")) / 2;
    }

    private synchronized T at(int which) throws Exception {
        while (made.size() <= which) {
            made.add(make(made.isEmpty() ? name : name + " once more".repeat(made.size())));
        }
        return made.get(which);
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
