package org.partyline.pace;

import java.time.Duration;
import java.time.Instant;
import org.partyline.api.schedule.Pace;

/**
 * A token bucket that stores one instant instead of a count: when it will be full again. So nothing is rounded, and no
 * timer fills it. A packet that leaves before its time is owed for: those behind it wait longer.
 */
final class TokenBucket implements Pace.RateLimit {
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final Duration refill;
    private final Duration slack;
    private Instant full = Instant.MIN;
    private Instant lastTaken = Instant.MIN;

    TokenBucket(int perMinute, int burst) {
        // Rounded up: never more than so many a minute.
        this.refill = Duration.ofNanos((MINUTE_NANOS + perMinute - 1) / perMinute);
        this.slack = refill.multipliedBy(burst - 1L);
    }

    @Override
    public Instant earliest(Instant now) {
        Instant fullAt = fullAt(now);
        if (!fullAt.isAfter(now)) {
            return now;
        }
        Instant due = fullAt.minus(slack);
        return due.isAfter(now) ? due : now;
    }

    @Override
    public void take(Instant now) {
        Instant fullAt = fullAt(now);
        full = (fullAt.isAfter(now) ? fullAt : now).plus(refill);
        lastTaken = now;
    }

    /** A clock that was set back takes the bucket along: nobody waits for the hours that it went back. */
    private Instant fullAt(Instant now) {
        if (now.isBefore(lastTaken)) {
            full = full.minus(Duration.between(now, lastTaken));
            lastTaken = now;
        }
        return full;
    }
}
