package org.partyline.carrier.rolling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.CarrierRules;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.testkit.CarrierBench;

/** The limits of a rolling transaction's fee, packets and age, and its stored form. */
class BatchLimitsTest {
    private final CarrierBench bench = new CarrierBench();
    private final BatchLimits limits = new BatchLimits(bench);

    /** @param transactions the first byte of each version's id; the last one is current */
    private ReplaceableBatch batch(boolean ended, List<Long> rides, int... transactions) {
        List<ReplaceableBatch.Version> versions = new ArrayList<>();
        for (int transaction : transactions) {
            versions.add(new ReplaceableBatch.Version(id(transaction), 21, rides));
        }
        return new ReplaceableBatch(
                CarrierBench.PERSONA,
                CarrierBench.NETWORK.code(),
                "wallet",
                new byte[] {1},
                null,
                id(transactions.length == 0 ? 9 : transactions[transactions.length - 1]),
                202,
                21,
                true,
                bench.clock.millis(),
                bench.clock.millis(),
                List.of(new BatchedPacket(5, 3, new byte[80], false), new BatchedPacket(6, 4, new byte[80], true)),
                versions,
                ended);
    }

    private static byte[] id(int first) {
        byte[] id = new byte[TxId.LENGTH];
        id[0] = (byte) first;
        return id;
    }

    private ReplaceableBatch batch() {
        return batch(false, List.of(), 1);
    }

    private void rules(FeeRate highest, int mostPackets, long mostFee) {
        CarrierRules now = bench.rules;
        bench.rules = new CarrierRules(
                now.resendAfter(),
                now.rebroadcastAfter(),
                highest,
                now.spacing(),
                mostPackets,
                mostFee,
                now.mostAge(),
                now.burns());
    }

    @Test
    void aCoinPaysAsMuchAsItMayAndNotASatoshiMore() throws Exception {
        rules(new FeeRate(100_000), 3, 500);
        limits.check(Optional.of(batch()), false, 500, 202);
        assertFalse(limits.isOver(500, 202));
        assertTrue(limits.isOver(501, 202));
        assertEquals(
                "the rolling transaction has reached roll-max-fee = 500sat",
                assertThrows(
                                InsufficientFundsException.class,
                                () -> limits.check(Optional.of(batch()), false, 501, 202))
                        .getMessage());
        rules(new FeeRate(1_000), 3, 10_000);
        limits.check(Optional.of(batch()), false, 202, 202);
        assertFalse(limits.isOver(202, 202));
        assertTrue(limits.isOver(203, 202));
        assertEquals(
                "the rolling transaction has reached fee-maximum = 1 sat/vB",
                assertThrows(
                                InsufficientFundsException.class,
                                () -> limits.check(Optional.of(batch()), false, 203, 202))
                        .getMessage());
    }

    /** Nothing else could pay for it: recalled packets must be replaced with the same coin. */
    @Test
    void theFirstVersionAndOneThatTakesPacketsBackMayPayMore() throws Exception {
        rules(new FeeRate(1_000), 3, 500);
        limits.check(Optional.empty(), false, 20_000, 202);
        limits.check(Optional.of(batch()), true, 20_000, 202);
    }

    @Test
    void aRollEndsAfterItsTimeAndOnce() {
        ReplaceableBatch roll = batch();
        bench.clock.pass(bench.rules.mostAge());
        assertFalse(limits.hasEnded(roll));
        bench.clock.pass(Duration.ofMillis(1));
        assertTrue(limits.hasEnded(roll));
        assertFalse(limits.hasEnded(roll.ending()));
    }

    @Test
    void aVersionHasRoomForWhatTheNarrowestNodeCarries() {
        assertEquals(3, limits.room(List.of(node(10, 1_000))), "as it is set");
        rules(new FeeRate(1_000), 10, 500);
        assertEquals(4, limits.room(List.of(node(4, 1_000), node(10, 1_000))));
        assertEquals(2, limits.room(List.of(node(10, 2 * 83))));
        assertEquals(1, limits.room(List.of(node(10, 2 * 83 - 1))));
        assertEquals(1, limits.room(List.of(node(10, 10))), "one goes in any case");
    }

    private static CarrierNode node(int outputs, int scriptBytes) {
        return new CarrierNode("a", new RelayPolicy(80, outputs, scriptBytes, new FeeRate(100), new FeeRate(100)));
    }

    // ---- stored form

    @Test
    void oneThatEndedIsFoundByItsFirstVersion() {
        byte[] running = BatchCodec.key(CarrierBench.PERSONA, CarrierBench.NETWORK);
        assertArrayEquals(running, BatchCodec.key(batch(false, List.of(), 1, 2)));
        byte[] ended = BatchCodec.key(batch(true, List.of(), 1, 2));
        assertArrayEquals(ended, BatchCodec.key(batch(true, List.of(), 1, 2, 3)), "whichever version is current");
        assertFalse(Arrays.equals(running, ended));
        assertArrayEquals(
                BatchCodec.key(batch(true, List.of(), 9)),
                BatchCodec.key(batch(true, List.of())),
                "no version is stored");
        assertFalse(Arrays.equals(ended, BatchCodec.key(batch(true, List.of(), 2))));
        assertFalse(Arrays.equals(running, BatchCodec.key(CarrierBench.PERSONA + 1, CarrierBench.NETWORK)));
        assertFalse(Arrays.equals(running, BatchCodec.key(CarrierBench.PERSONA, Network.MAINNET)));
    }

    @Test
    void whatIsRenamedKeepsItsPartsAndNothingElseIs() {
        List<Long> rides = List.of(5L << 8 | 3, 6L << 8 | 4, 5L << 8 | 200);
        ReplaceableBatch renamed = batch(false, rides, 1, 2).renamed(5, 900);
        List<Long> expected = List.of(900L << 8 | 3, 6L << 8 | 4, 900L << 8 | 200);
        assertEquals(
                List.of(expected, expected),
                renamed.versions().stream().map(ReplaceableBatch.Version::rides).toList());
        assertEquals(
                List.of(900L, 6L),
                renamed.rides().stream().map(BatchedPacket::message).toList());
        assertEquals(
                List.of(3, 4), renamed.rides().stream().map(BatchedPacket::part).toList());
    }

    @Test
    void itHasTheVersionsThatItHas() {
        ReplaceableBatch roll = batch(false, List.of(), 1, 2);
        assertTrue(roll.has(id(1)) && roll.has(id(2)));
        assertFalse(roll.has(id(3)));
    }

    @Test
    void nothingOfWhatItCarriesIsShown() {
        assertEquals("ReplaceableBatch", batch().toString());
        assertEquals("BatchedPacket", batch().rides().get(0).toString());
    }
}
