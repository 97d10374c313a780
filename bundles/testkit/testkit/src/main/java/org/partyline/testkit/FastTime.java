package org.partyline.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time that passes faster than real time: a clock, and a thread whose delays are as much shorter. */
public final class FastTime extends Clock {
    private final Clock real = Clock.systemUTC();
    private final Instant start = real.instant();
    private final int speed;

    /** @param speed seconds that pass in a real one */
    public FastTime(int speed) {
        this.speed = speed;
    }

    /** A thread of this time. Does no repeated tasks. */
    public ScheduledExecutorService thread() {
        return new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                return super.schedule(task, unit.toNanos(delay) / speed, TimeUnit.NANOSECONDS);
            }
        };
    }

    @Override
    public Instant instant() {
        return start.plus(Duration.between(start, real.instant()).multipliedBy(speed));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("UTC only");
    }
}
