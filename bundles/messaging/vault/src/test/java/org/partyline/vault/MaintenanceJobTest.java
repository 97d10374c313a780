package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.partyline.api.audit.AuditLog;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.testkit.HandSetClock;

class MaintenanceJobTest {
    /** Throws an error when it is read. */
    private static final class BrokenClock extends Clock {
        @Override
        public Instant instant() {
            throw new OutOfMemoryError("on purpose");
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void aRoundRecordsTheCountOfWhatWasLeftOut() {
        List<String> recorded = new ArrayList<>();
        HandSetClock clock = new HandSetClock();
        SecurityLog security = new SecurityLog(() -> Optional.of(new Details(recorded)), clock);
        security.record("refused", "one");
        security.record("refused", "two");
        assertEquals(1, recorded.size());
        clock.pass(Duration.ofMinutes(2));
        new MaintenanceJob(null, null, security, null, clock).round();
        assertEquals(2, recorded.size());
    }

    private record Details(List<String> recorded) implements AuditLog {
        @Override
        public void record(String event, String detail) {
            recorded.add(detail);
        }

        @Override
        public List<Entry> newest(int most) {
            return List.of();
        }

        @Override
        public AutoCloseable follow(Consumer<Entry> listener) {
            return () -> {};
        }
    }

    @Test
    void aRoundLetsNothingOut() {
        SecurityLog security = new SecurityLog(Optional::empty, new BrokenClock());
        MaintenanceJob maintenanceJob = new MaintenanceJob(null, null, security, null, null);

        assertDoesNotThrow(maintenanceJob::round);
    }
}
