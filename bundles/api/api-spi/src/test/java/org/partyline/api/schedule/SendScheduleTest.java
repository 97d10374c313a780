package org.partyline.api.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SendScheduleTest {
    @Test
    void aReasonIsAShortLine() {
        assertEquals("x".repeat(200), new SendSchedule.Hold(Instant.EPOCH, "x".repeat(200)).reason());
        assertThrows(IllegalArgumentException.class, () -> new SendSchedule.Hold(Instant.EPOCH, ""));
        assertThrows(IllegalArgumentException.class, () -> new SendSchedule.Hold(Instant.EPOCH, "two\nlines"));
        assertThrows(IllegalArgumentException.class, () -> new SendSchedule.Hold(Instant.EPOCH, "x".repeat(201)));
    }
}
