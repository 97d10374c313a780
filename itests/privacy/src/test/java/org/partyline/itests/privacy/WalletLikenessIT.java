package org.partyline.itests.privacy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.bitcoinj.core.Transaction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.fees.FeeMath;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.fees.ExactFeeMath;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.messaging.Station;
import org.partyline.transportbitcoinj.wallet.SeededWallet;
import org.partyline.transportembedded.PlayChain;
import org.partyline.transportrpc.NodeWallet;

/**
 * Compares our transactions with those that Bitcoin Core's wallet made of the same coins (core-wallet-transactions.csv
 * says how): except for the OP_RETURN output itself, nothing distinguishes them. If {@code -Dbitcoind=PATH} names a
 * Bitcoin Core, it creates them now ({@link CoreWallet}), and also pays for packets of ours; otherwise the recorded
 * ones are used.
 */
class WalletLikenessIT {
    private static final double BOUND = 0.55;
    private static final int COUNT = 2000;
    private static final String DATA = "data";
    private static final String PAYMENT = "payment";
    private static final String DEFAULT = "data-default";
    private static final String RECORDING = "core-wallet-transactions.csv";
    private static final String RPC_WALLET = "partyline";

    @TempDir
    static Path home;

    private static List<Seen> core;
    /** The source of the transactions. */
    private static String source;

    private static List<Seen> embedded;
    private static List<Seen> local;
    /** Empty if there is no Bitcoin Core. */
    private static List<Seen> rpc = List.of();

    /**
     * The visible features of a transaction.
     *
     * @param kind of a recorded one; not a feature
     * @param behind the tip's height minus the lock time; -1 for no lock time
     * @param signature length of the first signature in bytes
     * @param taproot whether its change is Taproot
     * @param payload bytes of data; not a feature
     */
    private record Seen(
            String kind,
            int version,
            long behind,
            long sequence,
            int inputs,
            int signature,
            int outputs,
            int changeAt,
            boolean taproot,
            int payload,
            int vsize,
            int weight,
            long fee) {
        /** @param sized whether to include the size, which also depends on the data */
        double[] features(boolean sized, SplittableRandom random) {
            double rate = rate(sized, random);
            return new double[] {
                version,
                behind,
                behind == 0 ? 1 : 0,
                behind < 0 ? 1 : 0,
                sequence,
                inputs,
                signature,
                outputs,
                changeAt,
                taproot ? 1 : 0,
                rate,
                // How exact a fee rate is: the excess over a whole tenth of a satoshi.
                rate % 100,
                sized ? vsize - payload : 0,
                sized ? weight - 4 * payload : 0,
                sized ? 4 * vsize - weight : 0
            };
        }

        /**
         * Satoshi for 1,000 virtual bytes. The rates that whole satoshi can produce reveal the size: if that is
         * excluded, returns any rate that gives this fee.
         */
        private double rate(boolean sized, SplittableRandom random) {
            double part = sized ? 0 : random.nextDouble();
            return (fee - part) * 1000 / vsize;
        }

        Seen with(long newBehind, int newSignature, int newChangeAt, long newFee) {
            return new Seen(
                    kind,
                    version,
                    newBehind,
                    sequence,
                    inputs,
                    newSignature,
                    outputs,
                    newChangeAt,
                    taproot,
                    payload,
                    vsize,
                    weight,
                    newFee);
        }
    }

    @BeforeAll
    static void pay() throws Exception {
        if (CoreWallet.present()) {
            try (RegtestNode node = RegtestNode.start(false)) {
                core = seen(CoreWallet.transactions(node, Path.of("target", RECORDING)));
                rpc = rpc(node);
                source = "made now by " + CoreWallet.version(node);
            }
        } else {
            core = recorded();
            source = "recorded";
        }
        embedded = embedded();
        local = local();
    }

    private static List<Seen> recorded() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                WalletLikenessIT.class.getResourceAsStream("/" + RECORDING), StandardCharsets.UTF_8))) {
            return seen(reader.lines()
                    .filter(line -> line.matches("(data|payment|data-default),.*"))
                    .toList());
        }
    }

    private static List<Seen> seen(List<String> lines) {
        List<Seen> seen = new ArrayList<>();
        for (String line : lines) {
            String[] f = line.split(",");
            seen.add(new Seen(
                    f[0],
                    Integer.parseInt(f[1]),
                    Long.parseLong(f[2]),
                    Long.parseLong(f[3], 16),
                    Integer.parseInt(f[4]),
                    Integer.parseInt(f[6].split("/")[0]),
                    Integer.parseInt(f[7]),
                    Integer.parseInt(f[8]),
                    f[9].equals("p2tr"),
                    Integer.parseInt(f[10]),
                    Integer.parseInt(f[11]),
                    Integer.parseInt(f[12]),
                    Long.parseLong(f[13])));
        }
        return seen;
    }

    private interface Payer {
        SignedTransaction pay(byte[] payload, FeeRate rate) throws PartylineException;
    }

    private static Seen one(Payer payer, int tip, SecureRandom random, List<byte[]> raw) throws PartylineException {
        FeeMath math = new ExactFeeMath();
        FeeRate rate = math.draw(new FeeRate(1000), 20, new FeeRate(50_000), random);
        byte[] payload = new byte[random.nextBoolean() ? 64 : 80];
        random.nextBytes(payload);
        SignedTransaction paid = payer.pay(payload, rate);
        raw.add(paid.raw());
        Transaction transaction = Transaction.read(ByteBuffer.wrap(paid.raw()));
        int change = Sent.changeAt(transaction);
        return new Seen(
                "",
                (int) transaction.getVersion(),
                transaction.lockTime().rawValue() == 0
                        ? -1
                        : tip - transaction.lockTime().rawValue(),
                transaction.getInput(0).getSequenceNumber(),
                transaction.getInputs().size(),
                transaction.getInput(0).getWitness().getPush(0).length,
                transaction.getOutputs().size(),
                change,
                transaction.getOutput(change).getScriptBytes().length == 34,
                payload.length,
                transaction.getVsize(),
                transaction.getWeight(),
                paid.fee());
    }

    private static List<Seen> embedded() throws Exception {
        List<Seen> seen = new ArrayList<>();
        SecureRandom random = Seeds.random("payments of the embedded wallet");
        try (PlayChain chain = new PlayChain(home, Station.clock(), Seeds.random("embedded wallet"))) {
            for (int i = 0; i < 150; i++) {
                chain.mine();
            }
            List<byte[]> raw = new ArrayList<>();
            while (seen.size() < COUNT) {
                seen.add(one(
                        (payload, rate) -> chain.wallet().pay("", List.of(payload), rate),
                        chain.height(),
                        random,
                        raw));
                chain.transport().broadcast(raw.get(raw.size() - 1));
                if (raw.size() == 10) {
                    chain.mine();
                    raw.clear();
                }
            }
        }
        return seen;
    }

    private static List<Seen> local() throws Exception {
        List<Seen> seen = new ArrayList<>();
        SecureRandom random = Seeds.random("payments of the local wallet");
        Clock clock = Station.clock();
        SeededWallet wallet = new SeededWallet(Station.store(), clock, Seeds.random("local wallet"));
        for (int i = 0; i < 130; i++) {
            wallet.mine(List.of());
        }
        for (int i = 0; i < 20; i++) {
            wallet.fund("", 5_000_000);
        }
        List<byte[]> raw = new ArrayList<>();
        while (seen.size() < COUNT) {
            seen.add(one((payload, rate) -> wallet.pay("", payload, rate), wallet.height(), random, raw));
            if (raw.size() == 10) {
                wallet.mine(raw);
                raw.clear();
            }
        }
        return seen;
    }

    private static List<Seen> rpc(RegtestNode node) throws PartylineException {
        List<Seen> seen = new ArrayList<>();
        SecureRandom random = Seeds.random("payments of the node's wallet");
        node.createWallet(RPC_WALLET, 20, 5_000_000);
        try (NodeWallet wallet =
                new NodeWallet(node.url(), node.cookieFile(), RPC_WALLET, Seeds.random("node's wallet"))) {
            List<byte[]> raw = new ArrayList<>();
            while (seen.size() < COUNT) {
                seen.add(one(wallet::pay, node.height(), random, raw));
                if (raw.size() == 10) {
                    node.mine(1);
                    raw.clear();
                }
            }
        }
        return seen;
    }

    private static double auc(List<Seen> ours, Predicate<String> kinds, boolean sized) {
        SplittableRandom random = new SplittableRandom(Seeds.seed());
        return Detector.areas(
                        core.stream()
                                .filter(seen -> kinds.test(seen.kind()))
                                .map(seen -> seen.features(sized, random))
                                .toList(),
                        ours.stream().map(seen -> seen.features(sized, random)).toList(),
                        Seeds.seed())
                .better();
    }

    private static void alike(String wallet, List<Seen> ours) {
        Figures.atMost("(c)", wallet + " against Bitcoin Core's with data: AUC", auc(ours, DATA::equals, true), BOUND);
        Figures.atMost(
                "(c)",
                wallet + " against Bitcoin Core's payments, without the OP_RETURN output: AUC",
                auc(ours, PAYMENT::equals, false),
                BOUND);
        Figures.atMost("(c)", wallet + " against both: AUC", auc(ours, kind -> !kind.equals(DEFAULT), false), BOUND);
    }

    @Test
    void theEmbeddedWalletsTransactionsAreLikeBitcoinCores() {
        alike("embedded wallet", embedded);
    }

    @Test
    void theLocalWalletsTransactionsAreLikeBitcoinCores() {
        alike("local wallet", local);
    }

    @Test
    void theNodesOwnWalletsTransactionsAreLikeBitcoinCores() {
        assumeTrue(CoreWallet.present(), "name a Bitcoin Core with -Dbitcoind=PATH");
        alike("node's own wallet", rpc);
    }

    @Test
    void thereAreTwoThousandOfBitcoinCores() {
        Figures.holds(
                "(c)",
                COUNT + " transactions of Bitcoin Core's wallet without Taproot change, " + source,
                core.stream()
                                .filter(seen -> !seen.kind().equals(DEFAULT) && !seen.taproot())
                                .count()
                        == COUNT);
    }

    /**
     * Measures how much of the difference without the OP_RETURN output is due to the purpose and not to the sender:
     * payments use coins up, and then spend several at once; data transactions only pay fees.
     */
    @Test
    void bitcoinCoresOwnWithDataAndItsPayments() {
        List<Seen> data = core.stream().filter(seen -> seen.kind().equals(DATA)).toList();
        Figures.note(
                "(c)",
                "Bitcoin Core's with data against Bitcoin Core's payments, without the OP_RETURN output: AUC",
                auc(data, PAYMENT::equals, false),
                "");
    }

    /**
     * A limit, and a weakness that the detector must find: by default, Bitcoin Core sends the change of such a payment
     * to Taproot.
     */
    @Test
    void changeOfAnotherTypeIsCaught() {
        Figures.over(
                "(c)",
                "limit: local wallet against Bitcoin Core's with data and Taproot change: AUC",
                auc(local, DEFAULT::equals, true),
                BOUND);
    }

    private static void caught(String weakness, UnaryOperator<Seen> change) {
        Figures.over(
                "(c)",
                "planted, " + weakness + ": AUC",
                auc(local.stream().map(change).toList(), DATA::equals, true),
                BOUND);
    }

    @Test
    void whatGivesAWalletAwayIsCaught() {
        SecureRandom random = Seeds.random("weak wallet");
        caught(
                "change is last in 4 of 5",
                seen -> random.nextInt(5) > 0
                        ? seen.with(seen.behind(), seen.signature(), 1, seen.fee())
                        : seen.with(seen.behind(), seen.signature(), 0, seen.fee()));
        caught(
                "half of the signatures have a high R",
                seen -> seen.with(seen.behind(), random.nextBoolean() ? 72 : 71, seen.changeAt(), seen.fee()));
        caught(
                "the lock time is behind in 1 of 4",
                seen -> seen.with(
                        random.nextInt(4) == 0 ? random.nextInt(100) : 0,
                        seen.signature(),
                        seen.changeAt(),
                        seen.fee()));
        caught("no lock time", seen -> seen.with(-1, seen.signature(), seen.changeAt(), seen.fee()));
        caught(
                "feerates are whole tenths of a satoshi",
                seen -> seen.with(
                        seen.behind(),
                        seen.signature(),
                        seen.changeAt(),
                        (seen.fee() * 10 / seen.vsize() * seen.vsize() + 9) / 10));
    }
}
