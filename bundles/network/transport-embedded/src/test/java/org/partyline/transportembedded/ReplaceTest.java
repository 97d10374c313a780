package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bitcoinj.base.Coin;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionOutput;
import org.bitcoinj.script.ScriptBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.WalletException;

/** A rolling transaction: one coin, version after version. */
class ReplaceTest {
    private static final long COIN = 5_000_000L;

    /** All 20 coins of an account pay this rate for one message of 64 bytes, without change. */
    private static final FeeRate ALL_COINS = new FeeRate(69_396_000);

    @TempDir
    Path home;

    /**
     * BIP125 rules 3 and 4 and a higher rate, for one input with a signature of 71 bytes: its weight is 3 less than 4
     * times its vsize.
     */
    private static FeeRule over(SignedTransaction old) {
        return vsize -> Math.max(
                old.fee() + TestNode.FLOOR.fee(vsize), old.fee() * (4L * vsize - 3) / (4L * old.vsize() - 3) + 1);
    }

    private static SignedTransaction roll(TestNode node, SignedTransaction old, byte[]... payloads) throws Exception {
        return node.wallet().replace("", old, List.of(payloads), over(old));
    }

    private static Transaction read(SignedTransaction transaction) {
        return Transaction.read(ByteBuffer.wrap(transaction.raw()));
    }

    private static byte[] changeScript(SignedTransaction transaction) {
        List<TransactionOutput> change = read(transaction).getOutputs().stream()
                .filter(o -> !o.getValue().isZero())
                .toList();
        assertEquals(1, change.size());
        return change.get(0).getScriptBytes();
    }

    private static List<Integer> fills(SignedTransaction transaction) {
        List<Integer> fills = new ArrayList<>();
        for (TransactionOutput output : read(transaction).getOutputs()) {
            if (output.getValue().isZero()) {
                byte[] script = output.getScriptBytes();
                fills.add((int) script[script.length - 1]);
            }
        }
        return fills;
    }

    @Test
    void twoHundredVersionsCostTwentyOneSatoshiEachAndOneIsConfirmed() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction first = node.send("");
            SignedTransaction current = first;
            for (int i = 1; i < 200; i++) {
                SignedTransaction next = roll(node, current, TestNode.payload(80, i % 100));
                assertEquals(202, next.vsize());
                assertEquals(current.fee() + 21, next.fee());
                assertEquals(COIN - read(next).getOutputSum().getValue(), next.fee());
                assertArrayEquals(changeScript(first), changeScript(next));
                node.transport().broadcast(next.raw());
                assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(current.id()));
                current = next;
            }
            assertEquals(200 * 21, current.fee());
            assertEquals(1, node.transport().status().mempoolSize());
            node.transport().mine();
            assertEquals(
                    TransactionPlace.Kind.CONFIRMED,
                    node.transport().locate(current.id()).kind());
            assertEquals(20 * COIN - current.fee(), node.wallet().status("").confirmed());
        }
    }

    @Test
    void aSatoshiLessThanTheRuleIsRefusedByTheNode() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction first = node.send("");
            SignedTransaction less = node.wallet()
                    .replace(
                            "",
                            first,
                            List.of(TestNode.payload(80, 3)),
                            vsize -> over(first).fee(vsize) - 1);
            assertThrows(
                    TransactionRejectedException.class, () -> node.transport().broadcast(less.raw()));
            node.transport()
                    .broadcast(roll(node, first, TestNode.payload(80, 3)).raw());
        }
    }

    @Test
    void aVersionThatGrowsPaysTheRateOfItsWeight() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction old = node.pay("", 80, new FeeRate(9_900));
            node.transport().broadcast(old.raw());
            assertEquals(2000, old.fee());
            byte[][] two = {TestNode.payload(80, 1), TestNode.payload(80, 2)};
            // Measured with Bitcoin Core 31: 2,911 is the higher rate by virtual bytes, 2,915 by weight.
            SignedTransaction less = node.wallet().replace("", old, List.of(two), vsize -> 2914);
            assertEquals(
                    "replacement-failed, insufficient feerate: does not improve feerate diagram",
                    assertThrows(
                                    TransactionRejectedException.class,
                                    () -> node.transport().broadcast(less.raw()))
                            .getMessage());
            SignedTransaction enough = roll(node, old, two);
            assertEquals(2915, enough.fee());
            node.transport().broadcast(enough.raw());
        }
    }

    @Test
    void theFeeIsExactWhateverTheSizesAndTheSignatures() throws Exception {
        try (TestNode node = new TestNode(home)) {
            java.util.Random random = new java.util.Random(4);
            SignedTransaction paid = node.pay("", 80, TestNode.FLOOR);
            for (int i = 0; i < 1500; i++) {
                List<byte[]> payloads = new ArrayList<>();
                for (int n = random.nextInt(3); n >= 0; n--) {
                    payloads.add(TestNode.payload(64 + random.nextInt(50), n));
                }
                long odd = random.nextInt(100_000);
                SignedTransaction next = node.wallet().replace("", paid, payloads, vsize -> odd + 7L * vsize);
                assertEquals(read(next).getVsize(), next.vsize());
                assertEquals(odd + 7L * next.vsize(), next.fee());
                assertEquals(COIN - read(next).getOutputSum().getValue(), next.fee());
            }
        }
    }

    @Test
    void theNewestPacketsRideAlongInTheirOrderAroundTheChange() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction current = node.send("");
            Set<Integer> places = new HashSet<>();
            for (int i = 0; i < 40; i++) {
                current =
                        roll(node, current, TestNode.payload(80, 1), TestNode.payload(64, 2), TestNode.payload(80, 3));
                node.transport().broadcast(current.raw());
                assertEquals(List.of(1, 2, 3), fills(current));
                List<TransactionOutput> outputs = read(current).getOutputs();
                for (int at = 0; at < outputs.size(); at++) {
                    if (!outputs.get(at).getValue().isZero()) {
                        places.add(at);
                    }
                }
            }
            assertEquals(Set.of(0, 1, 2, 3), places);
        }
    }

    @Test
    void aVersionThatShrinksPaysItsOwnIncrementOnly() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction large =
                    node.wallet().pay("", List.of(TestNode.payload(80, 1), TestNode.payload(80, 2)), TestNode.FLOOR);
            node.transport().broadcast(large.raw());
            SignedTransaction small = roll(node, large, TestNode.payload(64, 3));
            node.transport().broadcast(small.raw());
            assertEquals(large.fee() + 19, small.fee());
        }
    }

    @Test
    void aRecallCarriesNothing() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction message = node.send("");
            SignedTransaction recall = roll(node, message);
            node.transport().broadcast(recall.raw());
            assertEquals(110, recall.vsize());
            assertEquals(message.fee() + 11, recall.fee());
            assertEquals(1, read(recall).getOutputs().size());
            assertArrayEquals(changeScript(message), changeScript(recall));
            node.transport().mine();
            assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(message.id()));
        }
    }

    @Test
    void aVersionLooksLikeAPaymentOfTheSameInputs() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction first = node.send("");
            Transaction next = read(roll(node, first, TestNode.payload(80, 5)));
            assertEquals(2, next.getVersion());
            assertEquals(0xfffffffdL, next.getInput(0).getSequenceNumber());
            assertEquals(read(first).getInput(0).getOutpoint(), next.getInput(0).getOutpoint());
            assertTrue(next.getLockTime()
                    <= node.transport().status().tip().orElseThrow().height());
            assertTrue(next.getInput(0).getWitness().getPush(0).length <= 71, "low R and low S");
        }
    }

    @Test
    void whatIsSpentInABlockIsReplacedNoMore() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction message = node.send("");
            node.transport().mine();
            WalletException refused =
                    assertThrows(WalletException.class, () -> roll(node, message, TestNode.payload(80, 1)));
            assertTrue(refused.getMessage().contains("is spent in a block"), refused.getMessage());
        }
    }

    @Test
    void anEvictedVersionIsReplacedAllTheSame() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction never = node.pay("", 80, TestNode.FLOOR);
            SignedTransaction next = roll(node, never, TestNode.payload(80, 9));
            node.transport().broadcast(next.raw());
        }
    }

    @Test
    void anotherAccountsTransactionIsNotReplaced() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction message = node.send("");
            node.wallet().status("bob");
            assertThrows(
                    InsufficientFundsException.class,
                    () -> node.wallet().replace("bob", message, List.of(TestNode.payload(80, 1)), over(message)));
            assertThrows(
                    WalletException.class,
                    () -> node.wallet().replace("a b", message, List.of(TestNode.payload(80, 1)), over(message)));
        }
    }

    @Test
    void aTransactionWithoutChangeIsNotReplaced() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction all = node.pay("", 64, ALL_COINS);
            InsufficientFundsException refused =
                    assertThrows(InsufficientFundsException.class, () -> roll(node, all, TestNode.payload(64, 1)));
            assertTrue(refused.getMessage().contains("has no change"), refused.getMessage());
        }
    }

    @Test
    void theLastSatoshisBeforeDustAreSpentAndNoMore() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction first = node.send("");
            SignedTransaction last =
                    node.wallet().replace("", first, List.of(TestNode.payload(80, 1)), vsize -> COIN - 294);
            node.transport().broadcast(last.raw());
            InsufficientFundsException refused = assertThrows(
                    InsufficientFundsException.class,
                    () -> node.wallet().replace("", last, List.of(TestNode.payload(80, 1)), vsize -> COIN - 293));
            assertTrue(refused.getMessage().contains("is used up"), refused.getMessage());
            assertThrows(
                    InsufficientFundsException.class,
                    () -> node.wallet().replace("", last, List.of(), vsize -> 2 * COIN));
        }
    }

    @Test
    void heldChangeIsNotSpentUntilItIsLetGo() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction rolling = node.send("");
            node.wallet().hold("", rolling, true);
            assertEquals(COIN - rolling.fee(), node.wallet().status("").reserved());
            assertEquals(19, node.wallet().status("").coins().size());
            for (int i = 0; i < 19; i++) {
                assertNotEquals(rolling.id(), source(node.send("")));
            }
            // Other change is spent now, never the held one.
            for (int i = 0; i < 30; i++) {
                assertNotEquals(rolling.id(), source(node.send("")));
            }
            node.transport().mine();
            assertNotEquals(rolling.id(), source(node.send("")));
            node.wallet().hold("", rolling, false);
            assertEquals(0, node.wallet().status("").reserved());
            boolean spent = false;
            for (int i = 0; i < 25 && !spent; i++) {
                spent = source(node.send("")).equals(rolling.id());
            }
            assertTrue(spent);
        }
    }

    private static org.partyline.api.TxId source(SignedTransaction transaction) throws Exception {
        return Tx.parse(transaction.raw()).inputs().get(0).tx();
    }

    @Test
    void theChangeOfAVersionIsHeldBeforeAnybodyHasIt() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction first = node.send("");
            node.wallet().hold("", first, true);
            SignedTransaction next = roll(node, first, TestNode.payload(80, 4));
            node.wallet().hold("", next, true);
            node.transport().broadcast(next.raw());
            node.wallet().hold("", first, false);
            assertEquals(COIN - next.fee(), node.wallet().status("").reserved());
        }
    }

    @Test
    void aHoldIsMadeAgainAfterARestart() throws Exception {
        SignedTransaction rolling;
        try (TestNode node = new TestNode(home)) {
            rolling = node.send("");
        }
        try (TestNode node = new TestNode(home)) {
            node.wallet().hold("", rolling, true);
            assertEquals(COIN - rolling.fee(), node.wallet().status("").reserved());
            SignedTransaction next = roll(node, rolling, TestNode.payload(80, 6));
            node.transport().broadcast(next.raw());
            assertArrayEquals(changeScript(rolling), changeScript(next));
        }
    }

    @Test
    void aTransactionWithoutChangeHoldsNothing() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction all = node.pay("", 64, ALL_COINS);
            node.wallet().hold("", all, true);
            assertEquals(20 * COIN, node.wallet().status("").reserved(), "its inputs only");
        }
    }

    // ---- small coins

    private static void pay(TestNode node, String account, int count, long each) throws Exception {
        Utxo coin = Spender.coins(node, 1, 1_000_000 + count * each).get(0);
        Spender spender = Spender.of(coin);
        for (int i = 0; i < count; i++) {
            spender.output(each, script(node.wallet().freshAddress(account)));
        }
        node.transport().broadcast(spender.change(10_000).raw());
        node.transport().mine();
    }

    private static org.bitcoinj.script.Script script(String address) {
        return ScriptBuilder.createP2WPKHOutputScript(
                org.bitcoinj.base.SegwitAddress.fromBech32(address, org.bitcoinj.base.BitcoinNetwork.REGTEST)
                        .getHash());
    }

    @Test
    void manySmallCoinsAreGatheredByMessagesAtALowRate() throws Exception {
        try (TestNode node = new TestNode(home)) {
            pay(node, "", 12, 20_000);
            pay(node, "bob", 12, 20_000);
            int gathered = 0;
            for (int i = 0; i < 60; i++) {
                SignedTransaction paid = node.send("");
                int inputs = Tx.parse(paid.raw()).inputs().size();
                assertTrue(inputs <= 3);
                gathered += inputs - 1;
                assertEquals(TestNode.FLOOR.fee(paid.vsize()), paid.fee());
                node.transport().mine();
            }
            assertTrue(gathered > 0, "none was gathered");
            long left = node.wallet().status("").coins().stream()
                    .filter(c -> c.amount() < EmbeddedWallet.SMALL)
                    .count();
            assertEquals(9, left, "nine are not many any more");
            assertEquals(
                    12,
                    node.wallet().status("bob").coins().stream()
                            .filter(c -> c.amount() < EmbeddedWallet.SMALL)
                            .count());
        }
    }

    @Test
    void smallCoinsAreLeftAloneWhereThereAreFewOrTheRateIsHighOrNothingIsCarriedOrTheyAreNotWorthIt() throws Exception {
        try (TestNode node = new TestNode(home)) {
            pay(node, "few", 9, 20_000);
            pay(node, "many", 15, 20_000);
            pay(node, "dust", 15, 300);
            for (int i = 0; i < 15; i++) {
                assertOneInput(node, "few", node.pay("few", 80, TestNode.FLOOR));
                assertOneInput(node, "many", node.pay("many", 80, new FeeRate(2001)));
                assertOneInput(node, "many", node.wallet().pay("many", List.of(), TestNode.FLOOR));
                assertOneInput(node, "dust", node.pay("dust", 80, new FeeRate(500)));
            }
        }
    }

    private static void assertOneInput(TestNode node, String account, SignedTransaction paid) throws Exception {
        assertEquals(1, Tx.parse(paid.raw()).inputs().size(), account);
        node.wallet().release(account, paid);
    }

    @Test
    void severalInputsStandInRandomOrder() throws Exception {
        try (TestNode node = new TestNode(home)) {
            pay(node, "", 40, 20_000);
            boolean smallFirst = false;
            boolean largeFirst = false;
            for (int i = 0; i < 60; i++) {
                SignedTransaction paid = node.pay("", 80, TestNode.FLOOR);
                Transaction transaction = read(paid);
                if (transaction.getInputs().size() > 1) {
                    Coin first = node.ledger().coins(p -> true).stream()
                            .filter(c -> c.coin()
                                    .outpoint()
                                    .toString()
                                    .equals(transaction
                                            .getInput(0)
                                            .getOutpoint()
                                            .toString()))
                            .map(c -> Coin.valueOf(c.coin().value()))
                            .findFirst()
                            .orElseThrow();
                    smallFirst |= first.getValue() < EmbeddedWallet.SMALL;
                    largeFirst |= first.getValue() >= EmbeddedWallet.SMALL;
                }
                node.wallet().release("", paid);
            }
            assertTrue(smallFirst && largeFirst);
            assertFalse(node.wallet().status("").coins().isEmpty());
        }
    }
}
