package org.partyline.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until a test moves it. Threads may share it. */
public final class HandSetClock extends Clock {
    private volatile Instant now;

    /** At noon of a day in November 2026. */
    public HandSetClock() {
        this(Instant.parse("2026-11-20T12:00:00Z"));
    }

    /** @param start what it shows first */
    public HandSetClock(Instant start) {
        now = start;
    }

    /** @param time forwards or backwards */
    public void set(Instant time) {
        now = time;
    }

    /** @param time forwards, or negative */
    public void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
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
