package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.transport.FeeRule;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.WalletException;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.TxView;

/** Version after version of one transaction, on a real node. */
class RollingWalletIT {
    private static final FeeRate RATE = new FeeRate(200);
    /** Both nodes require this. */
    private static final FeeRate INCREMENT = new FeeRate(100);

    /**
     * BIP125 rules 3 and 4, and a higher rate by weight: with one signature of 71 bytes, 3 less than 4 times the vsize.
     */
    private static FeeRule over(SignedTransaction old) {
        return vsize -> {
            int missing = vsize > old.vsize() ? 3 : 0;
            return Math.max(
                    old.fee() + INCREMENT.fee(vsize),
                    old.fee() * (4L * vsize - missing) / (4L * old.vsize() - missing) + 1);
        };
    }

    private static byte[] payload(int length, int fill) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) fill);
        return payload;
    }

    private static TxView read(SignedTransaction transaction) throws MalformedException {
        return TxView.of(transaction.raw());
    }

    private static byte[] changeScript(SignedTransaction transaction) throws MalformedException {
        TxView raw = read(transaction);
        return raw.outputs().get(Replacement.changeIndex(raw).orElseThrow()).script();
    }

    private static List<Integer> fills(SignedTransaction transaction) throws MalformedException {
        return read(transaction).outputs().stream()
                .filter(o -> o.amount() == 0)
                .map(o -> (int) o.script()[o.script().length - 1])
                .toList();
    }

    private static boolean waits(RealNode node, SignedTransaction transaction) throws Exception {
        return node.transport().locate(transaction.id()).kind() == TransactionPlace.Kind.MEMPOOL;
    }

    private static SignedTransaction send(RealNode node, int fill) throws Exception {
        SignedTransaction paid = node.wallet().pay("", List.of(payload(80, fill)), RATE);
        node.transport().broadcast(paid.raw());
        return paid;
    }

    /** The next version: held before anyone has it, and the older one released. */
    private static SignedTransaction roll(RealNode node, SignedTransaction old, byte[]... payloads) throws Exception {
        SignedTransaction next = node.wallet().replace("", old, List.of(payloads), over(old));
        node.wallet().hold("", next, true);
        node.transport().broadcast(next.raw());
        node.wallet().hold("", next, true);
        node.wallet().hold("", old, false);
        return next;
    }

    @Test
    void twentyVersionsOfOneTransactionCostTheLeastAndOneIsConfirmed() throws Exception {
        try (RealNode node = RealNode.start(false)) {
            SignedTransaction current = send(node, 100);
            node.wallet().hold("", current, true);
            List<SignedTransaction> versions = new ArrayList<>(List.of(current));
            Set<String> others = new HashSet<>();
            for (int i = 1; i < 20; i++) {
                SignedTransaction old = current;
                int fill = i;
                assertThrows(
                        WalletException.class,
                        () -> node.wallet()
                                .replace(
                                        "",
                                        old,
                                        List.of(payload(80, fill)),
                                        v -> over(old).fee(v) - 1),
                        "a satoshi less is refused");
                current = roll(node, old, payload(80, i));
                versions.add(current);

                assertTrue(waits(node, current));
                assertFalse(waits(node, old));
                assertEquals(202, current.vsize());
                assertEquals(old.fee() + 21, current.fee());
                assertEquals(read(old).spent(), read(current).spent());
                assertArrayEquals(changeScript(old), changeScript(current));
                SignedTransaction other = send(node, 50);
                read(other).spent().forEach(in -> others.add(in.id().toString()));
            }
            for (SignedTransaction version : versions) {
                assertFalse(others.contains(version.id().toString()), "a payment spent held change");
            }
            assertEquals(41 + 19 * 21, current.fee());
            assertTrue(waits(node, current), "no payment replaced it");
            node.mine();
            for (SignedTransaction version : versions) {
                assertEquals(
                        version == current ? TransactionPlace.Kind.CONFIRMED : TransactionPlace.Kind.UNKNOWN,
                        node.transport().locate(version.id()).kind());
            }
            String change =
                    current.id() + ":" + Replacement.changeIndex(read(current)).orElseThrow();
            assertFalse(spendable(node, change));
            node.wallet().hold("", current, false);
            assertTrue(spendable(node, change));
        }
    }

    private static boolean spendable(RealNode node, String coin) throws Exception {
        return node.wallet().status("").coins().stream()
                .anyMatch(c -> c.outpoint().equals(coin));
    }

    @Test
    void aRecalledMessageIsNotMined() throws Exception {
        try (RealNode node = RealNode.start(false)) {
            SignedTransaction message = send(node, 1);
            SignedTransaction recall = roll(node, message);
            assertEquals(110, recall.vsize());
            assertEquals(message.fee() + 11, recall.fee());
            assertEquals(List.of(), fills(recall));
            assertTrue(waits(node, recall));
            node.mine();
            assertEquals(
                    TransactionPlace.Kind.CONFIRMED,
                    node.transport().locate(recall.id()).kind());
            assertEquals(
                    TransactionPlace.Kind.UNKNOWN,
                    node.transport().locate(message.id()).kind());
            assertThrows(WalletException.class, () -> roll(node, message, payload(80, 2)), "it is in a block");
        }
    }

    @Test
    void theNewestThreePacketsRideAlong() throws Exception {
        try (RealNode node = RealNode.start(true)) {
            SignedTransaction current = send(node, 0);
            node.wallet().hold("", current, true);
            Set<Integer> places = new HashSet<>();
            for (int i = 1; i < 20; i++) {
                SignedTransaction old = current;
                List<byte[]> newest = new ArrayList<>();
                List<Integer> expected = new ArrayList<>();
                for (int k = Math.max(0, i - 2); k <= i; k++) {
                    newest.add(payload(k % 2 == 0 ? 80 : 64, k));
                    expected.add(k);
                }
                current = roll(node, old, newest.toArray(byte[][]::new));
                assertTrue(waits(node, current));
                assertEquals(expected, fills(current));
                assertEquals(over(old).fee(current.vsize()), current.fee());
                places.add(Replacement.changeIndex(read(current)).orElseThrow());
            }
            assertTrue(places.size() > 2, "change stands anywhere: " + places);
            node.mine();
            assertEquals(
                    TransactionPlace.Kind.CONFIRMED,
                    node.transport().locate(current.id()).kind());
        }
    }

    @Test
    void aTransactionThatGrowsPaysTheRateOfItsWeight() throws Exception {
        assumeTrue(RealNode.isCore(), "bcoin compares virtual bytes: name a Bitcoin Core with -Dbitcoind=PATH");
        try (RealNode node = RealNode.start(true)) {
            SignedTransaction old = node.wallet().pay("", List.of(payload(80, 1)), new FeeRate(10_000));
            node.transport().broadcast(old.raw());
            List<byte[]> two = List.of(payload(80, 1), payload(80, 2));
            assertThrows(
                    WalletException.class,
                    () -> node.wallet().replace("", old, two, v -> over(old).fee(v) - 1));
            SignedTransaction next = node.wallet().replace("", old, two, over(old));
            node.transport().broadcast(next.raw());
            assertTrue(waits(node, next));
        }
    }

    @Test
    void aHoldOutlivesARestartOfTheNode() throws Exception {
        assumeTrue(RealNode.isCore(), "bcoin keeps nothing: name a Bitcoin Core with -Dbitcoind=PATH");
        try (RealNode node = RealNode.start(false)) {
            SignedTransaction current = send(node, 1);
            node.wallet().hold("", current, true);
            current = roll(node, current, payload(80, 2));
            node.restart();
            Set<String> spent = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                read(send(node, 60)).spent().forEach(in -> spent.add(in.id().toString()));
            }
            assertFalse(spent.contains(current.id().toString()));
            SignedTransaction next = roll(node, current, payload(80, 3));
            assertTrue(waits(node, next));
        }
    }
}
