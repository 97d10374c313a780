package org.partyline.fees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.fees.FeeMath;

class ExactFeeMathTest {
    private static final FeeRate FLOOR = new FeeRate(100);
    private static final FeeRate INCREMENT = new FeeRate(100);
    private static final FeeRate MINIMUM = new FeeRate(200);
    private static final FeeRate MAXIMUM = new FeeRate(50_000);

    private final FeeMath math = new ExactFeeMath();

    private static SecureRandom seeded() {
        try {
            SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
            random.setSeed(9);
            return random;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<FeeRate> rate(long satPerKvb) {
        return Optional.of(new FeeRate(satPerKvb));
    }

    // ---- the rate to aim at

    @Test
    void anHonestEstimateIsTaken() {
        assertEquals(rate(1234), math.aim(rate(1234), FLOOR, MINIMUM, MAXIMUM));
    }

    @Test
    void aLyingEstimateIsHeldBetweenTheLimits() {
        assertEquals(rate(200), math.aim(rate(0), FLOOR, MINIMUM, MAXIMUM));
        assertEquals(rate(200), math.aim(rate(1), FLOOR, MINIMUM, MAXIMUM));
        assertEquals(rate(50_000), math.aim(rate(10_000_000), FLOOR, MINIMUM, MAXIMUM));
        assertEquals(rate(50_000), math.aim(rate(FeeRate.MAX_SAT_PER_KVB), FLOOR, MINIMUM, MAXIMUM));
    }

    @Test
    void aNegativeEstimateIsNoFeeRateAtAll() {
        assertThrows(IllegalArgumentException.class, () -> new FeeRate(-1));
    }

    @Test
    void withoutAnEstimateTheFloorOrTheMinimumCounts() {
        assertEquals(rate(200), math.aim(Optional.empty(), FLOOR, MINIMUM, MAXIMUM));
        assertEquals(rate(3_000), math.aim(Optional.empty(), new FeeRate(3_000), MINIMUM, MAXIMUM));
    }

    @Test
    void theFloorWinsOverTheEstimateAndTheMinimum() {
        assertEquals(rate(7_000), math.aim(rate(300), new FeeRate(7_000), MINIMUM, MAXIMUM));
    }

    @Test
    void theMaximumWinsOverTheMinimumAndNotOverTheFloor() {
        assertEquals(rate(150), math.aim(rate(10_000), FLOOR, MINIMUM, new FeeRate(150)));
        assertEquals(rate(150), math.aim(rate(10_000), new FeeRate(150), MINIMUM, new FeeRate(150)));
        assertEquals(Optional.empty(), math.aim(rate(10_000), new FeeRate(151), MINIMUM, new FeeRate(150)));
    }

    // ---- drawing a rate

    @Test
    void ratesAreDrawnUniformlyFromTheAimToTheEndOfTheBand() {
        SecureRandom random = seeded();
        long[] counts = new long[21];
        for (int i = 0; i < 42_000; i++) {
            counts[(int) (math.draw(new FeeRate(100), 20, MAXIMUM, random).satPerKvb() - 100)]++;
        }
        double chi = 0;
        for (long count : counts) {
            chi += (count - 2000.0) * (count - 2000.0) / 2000;
        }
        assertTrue(chi < 45.3, "chi-square of 20 degrees: " + chi);
    }

    @Test
    void noDrawnRateIsOverTheMaximumOrUnderTheAim() {
        SecureRandom random = seeded();
        boolean atMost = false;
        for (int i = 0; i < 2000; i++) {
            long drawn = math.draw(new FeeRate(49_990), 100, MAXIMUM, random).satPerKvb();
            assertTrue(drawn >= 49_990 && drawn <= 50_000);
            atMost |= drawn == 50_000;
        }
        assertTrue(atMost);
        FeeRate top = new FeeRate(FeeRate.MAX_SAT_PER_KVB);
        assertEquals(top, math.draw(top, 100, top, random));
    }

    @Test
    void noBandGivesTheAim() {
        assertEquals(new FeeRate(777), math.draw(new FeeRate(777), 0, MAXIMUM, seeded()));
        assertEquals(new FeeRate(0), math.draw(new FeeRate(0), 100, MAXIMUM, seeded()));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 101})
    void aBandOutOfRangeIsRefused(int percent) {
        assertThrows(IllegalArgumentException.class, () -> math.draw(FLOOR, percent, MAXIMUM, seeded()));
    }

    @Test
    void anAimOverTheMaximumIsRefused() {
        assertEquals(
                "a rate of 50.001 sat/vB is above the maximum of 50 sat/vB",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> math.draw(new FeeRate(50_001), 10, MAXIMUM, seeded()))
                        .getMessage());
    }

    // ---- replacements

    @Test
    void aMessageOfEightyBytesCostsTwentyOneSatoshiMore() {
        assertEquals(521, math.replacement(500, 202, 202, INCREMENT, FLOOR));
        assertEquals(42, math.replacement(21, 202, 202, INCREMENT, FLOOR));
    }

    @Test
    void aHundredMessagesInOneTransactionCostTwentyOneSatoshiEach() {
        long fee = FLOOR.fee(202);
        for (int i = 1; i < 100; i++) {
            fee = math.replacement(fee, 202, 202, INCREMENT, FLOOR);
        }
        assertEquals(2100, fee);
    }

    @ParameterizedTest
    @CsvSource({
        // old fee, old size, new size, minimum fee: what Bitcoin Core 31 accepts, and rejects with one satoshi less
        "2000,202,294,2915",
        "100000,202,202,100021",
        "100000,202,185,100019",
        // the floor of the larger size applies when the old one paid little
        "21,202,294,51",
        "0,202,202,21",
        // smaller: the increment of the small size
        "500,294,202,521",
        "500,202,110,511",
        "0,1,1,1"
    })
    void sizesThatGrowAndShrink(long oldFee, int oldVsize, int newVsize, long least) {
        assertEquals(least, math.replacement(oldFee, oldVsize, newVsize, INCREMENT, FLOOR));
    }

    @Test
    void aFloorThatRoseCountsForTheReplacement() {
        assertEquals(1010, math.replacement(500, 202, 202, INCREMENT, new FeeRate(5_000)));
    }

    @Test
    void anOlderNodesIncrementIsASatoshiAByte() {
        assertEquals(404, math.replacement(202, 202, 202, new FeeRate(1000), new FeeRate(1000)));
    }

    @Test
    void theRateIsStrictlyHigherAlsoWithoutAnIncrement() {
        assertEquals(501, math.replacement(500, 202, 202, new FeeRate(0), new FeeRate(0)));
        assertEquals(1, math.replacement(0, 202, 202, new FeeRate(0), new FeeRate(0)));
    }

    @Test
    void eachReplacementMeetsEachRuleAndNoSatoshiLessDoes() {
        Random random = new Random(10);
        for (int i = 0; i < 20_000; i++) {
            // One input with a signature of 71 bytes: a weight of 4 times a whole number, and 109.
            int oldWeight = 4 * (60 + random.nextInt(400)) + 109;
            int newWeight = 4 * (60 + random.nextInt(400)) + 109;
            long oldFee = random.nextInt(1 + random.nextInt(200_000));
            FeeRate increment = new FeeRate(1 + random.nextInt(2000));
            FeeRate floor = new FeeRate(random.nextInt(3000));
            int oldVsize = (oldWeight + 3) / 4;
            int newVsize = (newWeight + 3) / 4;

            long fee = math.replacement(oldFee, oldVsize, newVsize, increment, floor);

            assertTrue(valid(fee, oldFee, oldWeight, newWeight, increment, floor));
            assertFalse(
                    valid(fee - 1, oldFee, oldWeight, newWeight, increment, floor),
                    fee + " is more than " + oldFee + " for " + oldWeight + " needs at " + newWeight);
        }
    }

    private static boolean valid(
            long fee, long oldFee, int oldWeight, int newWeight, FeeRate increment, FeeRate floor) {
        int vsize = (newWeight + 3) / 4;
        return fee >= floor.fee(vsize)
                && fee - oldFee >= increment.fee(vsize)
                && fee * oldWeight > oldFee * newWeight
                && fee * ((oldWeight + 3) / 4) > oldFee * vsize;
    }

    @Test
    void feesAsLargeAsAllMoneyAreExact() {
        long all = 2_100_000_000_000_000L;
        long fee = math.replacement(all, 202, 99_000, INCREMENT, FLOOR);
        BigInteger exact = BigInteger.valueOf(all)
                .multiply(BigInteger.valueOf(4L * 99_000 - 3))
                .divide(BigInteger.valueOf(4 * 202 - 3))
                .add(BigInteger.ONE);
        assertEquals(exact, BigInteger.valueOf(fee));
    }

    @ParameterizedTest
    @CsvSource({"-1,202,202", "500,0,202", "500,202,0", "500,-4,202"})
    void whatCannotBeReplacedIsRefused(long oldFee, int oldVsize, int newVsize) {
        assertThrows(
                IllegalArgumentException.class, () -> math.replacement(oldFee, oldVsize, newVsize, INCREMENT, FLOOR));
    }

    // ---- caps

    private static final FeeMath.Caps CAPS = new FeeMath.Caps(1000, 5000, 20_000);

    @Test
    void aFeeThatReachesACapFitsAndOneSatoshiMoreDoesNot() {
        assertEquals(Optional.empty(), math.refuse(400, CAPS, new FeeMath.Spent(600, 4600, 19_600)));
        assertEquals(
                Optional.of(
                        "401 sat more would exceed fee-cap-message=1000sat: 600 sat were spent on this message; raise "
                                + "it with partyline:fee-limit --message"),
                math.refuse(401, CAPS, new FeeMath.Spent(600, 4000, 19_000)));
        assertEquals(
                Optional.of(
                        "401 sat more would exceed fee-cap-hour=5000sat: 4600 sat were spent in the last hour; wait, "
                                + "or raise it with partyline:fee-limit --hour"),
                math.refuse(401, CAPS, new FeeMath.Spent(0, 4600, 19_000)));
        assertEquals(
                Optional.of(
                        "401 sat more would exceed fee-cap-day=20000sat: 19600 sat were spent in the last 24 hours; "
                                + "wait, or raise it with partyline:fee-limit --day"),
                math.refuse(401, CAPS, new FeeMath.Spent(0, 0, 19_600)));
    }

    @Test
    void aSpikeIsRefusedHoweverLargeItIs() {
        assertTrue(math.refuse(Long.MAX_VALUE, CAPS, new FeeMath.Spent(1000, 1000, 1000))
                .isPresent());
    }

    @Test
    void nothingFitsACapThatWasLoweredUnderWhatIsSpent() {
        assertTrue(math.refuse(1, CAPS, new FeeMath.Spent(5000, 0, 0)).isPresent());
        assertTrue(math.refuse(0, CAPS, new FeeMath.Spent(5000, 0, 0)).isPresent());
    }

    @Test
    void aNegativeFeeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> math.refuse(-1, CAPS, new FeeMath.Spent(0, 0, 0)));
    }
}
