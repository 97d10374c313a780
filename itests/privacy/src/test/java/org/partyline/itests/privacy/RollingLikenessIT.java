package org.partyline.itests.privacy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.partyline.itests.messaging.Station.Kind;
import org.partyline.itests.privacy.Detector.Areas;
import org.partyline.itests.privacy.Riding.Seen;

/**
 * Checks that an observer of every version of rolling transactions cannot distinguish messages, fragments, handshakes
 * and decoys: neither by their bytes, nor by the versions that contain them, nor by the packets beside them.
 */
class RollingLikenessIT {
    private static final double BOUND = 0.52;
    private static final Predicate<Kind> DECOYS = kind -> kind == Kind.DECOY;

    private static RollingCorpus corpus;

    @BeforeAll
    static void talk() throws Exception {
        corpus = RollingCorpus.get();
    }

    /** Returns the features of each pair of servers. */
    private static List<List<Seen>> seen(RollingCorpus of, UnaryOperator<History> change) {
        return of.pairs().stream()
                .map(pair -> pair.histories().stream()
                        .flatMap(history -> Riding.of(change.apply(history)).stream())
                        .toList())
                .toList();
    }

    private static List<Seen> of(List<Seen> all, Predicate<Kind> kinds) {
        return all.stream().filter(one -> kinds.test(one.packet().kind())).toList();
    }

    private static Areas areas(
            List<List<Seen>> all, Predicate<Kind> one, Predicate<Kind> other, Function<Seen, double[]> by) {
        return Detector.grouped(features(all, one, by), features(all, other, by), Seeds.seed());
    }

    private static List<List<double[]>> features(
            List<List<Seen>> all, Predicate<Kind> kinds, Function<Seen, double[]> by) {
        return all.stream()
                .map(pair -> of(pair, kinds).stream().map(by).toList())
                .toList();
    }

    private static long count(List<List<Seen>> all, Predicate<Kind> kinds) {
        return all.stream().mapToLong(pair -> of(pair, kinds).size()).sum();
    }

    /** Three standard deviations of chance, if packets were independent of their neighbours. */
    private static double chance(double n, double m) {
        return 3 * Math.sqrt((n + m + 1) / (12 * n * m));
    }

    private static void alike(String what, Predicate<Kind> kinds) throws Exception {
        alike(RollingCorpus.draws(), what, kinds);
    }

    private static void alike(Draws<RollingCorpus> draws, String what, Predicate<Kind> kinds) throws Exception {
        double all = draws.settled(BOUND, (at, which) -> look(what + ", bytes and all" + which, at, kinds, Seen::all));
        double riding =
                draws.settled(BOUND, (at, which) -> look(what + ", how they ride" + which, at, kinds, Seen::riding));
        if (Math.max(all, riding) > BOUND) {
            whatTells(what, seen(draws.first(), UnaryOperator.identity()), kinds);
        }
        Figures.atMost("(a)", "rolling, " + what + ", bytes and all: AUC", all, BOUND);
        Figures.atMost("(a)", "rolling, " + what + ", how they ride: AUC", riding, BOUND);
    }

    private static Areas look(String what, RollingCorpus at, Predicate<Kind> kinds, Function<Seen, double[]> by) {
        List<List<Seen>> all = seen(at, UnaryOperator.identity());
        Areas areas = areas(all, kinds, kinds.negate(), by);
        long these = count(all, kinds);
        long others = count(all, kinds.negate());
        Figures.note(
                "(a)",
                "rolling, " + what + " (" + these + "/" + others + ")",
                areas.better(),
                "chance: 0.5 to " + String.format(Locale.ROOT, "%.4f", 0.5 + chance(these, others)));
        return areas;
    }

    /** Reports the features that leak most, each examined alone. */
    private static void whatTells(String what, List<List<Seen>> all, Predicate<Kind> kinds) {
        record Told(String feature, double auc) {}
        all.get(0).get(0).ride().keySet().stream()
                .map(feature -> new Told(
                        feature,
                        areas(all, kinds, kinds.negate(), one ->
                                        new double[] {one.ride().get(feature)})
                                .better()))
                .sorted(Comparator.comparingDouble(Told::auc).reversed())
                .limit(Integer.getInteger("privacy.told", 8))
                .forEach(told ->
                        Figures.note("(a)", "rolling, " + what + ", by this alone: " + told.feature(), told.auc(), ""));
    }

    @Test
    void nothingTellsDecoysFromTheRest() throws Exception {
        alike("decoys against all that says something", DECOYS);
    }

    @Test
    void nothingTellsMessagesFromTheRest() throws Exception {
        alike("messages against everything else", kind -> kind == Kind.MESSAGE);
    }

    @Test
    void nothingTellsFragmentsFromTheRest() throws Exception {
        alike("fragments against everything else", kind -> kind == Kind.FRAGMENT);
    }

    @Test
    void nothingTellsHandshakesFromTheRest() throws Exception {
        alike("handshakes and key updates against everything else", kind -> kind == Kind.HANDSHAKE);
    }

    /**
     * A packet that a block leaves out has no later version to join. The corpus takes minutes; OneOutputTimesIT
     * examines one in each run.
     */
    @Test
    @EnabledIfSystemProperty(named = "nightly", matches = "true", disabledReason = "it is in .ci/nightly")
    void nothingTellsDecoysFromTheRestWithOneOutput() throws Exception {
        alike(RollingCorpus.oneOutput(), "one output, decoys against all that says something", DECOYS);
    }

    @Test
    @EnabledIfSystemProperty(named = "nightly", matches = "true", disabledReason = "it is in .ci/nightly")
    void nothingTellsMessagesFromTheRestWithOneOutput() throws Exception {
        alike(RollingCorpus.oneOutput(), "one output, messages against everything else", kind -> kind == Kind.MESSAGE);
    }

    /**
     * There are few handshakes: until chance is ruled out, many corpora may have to be created, which takes minutes.
     */
    @Test
    @EnabledIfSystemProperty(named = "nightly", matches = "true", disabledReason = "it is in .ci/nightly")
    void nothingTellsHandshakesFromTheRestWithOneOutput() throws Exception {
        alike(
                RollingCorpus.oneOutput(),
                "one output, handshakes and key updates against everything else",
                kind -> kind == Kind.HANDSHAKE);
    }

    private static void caught(String weakness, Kind kind, UnaryOperator<History> change) {
        List<List<Seen>> weak = seen(corpus, change);
        Figures.over(
                "(a)",
                "rolling, planted, " + weakness + ": AUC",
                areas(weak, one -> one == kind, DECOYS, Seen::riding).better(),
                BOUND);
    }

    @Test
    void packetsThatRideLessAreCaught() {
        caught(
                "messages that ride one version less",
                Kind.MESSAGE,
                history -> history.leavingSooner(packet -> packet.kind() == Kind.MESSAGE));
    }

    @Test
    void packetsThatRideAgainOutOfTurnAreCaught() {
        caught(
                "messages that ride again one later",
                Kind.MESSAGE,
                history -> history.lettingOthersFirst(packet -> packet.kind() == Kind.MESSAGE));
    }

    @Test
    void fragmentsOfAnotherSizeAreCaught() {
        SecureRandom random = Seeds.random("large fragments");
        caught(
                "one fragment in eight is larger",
                Kind.FRAGMENT,
                history -> history.changing(packet -> packet.kind() == Kind.FRAGMENT, bytes -> {
                    byte[] larger = bytes.clone();
                    if (random.nextInt(8) == 0) {
                        larger = Arrays.copyOf(bytes, 128);
                        random.nextBytes(larger);
                        larger[0] = bytes[0];
                    }
                    return larger;
                }));
    }

    @Test
    void theSampleIsWhatItSays() {
        List<Seen> all = seen(corpus, UnaryOperator.identity()).stream()
                .flatMap(List::stream)
                .toList();
        Map<Kind, List<Seen>> kinds = new EnumMap<>(Kind.class);
        all.forEach(one -> kinds.computeIfAbsent(one.packet().kind(), none -> new ArrayList<>())
                .add(one));
        for (Kind kind : Kind.values()) {
            List<Seen> these = kinds.getOrDefault(kind, List.of());
            Figures.note("(a)", "rolling, packets: " + kind, these.size(), "");
            Figures.note(
                    "(a)",
                    "rolling,   of these, share of 80 bytes: " + kind,
                    share(these, one -> one.packet().bytes().length == 80),
                    "");
            Figures.note(
                    "(a)",
                    "rolling,   of these, share that rides again with another coin: " + kind,
                    share(these, one -> one.ride().get("coins") > 1),
                    "");
            Figures.note(
                    "(a)",
                    "rolling,   of these, versions on average: " + kind,
                    these.stream()
                            .mapToDouble(one -> one.ride().get("rides"))
                            .average()
                            .orElse(0),
                    "");
        }
        Figures.over("(a)", "rolling, blocks with another version than the last", corpus.overtaken(), 100);
        Figures.over(
                "(a)",
                "rolling, share of packets that ride again with another coin",
                share(all, one -> one.ride().get("coins") > 1),
                0.1);
    }

    /**
     * A limit, not a claim: a receipt leaves after the message that it confirms, so its pauses, which blocks reveal,
     * are long ones.
     */
    @Test
    void receiptsAreTold() {
        Figures.note(
                "(a)",
                "rolling, a limit: receipts against everything else, how they ride: AUC",
                areas(
                                seen(corpus, UnaryOperator.identity()),
                                kind -> kind == Kind.CONTROL,
                                kind -> kind != Kind.CONTROL,
                                Seen::riding)
                        .better(),
                "");
    }

    private static double share(List<Seen> of, Predicate<Seen> those) {
        return of.stream().filter(those).count() / (double) Math.max(1, of.size());
    }
}
