package org.partyline.itests.privacy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The packets of several pairs of servers on the rolling carrier. No pair knows of another: detectors trained on some
 * are tested on others.
 */
final class RollingCorpus {
    private static final int PAIRS = 5;
    /** The minimum number of packets that are not decoys, and as many decoys. */
    private static final int EACH = Integer.getInteger("privacy.rolling", 10_000);

    private static final Draws<RollingCorpus> DRAWS = draws(" rolling", 3);
    private static final Draws<RollingCorpus> ONE_OUTPUT = draws(" one output", 1);

    private final List<RollingPair> pairs;

    private RollingCorpus(List<RollingPair> pairs) {
        this.pairs = pairs;
    }

    private static Draws<RollingCorpus> draws(String name, int packets) {
        return new Draws<>(name, (which, home) -> new RollingCorpus(talk(which, home, packets)));
    }

    /** They share nothing, so they run concurrently. */
    private static List<RollingPair> talk(String which, Path home, int packets) throws Exception {
        ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<RollingPair>> talking = new ArrayList<>();
            for (int pair = 0; pair < PAIRS; pair++) {
                String name = which + " pair " + pair;
                Path own = Files.createDirectory(home.resolve("pair" + pair));
                talking.add(threads.submit(() -> RollingPair.talk(name, own, packets, EACH / PAIRS)));
            }
            List<RollingPair> pairs = new ArrayList<>();
            for (Future<RollingPair> pair : talking) {
                pairs.add(pair.get());
            }
            return pairs;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns the corpus that all tests of a run share. */
    static RollingCorpus get() throws Exception {
        return DRAWS.first();
    }

    /** Returns the corpus, and others with other draws. */
    static Draws<RollingCorpus> draws() {
        return DRAWS;
    }

    /** For nodes that allow only one output: a packet is in one version. */
    static Draws<RollingCorpus> oneOutput() {
        return ONE_OUTPUT;
    }

    /** Returns the pairs of servers. */
    List<RollingPair> pairs() {
        return pairs;
    }

    /** Returns how many blocks contained a version other than the last. */
    int overtaken() {
        return pairs.stream().mapToInt(RollingPair::overtaken).sum();
    }
}
