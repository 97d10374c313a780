package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExpiryScheduleTest {
    private final ExpirySchedule schedule = new ExpirySchedule();
    private Map<Long, Instant> expected = new HashMap<>();

    private List<Long> expected(Instant now) {
        return expected.entrySet().stream()
                .filter(row -> !row.getValue().isAfter(now))
                .sorted(Map.Entry.<Long, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void itKnowsWhatIsDueHoweverRowsComeAndGo() {
        Random random = new Random(1);
        // Some of them have the same slot.
        long[] rows = random.longs(300).toArray();
        for (int round = 0; round < 200; round++) {
            Map<Long, Instant> before = new HashMap<>(expected);
            for (int i = 0; i < 50; i++) {
                long row = rows[random.nextInt(rows.length)];
                if (random.nextInt(3) == 0) {
                    schedule.remove(row);
                    expected.remove(row);
                } else {
                    Instant time = Instant.ofEpochSecond(random.nextInt(100), random.nextInt(3));
                    schedule.set(row, time);
                    expected.put(row, time);
                }
            }
            if (random.nextInt(4) == 0) {
                schedule.rollback();
                expected = before;
            } else {
                schedule.commit();
            }
            assertEquals(expected.size(), schedule.size());
            Instant now = Instant.ofEpochSecond(random.nextInt(100), 1);
            assertEquals(expected(now), schedule.due(now));
        }
    }

    @Test
    void aRowIsDueAtItsVeryNanosecond() {
        Instant time = Instant.ofEpochSecond(1_800_000_000, 5);
        schedule.set(7, time);
        assertEquals(List.of(), schedule.due(time.minusNanos(1)));
        assertEquals(List.of(7L), schedule.due(time));
        schedule.remove(7);
        assertEquals(List.of(), schedule.due(time));
    }

    @Test
    void theEndsOfTimeAreInOrder() {
        schedule.set(1, Instant.MAX);
        schedule.set(2, Instant.MIN);
        assertEquals(List.of(2L), schedule.due(Instant.EPOCH));
        schedule.clear();
        assertEquals(0, schedule.size());
        assertEquals(List.of(), schedule.due(Instant.MAX));
    }

    @Test
    void whatWasClearedIsNotDueAndNotTakenBack() {
        schedule.set(1, Instant.EPOCH);
        schedule.commit();
        schedule.remove(1);
        schedule.set(2, Instant.EPOCH);
        schedule.clear();
        schedule.rollback();
        assertEquals(0, schedule.size());
        schedule.set(3, Instant.EPOCH);
        assertEquals(List.of(3L), schedule.due(Instant.EPOCH));
    }
}
