package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionRejectedException.Reason;
import org.partyline.testkit.HandSetClock;

class MempoolPolicyTest {
    @TempDir
    Path home;

    private static void refused(TestNode node, byte[] raw, Reason reason, String message) {
        TransactionRejectedException refused = assertThrows(
                TransactionRejectedException.class, () -> node.transport().broadcast(raw));
        assertEquals(message, refused.getMessage());
        assertEquals(reason, refused.reason());
    }

    private static boolean waits(TestNode node, byte[] raw) throws Exception {
        return node.transport().locate(Spender.id(raw)).equals(TransactionPlace.MEMPOOL);
    }

    @Test
    void aReplacementAddsTheIncrementToTheSatoshi() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Utxo coin = Spender.coins(node, 1, 1_000_000).get(0);
            byte[] old = Spender.of(coin).data(80).change(500).raw();
            byte[] less = Spender.of(coin).data(80).change(520).raw();
            byte[] enough = Spender.of(coin).data(80).change(521).raw();
            node.transport().broadcast(old);

            refused(
                    node,
                    less,
                    Reason.FEE_TOO_LOW,
                    "insufficient fee, rejecting replacement " + Spender.id(less)
                            + ", not enough additional fees to relay; 0.00000020 < 0.00000021");
            assertTrue(waits(node, old));
            node.transport().broadcast(enough);

            assertTrue(waits(node, enough));
            assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(Spender.id(old)));
            assertEquals(Optional.empty(), node.transport().fetch(Spender.id(old)));
            assertEquals(1, node.transport().status().mempoolSize());
        }
    }

    @Test
    void anOldVersionOrOtherDataForTheSameFeeIsRefused() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Utxo coin = Spender.coins(node, 1, 1_000_000).get(0);
            byte[] old = Spender.of(coin).data(80).change(500).raw();
            byte[] current = Spender.of(coin).data(80).change(600).raw();
            node.transport().broadcast(old);
            node.transport().broadcast(current);

            assertEquals(
                    Reason.FEE_TOO_LOW,
                    assertThrows(
                                    TransactionRejectedException.class,
                                    () -> node.transport().broadcast(old))
                            .reason());
            byte[] otherData = Spender.of(coin).data(79).change(600).raw();
            assertEquals(
                    Reason.FEE_TOO_LOW,
                    assertThrows(
                                    TransactionRejectedException.class,
                                    () -> node.transport().broadcast(otherData))
                            .reason());
            assertTrue(waits(node, current));
        }
    }

    @Test
    void aReplacementPaysForTheDescendantsToo() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Utxo coin = Spender.coins(node, 1, 1_000_000).get(0);
            byte[] old = Spender.of(coin).data(80).change(500).raw();
            node.transport().broadcast(old);
            byte[] child =
                    Spender.of(Spender.output(old, 1)).data(80).change(700).raw();
            node.transport().broadcast(child);
            byte[] grandchild =
                    Spender.of(Spender.output(child, 1)).data(80).change(40).raw();
            node.transport().broadcast(grandchild);
            byte[] belowSum = Spender.of(coin).data(80).change(1239).raw();
            byte[] atSum = Spender.of(coin).data(80).change(1260).raw();
            byte[] enough = Spender.of(coin).data(80).change(1261).raw();

            refused(
                    node,
                    belowSum,
                    Reason.FEE_TOO_LOW,
                    "insufficient fee, rejecting replacement " + Spender.id(belowSum)
                            + ", less fees than conflicting txs; 0.00001239 < 0.00001240");
            refused(
                    node,
                    atSum,
                    Reason.FEE_TOO_LOW,
                    "insufficient fee, rejecting replacement " + Spender.id(atSum)
                            + ", not enough additional fees to relay; 0.00000020 < 0.00000021");
            node.transport().broadcast(enough);
            assertEquals(1, node.transport().status().mempoolSize());
            assertTrue(waits(node, enough));
        }
    }

    @Test
    void aReplacementPaysMoreForItsSize() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Utxo coin = Spender.coins(node, 1, 1_000_000).get(0);
            byte[] old = Spender.of(coin).data(80).change(2020).raw();
            byte[] larger = Spender.of(coin).data(500).change(5000).raw();
            node.transport().broadcast(old);

            TransactionRejectedException refused = assertThrows(
                    TransactionRejectedException.class, () -> node.transport().broadcast(larger));
            assertEquals(
                    "replacement-failed, insufficient feerate: does not improve feerate diagram", refused.getMessage());
            assertEquals(Reason.FEE_TOO_LOW, refused.reason());
            assertTrue(waits(node, old));
        }
    }

    @Test
    void aReplacementCannotSpendWhatItReplaces() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Utxo coin = Spender.coins(node, 1, 1_000_000).get(0);
            byte[] old = Spender.of(coin).data(80).change(500).raw();
            node.transport().broadcast(old);
            byte[] both = Spender.of(coin, Spender.output(old, 1))
                    .data(80)
                    .pay(1_000_000)
                    .raw();

            refused(node, both, Reason.INPUTS_GONE, "bad-txns-spends-conflicting-tx");
        }
    }

    @Test
    void sixtyFourTransactionsHangTogetherAndNoMore() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Utxo tail = Spender.coins(node, 1, 10_000_000).get(0);
            byte[] last = new byte[0];
            Utxo before = tail;
            for (int i = 0; i < 64; i++) {
                before = tail;
                last = Spender.of(tail).data(64).change(100).raw();
                node.transport().broadcast(last);
                tail = Spender.output(last, 1);
            }
            byte[] onTop = Spender.of(tail).data(64).change(100).raw();
            refused(node, onTop, Reason.CHAIN_TOO_LONG, "too-large-cluster");

            // A replacement of the last one keeps the number.
            byte[] replacement = Spender.of(before).data(64).change(200).raw();
            node.transport().broadcast(replacement);
            assertTrue(waits(node, replacement));
            node.transport().mine();
            node.transport()
                    .broadcast(Spender.of(Spender.output(replacement, 1))
                            .data(64)
                            .change(100)
                            .raw());
        }
    }

    @Test
    void aTransactionThatJoinsTwoChainsCountsBoth() throws Exception {
        try (TestNode node = new TestNode(home)) {
            List<Utxo> tails = new ArrayList<>(Spender.coins(node, 2, 10_000_000));
            for (int i = 0; i < 64; i++) {
                byte[] raw = Spender.of(tails.get(i % 2)).data(64).change(100).raw();
                node.transport().broadcast(raw);
                tails.set(i % 2, Spender.output(raw, 1));
            }
            byte[] join = Spender.of(tails.get(0), tails.get(1)).change(500).raw();

            refused(node, join, Reason.CHAIN_TOO_LONG, "too-large-cluster");
        }
    }

    @Test
    void aHundredAndOneThousandVirtualBytesHangTogetherAndNoMore() throws Exception {
        try (TestNode node = new TestNode(home)) {
            Utxo coin = Spender.coins(node, 1, 10_000_000).get(0);
            byte[] first = Spender.of(coin).data(80_000).change(20_000).raw();
            node.transport().broadcast(first);
            int room = 101_000 - Spender.vsize(first);
            Utxo change = Spender.output(first, 1);
            int frame =
                    Spender.vsize(Spender.of(change).data(20_000).change(20_000).raw()) - 20_000;
            byte[] tooMuch =
                    Spender.of(change).data(room - frame + 1).change(20_000).raw();
            byte[] fits = Spender.of(change).data(room - frame).change(20_000).raw();

            refused(node, tooMuch, Reason.CHAIN_TOO_LONG, "too-large-cluster");
            node.transport().broadcast(fits);
        }
    }

    @Test
    void theWalletDoesNotPayFromAFullCluster() throws Exception {
        try (TestNode node = new TestNode(home)) {
            // All but one coin are held, so that payments depend on each other.
            for (int i = 0; i < 19; i++) {
                node.pay("", 64, TestNode.FLOOR);
            }
            for (int i = 0; i < 64; i++) {
                node.send("");
            }
            InsufficientFundsException refused =
                    assertThrows(InsufficientFundsException.class, () -> node.pay("", 64, TestNode.FLOOR));

            assertTrue(refused.getMessage().contains("wait for a block"), refused.getMessage());
            node.transport().mine();
            node.send("");
        }
    }

    @Test
    void aTransactionExpiresWithItsChildrenAfterTwoWeeks() throws Exception {
        HandSetClock clock = new HandSetClock(Instant.parse("2026-11-24T12:00:00Z"));
        byte[] old;
        byte[] young;
        try (TestNode node = new TestNode(home, TestNode.SETTINGS, clock)) {
            List<Utxo> coins = Spender.coins(node, 3, 1_000_000);
            old = Spender.of(coins.get(0)).data(80).change(500).raw();
            node.transport().broadcast(old);
            clock.pass(Duration.ofHours(200));
            byte[] child =
                    Spender.of(Spender.output(old, 1)).data(80).change(500).raw();
            node.transport().broadcast(child);
            young = Spender.of(coins.get(1)).data(80).change(500).raw();
            node.transport().broadcast(young);
            clock.pass(Duration.ofHours(136));
            node.transport()
                    .broadcast(Spender.of(coins.get(2)).data(80).change(500).raw());
            assertTrue(waits(node, old), "336 hours are not over");

            clock.pass(Duration.ofSeconds(1));
            node.transport().mine();

            assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(Spender.id(old)));
            assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(Spender.id(child)));
            assertEquals(
                    TransactionPlace.Kind.CONFIRMED,
                    node.transport().locate(Spender.id(young)).kind());
        }
        try (TestNode node = new TestNode(home, TestNode.SETTINGS, clock)) {
            assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(Spender.id(old)));
            node.transport().broadcast(old);
        }
    }

    @Test
    void theWorstPaidLeavesWhenTheMempoolIsFullAndTheFloorRises() throws Exception {
        try (TestNode node = new TestNode(home, TestNode.withMempool(5 * 202))) {
            List<Utxo> coins = Spender.coins(node, 8, 1_000_000);
            List<byte[]> sent = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                sent.add(Spender.of(coins.get(i)).data(80).change(202 * (i + 2)).raw());
                node.transport().broadcast(sent.get(i));
            }
            byte[] better = Spender.of(coins.get(5)).data(80).change(202 * 9).raw();
            node.transport().broadcast(better);

            assertEquals(5, node.transport().status().mempoolSize());
            assertTrue(!waits(node, sent.get(0)) && waits(node, sent.get(1)) && waits(node, better));
            // 2 sat/vB was evicted, and the increment is 0.1: the floor is 2.1 now.
            assertEquals(new FeeRate(2100), node.transport().policy().minRelayFee());
            assertEquals(Optional.of(new FeeRate(2100)), node.transport().estimateFee(1));
            byte[] below = Spender.of(coins.get(6)).data(80).change(424).raw();
            refused(node, below, Reason.FEE_TOO_LOW, "mempool min fee not met, 424 < 425");
            byte[] lowest = Spender.of(coins.get(6)).data(80).change(425).raw();
            refused(node, lowest, Reason.FEE_TOO_LOW, "mempool full");

            node.transport().mine();
            assertEquals(TestNode.FLOOR, node.transport().policy().minRelayFee());
            assertEquals(1, Spender.coins(node, 1, 1000).size());
        }
    }

    @Test
    void aFullBlockTakesTheBestPaidAndTheEstimateFollows() throws Exception {
        try (TestNode node = new TestNode(home)) {
            assertEquals(Optional.of(TestNode.FLOOR), node.transport().estimateFee(6));
            List<Utxo> coins = Spender.coins(node, 12, 10_000_000);
            List<byte[]> sent = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                // About 98,000 vB each: ten fill a block.
                byte[] raw = Spender.of(coins.get(i))
                        .data(98_000)
                        .change(100_000L * (i + 1))
                        .raw();
                node.transport().broadcast(raw);
                sent.add(raw);
            }
            long lowestIn = 100_000L * 2 * 1000 / Spender.vsize(sent.get(1));
            assertEquals(
                    Optional.of(new FeeRate(lowestIn + 100)), node.transport().estimateFee(1));
            assertEquals(Optional.of(TestNode.FLOOR), node.transport().estimateFee(2));

            node.transport().mine();

            assertTrue(waits(node, sent.get(0)) && waits(node, sent.get(1)));
            assertEquals(2, node.transport().status().mempoolSize());
        }
    }

    @Test
    void aChildPaysForItsParentInABlock() throws Exception {
        Mempool mempool = new Mempool();
        try (TestNode node = new TestNode(home)) {
            List<Utxo> coins = Spender.coins(node, 2, 1_000_000);
            byte[] parent = Spender.of(coins.get(0)).data(80).change(30).raw();
            byte[] child =
                    Spender.of(Spender.output(parent, 1)).data(80).change(9000).raw();
            byte[] other = Spender.of(coins.get(1)).data(80).change(2000).raw();
            for (byte[] raw : List.of(parent, other, child)) {
                Tx tx = Tx.parse(raw);
                long fee = raw == parent ? 30 : raw == child ? 9000 : 2000;
                mempool.add(new Mempool.Entry(tx, fee, node.clock().instant(), List.of(), new LogPosition(0, 0)));
            }
            long two = 2L * Tx.parse(parent).transaction().getWeight() + 8;

            assertEquals(
                    List.of(Spender.id(parent), Spender.id(child)),
                    mempool.best(two).stream().map(Mempool.Entry::id).toList());
            assertEquals(
                    List.of(Spender.id(other)),
                    mempool.cheapest().stream().map(Mempool.Entry::id).toList());
        }
    }
}
