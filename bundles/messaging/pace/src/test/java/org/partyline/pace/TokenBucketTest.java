package org.partyline.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.partyline.api.schedule.Pace;

class TokenBucketTest {
    private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");

    private final Pace pace = new RandomPace();

    @Test
    void aFullBucketLetsABurstGoAndThenOneEachSixSeconds() {
        Pace.RateLimit limit = pace.newRateLimit(10, 20);
        for (int i = 0; i < 20; i++) {
            assertEquals(START, limit.earliest(START));
            limit.take(START);
        }
        assertEquals(START.plusSeconds(6), limit.earliest(START));
        assertEquals(START.plusSeconds(6), limit.earliest(START.plusSeconds(5)));
        limit.take(START.plusSeconds(6));
        assertEquals(START.plusSeconds(12), limit.earliest(START.plusSeconds(6)));
    }

    @Test
    void itIsFullAgainAfterAPauseAndNeverFuller() {
        Pace.RateLimit limit = pace.newRateLimit(10, 20);
        for (int i = 0; i < 20; i++) {
            limit.take(START);
        }
        Instant later = START.plus(Duration.ofDays(30));
        for (int i = 0; i < 20; i++) {
            assertEquals(later, limit.earliest(later));
            limit.take(later);
        }
        assertEquals(later.plusSeconds(6), limit.earliest(later));
    }

    @Test
    void askingTakesNothing() {
        Pace.RateLimit limit = pace.newRateLimit(1, 1);
        for (int i = 0; i < 10; i++) {
            assertEquals(START, limit.earliest(START));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "7,1", "10,20", "600,1000", "599,3"})
    void inNoTimeMoreLeaveThanTheBurstAndTheRate(int perMinute, int burst) {
        Pace.RateLimit limit = pace.newRateLimit(perMinute, burst);
        Random random = new Random(perMinute);
        Deque<Instant> left = new ArrayDeque<>();
        Instant now = START;
        int most = 0;
        for (int i = 0; i < 5000; i++) {
            // Greedy most of the time, and idle now and then.
            now = random.nextInt(1500) == 0 ? now.plusSeconds(random.nextInt(600)) : limit.earliest(now);
            if (limit.earliest(now).equals(now)) {
                limit.take(now);
                left.add(now);
            }
            while (!left.isEmpty() && !left.peek().isAfter(now.minusSeconds(60))) {
                left.remove();
            }
            most = Math.max(most, left.size());
        }
        assertTrue(most <= perMinute + burst, most + " in a minute");
        assertTrue(most >= perMinute, "only " + most + " in a minute");
    }

    @Test
    void whatLeftBeforeItsTimeIsOwed() {
        Pace.RateLimit limit = pace.newRateLimit(10, 1);
        limit.take(START);
        limit.take(START);
        assertEquals(START.plusSeconds(12), limit.earliest(START));
    }

    @Test
    void aClockThatWasSetBackMakesNobodyWaitForTheHours() {
        Pace.RateLimit limit = pace.newRateLimit(10, 1);
        limit.take(START);
        Instant back = START.minus(Duration.ofHours(5));
        assertEquals(back.plusSeconds(6), limit.earliest(back));
        limit.take(back.plusSeconds(6));
        assertEquals(back.plusSeconds(12), limit.earliest(back.plusSeconds(6)));
    }

    @ParameterizedTest
    @CsvSource({"0,20", "-1,20", "601,20", "10,0", "10,1001"})
    void aLimitOutOfRangeIsRefused(int perMinute, int burst) {
        assertThrows(IllegalArgumentException.class, () -> pace.newRateLimit(perMinute, burst));
    }
}
