package org.partyline.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until a test moves it, or goes on by a step whenever someone looks. Threads may share it. */
public final class HandSetClock extends Clock {
    private final Duration step;
    private Instant now;

    /** At noon of a day in November 2026. */
    public HandSetClock() {
        this(Instant.parse("2026-11-20T12:00:00Z"));
    }

    /** @param start what it shows first */
    public HandSetClock(Instant start) {
        this(start, Duration.ZERO);
    }

    private HandSetClock(Instant start, Duration step) {
        this.now = start;
        this.step = step;
    }

    /**
     * A clock that no two looks find at the same time.
     *
     * @param start a step before what it shows first
     * @param step how much later each look is
     */
    public static HandSetClock stepping(Instant start, Duration step) {
        return new HandSetClock(start, step);
    }

    /** @param time forwards or backwards */
    public synchronized void set(Instant time) {
        now = time;
    }

    /** @param time forwards, or negative */
    public synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public synchronized Instant instant() {
        now = now.plus(step);
        return now;
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
