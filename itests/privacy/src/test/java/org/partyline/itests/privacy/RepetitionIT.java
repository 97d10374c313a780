package org.partyline.itests.privacy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.crypto.ECKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Checks that nothing repeats in all the transactions that two servers send: no address, no key, no locator, no pattern
 * of lock times. Versions of a rolling transaction are excluded: by design they keep their coin and their change, and
 * the chain contains one of them.
 */
class RepetitionIT {
    private static final int LOCATOR = 8;
    private static final int LAGS = 200;
    /**
     * A number of standard deviations that none of 800 lags reaches by chance; lock times are skewed, so a normal curve
     * does not apply.
     */
    private static final double STRONGEST = 7;
    /**
     * A run of this many lock times behind the tip does not repeat; two of four of 1,000 are alike in one run of a
     * hundred.
     */
    private static final int RUN = 6;

    private static List<List<Sent>> servers;
    private static List<Sent> all;

    @BeforeAll
    static void talk() throws Exception {
        Corpus corpus = Corpus.get();
        servers = List.of(corpus.inOrder(0), corpus.inOrder(1));
        all = new ArrayList<>(servers.get(0));
        all.addAll(servers.get(1));
        Figures.note("(d)", "transactions", all.size(), "");
    }

    private static <T> int repeated(Collection<T> values) {
        return values.size() - new HashSet<>(values).size();
    }

    private static void none(String what, Collection<String> values) {
        Figures.atMost("(d)", what + " that come twice", repeated(values), 0);
        List<String> weak = new ArrayList<>(values);
        weak.set(weak.size() - 1, weak.get(0));
        Figures.over("(d)", "planted, one of the " + what + " twice", repeated(weak), 0);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void noAddressGetsChangeTwice() {
        none(
                "change addresses",
                all.stream()
                        .map(Sent::transaction)
                        .filter(transaction -> Sent.changeAt(transaction) >= 0)
                        .map(transaction -> hex(transaction
                                .getOutput(Sent.changeAt(transaction))
                                .getScriptBytes()))
                        .toList());
    }

    @Test
    void noKeySignsTwiceAndNoCoinIsSpentTwice() {
        List<TransactionInput> inputs = all.stream()
                .flatMap(sent -> sent.transaction().getInputs().stream())
                .toList();
        none(
                "keys",
                inputs.stream().map(input -> hex(input.getWitness().getPush(1))).toList());
        none(
                "coins spent",
                inputs.stream().map(input -> input.getOutpoint().toString()).toList());
        none(
                "signatures",
                inputs.stream().map(input -> hex(input.getWitness().getPush(0))).toList());
    }

    @Test
    void noChangeGoesToAnAddressWhoseKeyIsKnownAlready() {
        Set<String> known = new HashSet<>();
        int again = 0;
        for (Sent sent : all) {
            Transaction transaction = sent.transaction();
            transaction.getInputs().forEach(input -> known.add(program(input)));
            int change = Sent.changeAt(transaction);
            again += change >= 0
                            && known.contains(hex(transaction.getOutput(change).getScriptBytes()))
                    ? 1
                    : 0;
        }
        Figures.atMost("(d)", "change to an address that signed before", again, 0);
    }

    private static String program(TransactionInput input) {
        return "0014" + hex(ECKey.fromPublicOnly(input.getWitness().getPush(1)).getPubKeyHash());
    }

    @Test
    void noLocatorComesTwice() {
        none(
                "locators",
                all.stream()
                        .map(sent -> HexFormat.of().formatHex(sent.packet(), 1, 1 + LOCATOR))
                        .toList());
    }

    private static double[] behind(List<Sent> sent) {
        return sent.stream()
                .mapToDouble(s -> s.tip() - s.transaction().lockTime().rawValue())
                .toArray();
    }

    /** Returns how many runs of lock times behind the tip, with how often the tip came between them, occur twice. */
    private static int repeatedRuns(double[] behind) {
        List<String> values = new ArrayList<>();
        for (double value : behind) {
            if (value > 0) {
                values.add(Integer.toString((int) value));
            }
        }
        List<String> runs = new ArrayList<>();
        for (int i = 0; i + RUN <= values.size(); i++) {
            runs.add(String.join(",", values.subList(i, i + RUN)));
        }
        return repeated(runs);
    }

    @Test
    void lockTimesHaveNoPattern() {
        double[] early = IntStream.range(0, servers.get(0).size())
                .mapToDouble(i -> i % 10 == 9 ? i * 37 % 100 : 0)
                .toArray();
        for (List<Sent> server : servers) {
            double[] behind = behind(server);
            double[] whether = new double[behind.length];
            for (int i = 0; i < behind.length; i++) {
                whether[i] = behind[i] > 0 ? 1 : 0;
            }
            Figures.atMost(
                    "(d)",
                    "strongest echo of lock times within " + LAGS + " transactions, in standard deviations",
                    Statistics.strongestEcho(behind, LAGS),
                    STRONGEST);
            Figures.atMost(
                    "(d)", "  of whether they are behind the tip", Statistics.strongestEcho(whether, LAGS), STRONGEST);
            Figures.atMost(
                    "(d)", "runs of " + RUN + " lock times behind the tip that come twice", repeatedRuns(behind), 0);
        }
        Figures.over(
                "(d)",
                "planted, each tenth lock time behind the tip: echo",
                Statistics.strongestEcho(early, LAGS),
                STRONGEST);
        Figures.over(
                "(d)", "planted, a list of lock times over and over: runs that come twice", repeatedRuns(early), 0);
    }
}
