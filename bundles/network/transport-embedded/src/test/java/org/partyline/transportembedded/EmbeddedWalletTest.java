package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.WalletException;

class EmbeddedWalletTest {
    @TempDir
    Path home;

    @Test
    void aNewAccountHasTwentyConfirmedCoins() throws Exception {
        try (TestNode node = new TestNode(home)) {
            AccountStatus status = node.wallet().status("");

            assertEquals(20 * 5_000_000L, status.confirmed());
            assertEquals(20, status.coins().size());
            assertTrue(status.coins().stream().allMatch(c -> c.confirmations() == 1));
            assertEquals(0, status.unconfirmed());
            assertEquals(1, node.transport().status().tip().orElseThrow().height());
        }
    }

    @Test
    void aPaymentHasTheSizesThatCoreHas() throws Exception {
        try (TestNode node = new TestNode(home)) {
            assertEquals(202, node.pay("", 80, TestNode.FLOOR).vsize());
            assertEquals(185, node.pay("", 64, TestNode.FLOOR).vsize());
        }
    }

    @Test
    void aPaymentLooksLikeCoresOwn() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Set<Integer> changeAt = new HashSet<>();
            for (int i = 0; i < 15; i++) {
                SignedTransaction paid = node.send("");
                Transaction transaction = read(paid.raw());

                assertEquals(2, transaction.getVersion());
                assertTrue(transaction.getLockTime()
                        <= node.transport().status().tip().orElseThrow().height());
                assertEquals(0xfffffffdL, transaction.getInput(0).getSequenceNumber());
                assertTrue(transaction.getInput(0).getWitness().getPush(0).length <= 71, "low R and low S");
                assertEquals(2, transaction.getOutputs().size());
                changeAt.add(transaction.getOutput(0).getValue().isZero() ? 1 : 0);
            }
            assertEquals(Set.of(0, 1), changeAt);
        }
    }

    @Test
    void theFeeIsTheRateTimesTheSizeToTheSatoshi() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Random random = new Random(3);
            for (int i = 0; i < 400; i++) {
                FeeRate rate = new FeeRate(100 + random.nextInt(20_000));
                SignedTransaction paid = node.pay("", 1 + random.nextInt(500), rate);
                long in = 5_000_000L;
                long out = read(paid.raw()).getOutputSum().getValue();

                assertEquals(paid.fee(), in - out);
                assertEquals(read(paid.raw()).getVsize(), paid.vsize());
                int signature = read(paid.raw()).getInput(0).getWitness().getPush(0).length;
                int weight = read(paid.raw()).getWeight() + 71 - signature;
                assertEquals(rate.fee((weight + 3) / 4), paid.fee(), "as Bitcoin Core's wallet counts");
                node.wallet().release("", paid);
            }
        }
    }

    @Test
    void payloadsKeepTheirOrder() throws Exception {
        try (TestNode node = new TestNode(home)) {
            List<byte[]> payloads =
                    IntStream.range(1, 9).mapToObj(i -> TestNode.payload(64, i)).toList();
            SignedTransaction paid = node.wallet().pay("", payloads, TestNode.FLOOR);
            node.transport().broadcast(paid.raw());

            List<Integer> order = new ArrayList<>();
            for (TransactionOutput output : read(paid.raw()).getOutputs()) {
                if (output.getValue().isZero()) {
                    byte[] script = output.getScriptBytes();
                    order.add((int) script[script.length - 1]);
                }
            }
            assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8), order);
        }
    }

    @Test
    void aPaymentWithoutPayloadsHasChangeOnly() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction paid = node.wallet().pay("", List.of(), TestNode.FLOOR);
            node.transport().broadcast(paid.raw());

            assertEquals(1, read(paid.raw()).getOutputs().size());
        }
    }

    @Test
    void confirmedCoinsAreSpentBeforeChange() throws Exception {
        try (TestNode node = new TestNode(home)) {
            for (int i = 0; i < 20; i++) {
                node.send("");
            }
            assertEquals(0, node.wallet().status("").confirmed());
            assertTrue(node.wallet().status("").unconfirmed() > 0);

            SignedTransaction onChange = node.send("");

            assertEquals(21, node.transport().status().mempoolSize());
            node.transport().mine();
            assertEquals(0, node.wallet().status("").unconfirmed());
            assertEquals(1, inputs(onChange).size());
        }
    }

    @Test
    void reservedCoinsAreNotSpentAgainUntilReleased() throws Exception {
        try (TestNode node = new TestNode(home)) {
            List<SignedTransaction> paid = new ArrayList<>();
            Set<Outpoint> spent = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                paid.add(node.pay("", 64, TestNode.FLOOR));
                spent.addAll(inputs(paid.get(i)));
            }
            assertEquals(20, spent.size());
            assertEquals(20 * 5_000_000L, node.wallet().status("").reserved());
            assertThrows(InsufficientFundsException.class, () -> node.pay("", 64, TestNode.FLOOR));

            node.wallet().release("", paid.get(4));

            assertEquals(inputs(paid.get(4)), inputs(node.pay("", 64, TestNode.FLOOR)));
        }
    }

    @Test
    void aReservationCanBeMadeAgainAfterARestart() throws Exception {
        SignedTransaction paid;
        try (TestNode node = new TestNode(home)) {
            paid = node.pay("", 64, TestNode.FLOOR);
        }
        try (TestNode node = new TestNode(home)) {
            node.wallet().reserve("", paid);
            node.wallet().reserve("other", paid);

            assertEquals(5_000_000L, node.wallet().status("").reserved());
            assertEquals(0, node.wallet().status("other").reserved());
            node.transport().broadcast(paid.raw());
        }
    }

    @Test
    void changeBelowTheDustLimitGoesToTheFee() throws Exception {
        try (TestNode node = new TestNode(home)) {
            // A coin of 5,000,000 sat and a size of 185 vB: this rate leaves less than 294 sat of the coin.
            FeeRate rate = new FeeRate(27_026_000);
            SignedTransaction paid = node.pay("", 64, rate);
            node.transport().broadcast(paid.raw());

            assertTrue(rate.fee(185) + 294 > 5_000_000L);
            assertTrue(read(paid.raw()).getOutputs().stream()
                    .allMatch(o -> o.getValue().isZero() || o.getValue().getValue() >= 294));
            assertTrue(paid.fee() >= rate.fee(paid.vsize()));
        }
    }

    @Test
    void whatOneCoinCannotPaySeveralDo() throws Exception {
        try (TestNode node = new TestNode(home)) {
            FeeRate rate = new FeeRate(40_000_000);
            SignedTransaction paid = node.pay("", 64, rate);
            node.transport().broadcast(paid.raw());

            assertTrue(inputs(paid).size() > 1);
            assertEquals(rate.fee(paid.vsize()), paid.fee());
        }
    }

    @Test
    void tooLittleMoneyIsSaidInSatoshi() throws Exception {
        try (TestNode node = new TestNode(home)) {
            node.wallet().status("poor");
            InsufficientFundsException refused = assertThrows(
                    InsufficientFundsException.class,
                    () -> node.wallet().pay("poor", List.of(TestNode.payload(512, 1)), new FeeRate(100_000_000)));

            assertTrue(refused.getMessage().contains("account poor"), refused.getMessage());
            assertTrue(refused.getMessage().contains("100000000 sat can be spent"), refused.getMessage());
        }
    }

    @Test
    void anAccountNameIsLettersDigitsAndHyphens() throws Exception {
        try (TestNode node = new TestNode(home)) {
            WalletException refused =
                    assertThrows(WalletException.class, () -> node.wallet().status("a b"));

            assertTrue(refused.getMessage().startsWith("'a b' is not an account name"));
            assertFalse(node.transport().status().tip().orElseThrow().height() > 0);
        }
    }

    @Test
    void addressesAreRegtestSegwitAndNewEachTime() throws Exception {
        Set<String> seen = new HashSet<>();
        for (int start = 0; start < 3; start++) {
            try (TestNode node = new TestNode(home)) {
                for (int i = 0; i < 50; i++) {
                    String address = node.wallet().freshAddress("");
                    assertTrue(address.startsWith("bcrt1q"), address);
                    assertTrue(seen.add(address), "shown twice: " + address);
                }
            }
        }
    }

    @Test
    void noAddressIsUsedTwiceInTwoThousandPayments() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Set<String> programs = new HashSet<>();
            for (int i = 0; i < 2000; i++) {
                SignedTransaction paid = node.send("");
                for (TransactionOutput output : read(paid.raw()).getOutputs()) {
                    if (!output.getValue().isZero()) {
                        assertTrue(programs.add(java.util.HexFormat.of().formatHex(output.getScriptBytes())));
                    }
                }
                if (i % 100 == 99) {
                    node.transport().mine();
                }
            }
            assertEquals(2000, programs.size());
        }
    }

    @Test
    void coinsOfTwoAccountsNeverMeet() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Random random = new Random(20);
            List<String> accounts = List.of("", "bob", "carol");
            Map<Outpoint, String> owners = new HashMap<>();
            for (String account : accounts) {
                node.wallet().status(account).coins().forEach(c -> owners.put(outpoint(c.outpoint()), account));
            }
            Map<String, Set<Integer>> inputCounts = new HashMap<>();
            for (int i = 0; i < 500; i++) {
                String account = accounts.get(random.nextInt(accounts.size()));
                // Occasional high rates, so that several coins are needed.
                FeeRate rate = new FeeRate(random.nextInt(25) == 0 ? 30_000_000 : 100 + random.nextInt(500));
                SignedTransaction paid;
                try {
                    paid = node.pay(account, 64, rate);
                } catch (InsufficientFundsException e) {
                    node.transport().mine();
                    continue;
                }
                node.transport().broadcast(paid.raw());
                for (Outpoint input : inputs(paid)) {
                    assertEquals(account, owners.remove(input));
                }
                inputCounts
                        .computeIfAbsent(account, a -> new HashSet<>())
                        .add(inputs(paid).size());
                Transaction transaction = read(paid.raw());
                for (TransactionOutput output : transaction.getOutputs()) {
                    if (!output.getValue().isZero()) {
                        owners.put(new Outpoint(paid.id(), output.getIndex()), account);
                    }
                }
                if (random.nextInt(10) == 0) {
                    node.transport().mine();
                }
            }
            assertTrue(inputCounts.values().stream().anyMatch(s -> s.stream().anyMatch(n -> n > 1)), "coins did join");
            assertNotEquals(0, owners.size());
        }
    }

    private static Outpoint outpoint(String text) {
        String[] parts = text.split(":");
        return new Outpoint(org.partyline.api.TxId.of(parts[0]), Integer.parseInt(parts[1]));
    }

    private static Transaction read(byte[] raw) {
        return Transaction.read(ByteBuffer.wrap(raw));
    }

    private static List<Outpoint> inputs(SignedTransaction paid) throws Exception {
        return Tx.parse(paid.raw()).inputs();
    }
}
