package org.partyline.pace;

import java.time.Duration;
import java.time.Instant;
import org.partyline.api.schedule.Pace;

/**
 * A token bucket that stores one instant instead of a count: the time at which it will be full again. So nothing is
 * rounded, and no timer fills it. A packet that leaves early incurs a debt: those behind it wait longer.
 */
final class TokenBucket implements Pace.RateLimit {
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final Duration refill;
    private final Duration slack;
    private Instant full = Instant.MIN;
    private Instant lastTaken = Instant.MIN;

    TokenBucket(int perMinute, int burst) {
        // Rounded up, so that the rate per minute is never exceeded.
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

    /** If the clock is set back, the bucket follows, so that nobody waits for the difference. */
    private Instant fullAt(Instant now) {
        if (now.isBefore(lastTaken)) {
            full = full.minus(Duration.between(now, lastTaken));
            lastTaken = now;
        }
        return full;
    }
}
