package org.partyline.shell.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MessageTimesTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private final MessageTimes seen = new MessageTimes(NOW, true);

    private String ago(Duration duration) {
        return seen.of(NOW.minus(duration));
    }

    @Test
    void saysHowLongAgoToPeople() {
        assertEquals("just now", ago(Duration.ZERO));
        assertEquals("just now", ago(Duration.ofSeconds(59)));
        assertEquals("1 m ago", ago(Duration.ofSeconds(119)));
        assertEquals("59 m ago", ago(Duration.ofMinutes(59)));
        assertEquals("23 h ago", ago(Duration.ofHours(23)));
        assertEquals("6 d ago", ago(Duration.ofDays(6)));
        assertEquals("2026-11-17", ago(Duration.ofDays(7)));
    }

    @Test
    void aClockThatIsAheadIsShownAsItIs() {
        assertEquals("just now", ago(Duration.ofSeconds(-60)));
        assertEquals("2026-11-24 10:01:01", ago(Duration.ofSeconds(-61)));
    }

    @Test
    void saysTheTimeToPrograms() {
        assertEquals("2026-11-24 09:59:59", new MessageTimes(NOW, false).of(NOW.minusSeconds(1)));
    }
}
