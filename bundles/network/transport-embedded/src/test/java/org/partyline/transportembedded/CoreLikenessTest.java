package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.bitcoinj.core.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.SignedTransaction;

/**
 * Compares transactions of this wallet with those that Bitcoin Core's wallet made from the same coins (described in
 * core-wallet-transactions.csv).
 */
class CoreLikenessTest {
    private static final int RECORDED = 1000;
    /** More than were recorded, so that the remaining noise is mostly the recording's, and small differences show. */
    private static final int COUNT = 3000;
    /** A chi-square exceeds its mean by this many sigmas only if there is a real difference. */
    private static final double SIGMAS = 4.5;

    @TempDir
    Path home;

    /** The visible features of a transaction. */
    private record Seen(
            int version,
            long behind,
            String sequence,
            int inputs,
            String signatures,
            int outputs,
            int changeAt,
            int payload,
            int vsize,
            int weight,
            long surplus) {}

    private static List<Seen> recorded() throws IOException {
        List<Seen> seen = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                CoreLikenessTest.class.getResourceAsStream("/core-wallet-transactions.csv"), StandardCharsets.UTF_8))) {
            for (String line : reader.lines().filter(l -> l.startsWith("data,")).toList()) {
                String[] f = line.split(",");
                int vsize = Integer.parseInt(f[11]);
                long rate = Long.parseLong(f[14]);
                seen.add(new Seen(
                        Integer.parseInt(f[1]),
                        Long.parseLong(f[2]),
                        f[3],
                        Integer.parseInt(f[4]),
                        f[6],
                        Integer.parseInt(f[7]),
                        Integer.parseInt(f[8]),
                        Integer.parseInt(f[10]),
                        vsize,
                        Integer.parseInt(f[12]),
                        Long.parseLong(f[13]) - new FeeRate(rate).fee(vsize)));
            }
        }
        return seen;
    }

    private List<Seen> ours() throws Exception {
        List<Seen> seen = new ArrayList<>();
        Random random = new Random(5);
        try (TestNode node = new TestNode(home)) {
            for (int i = 0; i < 150; i++) {
                node.transport().mine();
            }
            for (int i = 0; i < COUNT; i++) {
                FeeRate rate = new FeeRate(1000 + random.nextInt(201));
                int payload = random.nextBoolean() ? 64 : 80;
                int tip = node.transport().status().tip().orElseThrow().height();
                SignedTransaction paid = node.pay("", payload, rate);
                node.transport().broadcast(paid.raw());
                seen.add(seen(paid, tip, payload, rate));
                if (i % 10 == 9) {
                    node.transport().mine();
                }
            }
        }
        return seen;
    }

    private static Seen seen(SignedTransaction paid, int tip, int payload, FeeRate rate) {
        Transaction transaction = Transaction.read(ByteBuffer.wrap(paid.raw()));
        StringBuilder signatures = new StringBuilder();
        transaction
                .getInputs()
                .forEach(in -> signatures
                        .append(signatures.isEmpty() ? "" : "/")
                        .append(in.getWitness().getPush(0).length));
        int changeAt = -1;
        for (int i = 0; i < transaction.getOutputs().size(); i++) {
            changeAt = transaction.getOutput(i).getValue().isZero() ? changeAt : i;
        }
        return new Seen(
                (int) transaction.getVersion(),
                transaction.getLockTime() == 0 ? -1 : tip - transaction.getLockTime(),
                Long.toHexString(transaction.getInput(0).getSequenceNumber()),
                transaction.getInputs().size(),
                signatures.toString(),
                transaction.getOutputs().size(),
                changeAt,
                payload,
                transaction.getVsize(),
                transaction.getWeight(),
                paid.fee() - rate.fee(paid.vsize()));
    }

    /** Two-sample chi-square of one feature. */
    private static void same(String name, List<Seen> a, List<Seen> b, Function<Seen, Object> feature) {
        sameValues(
                name, a.stream().map(feature).toList(), b.stream().map(feature).toList());
    }

    private static void sameValues(String name, List<Object> a, List<Object> b) {
        Map<String, long[]> counts = new TreeMap<>();
        a.forEach(value -> counts.computeIfAbsent("" + value, k -> new long[2])[0]++);
        b.forEach(value -> counts.computeIfAbsent("" + value, k -> new long[2])[1]++);
        double share = (double) a.size() / (a.size() + b.size());
        double chi = 0;
        for (long[] count : counts.values()) {
            double expectedA = (count[0] + count[1]) * share;
            double expectedB = (count[0] + count[1]) * (1 - share);
            chi += Math.pow(count[0] - expectedA, 2) / expectedA + Math.pow(count[1] - expectedB, 2) / expectedB;
        }
        int freedom = counts.size() - 1;
        double limit = freedom + SIGMAS * Math.sqrt(2.0 * freedom);
        StringBuilder text = new StringBuilder(name);
        counts.forEach((value, count) -> text.append(' ')
                .append(value)
                .append('=')
                .append(count[0])
                .append('/')
                .append(count[1]));
        assertTrue(chi <= limit, text + ": chi-square " + chi + " over " + limit);
    }

    @Test
    void paymentsHaveTheFeaturesOfBitcoinCoresWallet() throws Exception {
        List<Seen> core = recorded();
        List<Seen> ours = ours();
        assertEquals(RECORDED, core.size());
        same("version", core, ours, Seen::version);
        same("lock time", core, ours, s -> Math.min(s.behind(), 1));
        same("lock time, where it is behind", core, ours, s -> s.behind() < 1 ? "none" : s.behind() / 20);
        same("sequence", core, ours, Seen::sequence);
        same("inputs", core, ours, Seen::inputs);
        same("signatures", core, ours, Seen::signatures);
        same("outputs", core, ours, Seen::outputs);
        same("change", core, ours, Seen::changeAt);
        same("vsize", core, ours, s -> s.payload() + ":" + s.vsize());
        same("weight", core, ours, s -> s.payload() + ":" + s.weight());
        same("fee", core, ours, Seen::surplus);
        assertTrue(
                new TreeSet<>(ours.stream().map(Seen::behind).toList()).last() <= 99,
                "as far back as Bitcoin Core's goes");
    }

    @Test
    void whatGivesAWalletAwayIsCaught() throws Exception {
        List<Seen> core = recorded();
        caught("change is always last", core, s -> 1, Seen::changeAt);
        caught("the lock time is always the tip", core, s -> 0L, s -> Math.min(s.behind(), 1));
        caught("every eighth R is high", core, s -> s.hashCode() % 8 == 0 ? "72" : s.signatures(), Seen::signatures);
    }

    private static void caught(
            String weakness, List<Seen> core, Function<Seen, Object> planted, Function<Seen, Object> feature) {
        List<Object> real = core.stream().map(feature).toList();
        List<Object> weak = core.stream().map(planted).toList();
        assertThrows(AssertionError.class, () -> sameValues(weakness, real, weak), weakness);
    }
}
