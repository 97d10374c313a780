package org.partyline.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Published numbers are so coarse that one more does not show. */
class StepsTest {
    @Test
    void countsAreRoundedDownToOneTwoAndFiveTimesPowersOfTen() {
        assertEquals(0, Steps.count(-1));
        assertEquals(0, Steps.count(9));
        assertEquals(10, Steps.count(10));
        assertEquals(10, Steps.count(19));
        assertEquals(20, Steps.count(49));
        assertEquals(50, Steps.count(99));
        assertEquals(100, Steps.count(100));
        assertEquals(5000, Steps.count(9999));
        assertEquals(2, Steps.of(3, 1));
    }

    @Test
    void ratiosHaveSixSteps() {
        assertEquals(0, Steps.ratio(24, 100));
        assertEquals(0.25, Steps.ratio(25, 100));
        assertEquals(0.5, Steps.ratio(79, 100));
        assertEquals(0.8, Steps.ratio(89, 100));
        assertEquals(0.9, Steps.ratio(99, 100));
        assertEquals(1, Steps.ratio(100, 100));
        assertEquals(0, Steps.ratio(1, 0));
    }

    @Test
    void threadsAreToldInTens() {
        assertEquals(40, Steps.tens(49));
    }

    @Test
    void aMeanChangesWithTheHundredthOnly() {
        HundredsMean mean = new HundredsMean();
        for (int i = 0; i < HundredsMean.HUNDRED - 1; i++) {
            mean.add(7);
            assertEquals(0, mean.mean());
        }
        mean.add(7);
        assertEquals(7, mean.mean());
        mean.add(1e9);
        assertEquals(7, mean.mean());
    }

    @Test
    void howLongTheOldestWaitsIsToldLaterThanItIsSo() {
        Waiting waiting = new Waiting(always(0.5));
        assertEquals(0, waiting.told(Duration.ofMinutes(59)));
        assertEquals(0, waiting.told(Duration.ofMinutes(89)));
        assertEquals(3600, waiting.told(Duration.ofMinutes(90)));
        assertEquals(3600, waiting.told(Duration.ofHours(8)));
        assertEquals(21600, waiting.told(Duration.ofHours(9)));
        assertEquals(86400, waiting.told(Duration.ofHours(36)));
        assertEquals(0, waiting.told(Duration.ZERO));
    }

    static RandomGenerator always(double number) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public double nextDouble() {
                return number;
            }
        };
    }
}
