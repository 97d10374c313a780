package org.partyline.itests.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shares an expensive object among all tests of a run, and creates others with other draws for figures that may be
 * chance.
 */
final class Draws<T> {
    private static final int AGAIN = 4;
    private static final int MOST = 8;

    private final String name;
    private final Maker<T> maker;
    private final List<T> made = new ArrayList<>();

    /** Creates an object. */
    @FunctionalInterface
    interface Maker<T> {
        /**
         * Creates one.
         *
         * @param name distinguishes draws of randomness
         * @param home a directory that is deleted afterwards
         */
        T make(String name, Path home) throws Exception;
    }

    Draws(String name, Maker<T> maker) {
        this.name = name;
        this.maker = maker;
    }

    /** A measurement. */
    @FunctionalInterface
    interface Measure<T> {
        /** @param which a description of these draws; empty for the first */
        Detector.Areas of(T draws, String which);
    }

    /** Returns the object that all tests of a run share. */
    T first() throws Exception {
        return at(0);
    }

    /**
     * Returns how well two kinds can be distinguished. A figure that chance may have raised above the bound is measured
     * four more times with other draws, and replaced by the mean of these; if that is above the bound, too, by the mean
     * of eight. Chance varies such a mean a half or a third as much, and the first measurement, which was selected
     * because it is high, does not count; a real difference is there each time. The mean is computed for each
     * classifier, and only then the better one counts: the better of several is above 0.5 by chance already, so a mean
     * of those would be, too.
     */
    double settled(double bound, Measure<T> measure) throws Exception {
        Detector.Areas first = measure.of(at(0), "");
        if (first.better() <= bound) {
            return first.better();
        }
        List<Detector.Areas> again = new ArrayList<>();
        double mean = first.better();
        while (mean > bound && again.size() < MOST) {
            for (int i = 0; i < AGAIN; i++) {
                int which = again.size() + 1;
                again.add(measure.of(at(which), ", other draws " + which));
            }
            mean = Detector.Areas.mean(again).better();
        }
        return mean;
    }

    private synchronized T at(int which) throws Exception {
        while (made.size() <= which) {
            made.add(make(made.isEmpty() ? name : name + " again " + made.size()));
        }
        return made.get(which);
    }

    private T make(String which) throws Exception {
        Path home = Files.createTempDirectory("privacy");
        T draw;
        try {
            draw = maker.make(which, home);
        } catch (Exception | Error e) {
            // The original failure must remain visible, and others may still be writing there.
            try {
                delete(home);
            } catch (IOException | UncheckedIOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
        delete(home);
        return draw;
    }

    private static void delete(Path home) throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
