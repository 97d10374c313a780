package org.partyline.cover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.packet.Packets;
import org.partyline.testkit.Statistics;

class DecoyTest {
    private static final int DRAWS = 20_000;

    private final Timing timing = new PoissonTiming();
    private final SecureRandom random = Statistics.seeded(8);

    private Map<Integer, Long> draw(List<Integer> recent, int most) {
        Map<Integer, Long> drawn = new HashMap<>();
        for (int i = 0; i < DRAWS; i++) {
            drawn.merge(timing.decoySize(recent, most, random), 1L, Long::sum);
        }
        return drawn;
    }

    private static void follows(Map<Integer, Double> shares, Map<Integer, Long> drawn) {
        assertEquals(shares.keySet(), drawn.keySet());
        List<Integer> sizes = List.copyOf(shares.keySet());
        double chi = Statistics.chiSquare(
                sizes.stream().mapToLong(drawn::get).toArray(),
                sizes.stream().mapToDouble(size -> shares.get(size) * DRAWS).toArray());
        assertTrue(chi < Statistics.chiSquareLimit(Math.max(1, sizes.size() - 1)), drawn + ": chi-square " + chi);
    }

    @Test
    void sizesFollowWhatWasSentLately() {
        List<Integer> recent = new ArrayList<>();
        recent.addAll(Collections.nCopies(50, 64));
        recent.addAll(Collections.nCopies(30, 80));
        recent.addAll(Collections.nCopies(15, 128));
        recent.addAll(Collections.nCopies(5, 512));
        follows(Map.of(64, 0.5, 80, 0.3, 128, 0.15, 512, 0.05), draw(recent, 512));
    }

    @Test
    void whatIsTooLargeNowCountsAsTheLargestThatGoes() {
        List<Integer> recent = List.of(64, 80, 128, 512);
        follows(Map.of(64, 0.25, 80, 0.75), draw(recent, 80));
        follows(Map.of(64, 0.25, 80, 0.75), draw(recent, 127));
        follows(Map.of(64, 1.0), draw(recent, 64));
        follows(Map.of(64, 0.25, 80, 0.25, 128, 0.5), draw(recent, 255));
    }

    @Test
    void aNewSenderSendsWhatFitsTheSmallestNodes() {
        follows(Map.of(64, 0.5, 80, 0.5), draw(List.of(), 512));
        follows(Map.of(64, 1.0), draw(List.of(), 64));
    }

    @Test
    void onePacketIsADistributionToo() {
        follows(Map.of(128, 1.0), draw(List.of(128), 512));
    }

    @Test
    void aLimitUnderTheSmallestPacketIsRefused() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> timing.decoySize(List.of(64), 63, random));
        assertEquals("the smallest packet has 64 bytes, and at most 63 may be sent", refused.getMessage());
    }

    @Test
    void aSizeThatNoPacketHasIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> timing.decoySize(List.of(65), 512, random));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 63, 65, 100, 513})
    void aDecoyOfAnotherLengthThanAPacketsIsRefused(int length) {
        assertThrows(IllegalArgumentException.class, () -> timing.decoy(length, random));
    }

    @Test
    void aDecoyIsTheVersionAndUniformBytesAtEachPlace() {
        for (int bucket : Packets.BUCKETS) {
            long[] values = new long[256];
            long[][] bits = new long[bucket][8];
            int decoys = 200_000 / bucket;
            for (int i = 0; i < decoys; i++) {
                byte[] decoy = timing.decoy(bucket, random);
                assertEquals(bucket, decoy.length);
                assertTrue(Packets.isCandidate(decoy));
                for (int at = 1; at < bucket; at++) {
                    values[decoy[at] & 0xff]++;
                    for (int bit = 0; bit < 8; bit++) {
                        bits[at][bit] += decoy[at] >> bit & 1;
                    }
                }
            }
            double[] expected = new double[256];
            Arrays.fill(expected, (double) decoys * (bucket - 1) / 256);
            double chi = Statistics.chiSquare(values, expected);
            assertTrue(chi < Statistics.chiSquareLimit(255), bucket + ": chi-square " + chi);
            for (int at = 1; at < bucket; at++) {
                for (int bit = 0; bit < 8; bit++) {
                    double off = Math.abs(bits[at][bit] - decoys / 2.0) / Math.sqrt(decoys / 4.0);
                    assertTrue(
                            off < 5,
                            "bit " + bit + " of byte " + at + " of " + bucket + " is off by " + off + " sigma");
                }
            }
        }
    }

    @Test
    void noTwoDecoysShareALocator() {
        Set<String> locators = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            assertTrue(locators.add(HexFormat.of().formatHex(timing.decoy(64, random), 1, 9)));
        }
    }
}
