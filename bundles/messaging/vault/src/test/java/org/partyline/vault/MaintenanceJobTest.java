package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.messaging.state.SecurityLog;

class MaintenanceJobTest {
    /** Whoever asks it for the time gets an error. */
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
    void aRoundLetsNothingOut() {
        SecurityLog security = new SecurityLog(Optional::empty, new BrokenClock());
        MaintenanceJob maintenanceJob = new MaintenanceJob(null, null, security, null, null);

        assertDoesNotThrow(maintenanceJob::round);
    }
}
