package org.partyline.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that stands still until a test moves it, or advances by a step each time it is read. Threads may share it.
 */
public final class HandSetClock extends Clock {
    private final Duration step;
    private Instant now;

    /** Starts at noon of a day in November 2026. */
    public HandSetClock() {
        this(Instant.parse("2026-11-20T12:00:00Z"));
    }

    /** @param start the initial time */
    public HandSetClock(Instant start) {
        this(start, Duration.ZERO);
    }

    private HandSetClock(Instant start, Duration step) {
        this.now = start;
        this.step = step;
    }

    /**
     * Returns a clock that never shows the same time twice.
     *
     * @param start one step before the first time shown
     * @param step by how much each reading is later
     */
    public static HandSetClock stepping(Instant start, Duration step) {
        return new HandSetClock(start, step);
    }

    /** @param time earlier or later */
    public synchronized void set(Instant time) {
        now = time;
    }

    /** @param time may be negative */
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
