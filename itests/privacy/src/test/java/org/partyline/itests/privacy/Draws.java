package org.partyline.itests.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What takes long to make: once for all tests of a run, and again with other draws for figures that may be chance. */
final class Draws<T> {
    private static final int AGAIN = 4;
    private static final int MOST = 8;

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
        Detector.Areas of(T draws, String which);
    }

    /** The same for all tests of a run. */
    T first() throws Exception {
        return at(0);
    }

    /**
     * How well two kinds are told apart. What chance can take over the bound is measured four times more with other
     * draws, and is the mean of these then; where that is over, too, it is the mean of eight. Chance moves such a mean
     * a half or a third as far, and the first look, which was chosen because it is high, does not count; a real
     * difference is there each time. The mean is of each classifier by itself, and only then the better one counts: the
     * better of several is over 0.5 by chance already, so a mean of those would be over it, too.
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
            // What failed is to be seen, and others may still write there.
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
