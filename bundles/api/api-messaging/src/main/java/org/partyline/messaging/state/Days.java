package org.partyline.messaging.state;

import java.time.Instant;

/** The protocol's days: whole days of UTC since 1970. */
public final class Days {
    private static final long SECONDS = 86_400L;

    private Days() {}

    /** The day of a time. */
    public static int of(Instant time) {
        return (int) Math.floorDiv(time.getEpochSecond(), SECONDS);
    }
}
