package org.partyline.itests.privacy;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.partyline.cover.PoissonTiming;
import org.partyline.itests.messaging.Station.Kind;

/**
 * Checks that an observer of the network cannot distinguish messages, fragments, handshakes and decoys: neither by
 * their bytes nor by their transactions. Packets of equal sizes are compared, as a fragment usually fills the largest
 * packet and a short message the smallest.
 */
class PacketLikenessIT {
    private static final double BOUND = 0.52;
    private static Corpus corpus;

    @BeforeAll
    static void talk() throws Exception {
        corpus = Corpus.get();
    }

    /** Returns how well they can be distinguished, with equal proportions of sizes on both sides. */
    private static Detector.Areas areas(List<Sent> one, List<Sent> other) {
        Map<Integer, List<Sent>> left = bySize(one);
        Map<Integer, List<Sent>> right = bySize(other);
        left.keySet().retainAll(right.keySet());
        right.keySet().retainAll(left.keySet());
        // All of one side, and as many of the other as keep the proportions.
        List<double[]> a = new ArrayList<>();
        List<double[]> b = new ArrayList<>();
        double ratio = least(left, right);
        double inverse = least(right, left);
        boolean allOfTheRight = ratio * count(right) * count(right) > inverse * count(left) * count(left);
        left.forEach(
                (size, of) -> take(of, allOfTheRight ? ratio * right.get(size).size() : of.size(), a));
        right.forEach((size, of) ->
                take(of, allOfTheRight ? of.size() : inverse * left.get(size).size(), b));
        return Detector.areas(a, b, Seeds.seed());
    }

    /** Returns the smallest ratio of these to those, over all sizes. */
    private static double least(Map<Integer, List<Sent>> these, Map<Integer, List<Sent>> those) {
        return these.keySet().stream()
                .mapToDouble(size ->
                        (double) these.get(size).size() / those.get(size).size())
                .min()
                .orElseThrow();
    }

    private static int count(Map<Integer, List<Sent>> all) {
        return all.values().stream().mapToInt(List::size).sum();
    }

    private static void take(List<Sent> from, double howMany, List<double[]> to) {
        from.subList(0, (int) Math.min(from.size(), Math.floor(howMany))).forEach(sent -> to.add(sent.features()));
    }

    private static Map<Integer, List<Sent>> bySize(List<Sent> all) {
        List<Sent> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(Seeds.seed()));
        Map<Integer, List<Sent>> sizes = new HashMap<>();
        shuffled.forEach(sent -> sizes.computeIfAbsent(sent.packet().length, size -> new ArrayList<>())
                .add(sent));
        return sizes;
    }

    /** Selects one side of a corpus. */
    private interface Side extends Function<Corpus, List<Sent>> {}

    private static void alike(String what, Side one, Side other) throws Exception {
        double figure = Corpus.draws().settled(BOUND, (at, which) -> look(what + which, at, one, other));
        Figures.atMost("(a)", what + ": AUC", figure, BOUND);
    }

    private static Detector.Areas look(String what, Corpus at, Side one, Side other) {
        List<Sent> these = one.apply(at);
        List<Sent> those = other.apply(at);
        Detector.Areas areas = areas(these, those);
        Figures.note("(a)", what + " (" + these.size() + "/" + those.size() + ")", areas.better(), "");
        return areas;
    }

    @Test
    void nothingTellsDecoysFromTheRest() throws Exception {
        alike("decoys against all that says something", Corpus::decoys, Corpus::real);
    }

    @Test
    void nothingTellsMessagesFromTheRest() throws Exception {
        aloneAmongAll("messages", Kind.MESSAGE);
    }

    @Test
    void nothingTellsFragmentsFromTheRest() throws Exception {
        aloneAmongAll("fragments", Kind.FRAGMENT);
    }

    @Test
    void nothingTellsHandshakesFromTheRest() throws Exception {
        aloneAmongAll("handshakes and key updates", Kind.HANDSHAKE);
    }

    /**
     * Compared with all, as chance is smaller the more there are: the bound is more than three standard deviations
     * away.
     */
    private static void aloneAmongAll(String what, Kind kind) throws Exception {
        alike(what + " against everything else", at -> at.real(kind), at -> {
            List<Sent> others = new ArrayList<>(at.decoys());
            at.real().stream().filter(sent -> sent.kind() != kind).forEach(others::add);
            return others;
        });
    }

    private static List<Sent> each(UnaryOperator<Sent> change) {
        return some(corpus.decoys()).stream().map(change).toList();
    }

    /** Enough for a planted leak, and faster. */
    private static List<Sent> some(List<Sent> all) {
        return all.subList(0, Math.min(all.size(), 4000));
    }

    private static void caught(String weakness, List<Sent> weak) {
        Figures.over(
                "(a)",
                "planted, decoys with " + weakness + ": AUC",
                areas(weak, some(corpus.real())).better(),
                BOUND);
    }

    @Test
    void bytesThatAreNotUniformAreCaught() {
        SecureRandom random = Seeds.random("weak decoys");
        PoissonTiming timing = new PoissonTiming();
        caught("one byte in eight with a bit set", each(sent -> {
            byte[] packet = timing.decoy(sent.packet().length, random);
            for (int i = 1; i < packet.length; i++) {
                packet[i] |= (byte) (random.nextInt(8) == 0 ? 1 << random.nextInt(8) : 0);
            }
            return sent.with(packet);
        }));
        caught("a first locator byte that is never over 223", each(sent -> {
            byte[] packet = sent.packet().clone();
            packet[1] = (byte) random.nextInt(224);
            return sent.with(packet);
        }));
        caught("the bytes of a linear congruential generator", each(sent -> {
            byte[] packet = sent.packet().clone();
            for (int i = 2; i < packet.length; i++) {
                packet[i] = (byte) (packet[i - 1] * 5 + 113);
            }
            return sent.with(packet);
        }));
        caught("a point of a curve in clear (Curve25519, its highest bit unset)", each(sent -> {
            byte[] packet = sent.packet().clone();
            packet[8] &= 0x7f;
            return sent.with(packet);
        }));
    }

    @Test
    void transactionsOfAnotherMakeAreCaught() {
        caught(
                "one fee rate for all",
                each(sent -> new Sent(
                        sent.kind(),
                        sent.packet(),
                        sent.raw(),
                        (sent.vsize() * 1100L + 999) / 1000,
                        sent.vsize(),
                        sent.tip())));
        caught(
                "a lock time that is the tip in 97 of 100",
                each(sent -> sent.packet()[1] % 10 < 7
                        ? new Sent(sent.kind(), sent.packet(), sent.raw(), sent.fee(), sent.vsize(), (int)
                                sent.transaction().lockTime().rawValue())
                        : sent));
        caught("change that is always last", each(PacketLikenessIT::changeLast));
    }

    private static Sent changeLast(Sent sent) {
        var transaction = sent.transaction();
        if (Sent.changeAt(transaction) == 1) {
            return sent;
        }
        var outputs = List.copyOf(transaction.getOutputs());
        transaction.clearOutputs();
        transaction.addOutput(outputs.get(1));
        transaction.addOutput(outputs.get(0));
        return new Sent(sent.kind(), sent.packet(), transaction.serialize(), sent.fee(), sent.vsize(), sent.tip());
    }

    @Test
    void theSampleIsWhatItSays() {
        Figures.note("(a)", "packets that say something", corpus.real().size(), "");
        for (Kind kind : Kind.values()) {
            if (kind != Kind.DECOY) {
                Figures.note("(a)", "  of these: " + kind, corpus.real(kind).size(), "");
            }
        }
        Set<ByteBuffer> packets = new HashSet<>();
        corpus.real().forEach(sent -> packets.add(ByteBuffer.wrap(sent.packet())));
        corpus.decoys().forEach(sent -> packets.add(ByteBuffer.wrap(sent.packet())));
        Figures.holds(
                "(a)",
                "each packet is another",
                packets.size() == corpus.real().size() + corpus.decoys().size());
        Figures.note("(a)", "share of 80-byte packets among those that say something", eighty(corpus.real()), "");
        Figures.note("(a)", "share of 80-byte packets among decoys", eighty(corpus.decoys()), "");
        for (Kind kind : List.of(Kind.MESSAGE, Kind.FRAGMENT, Kind.HANDSHAKE)) {
            Figures.note("(a)", "  of these, " + kind, eighty(corpus.real(kind)), "");
        }
    }

    private static double eighty(List<Sent> of) {
        return of.stream().filter(sent -> sent.packet().length == 80).count() / (double) of.size();
    }
}
