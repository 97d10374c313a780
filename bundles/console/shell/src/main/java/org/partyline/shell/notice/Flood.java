package org.partyline.shell.notice;

import java.time.Duration;
import java.time.Instant;

/** Keeps many messages at once, as after an unlock, from filling a screen. Not thread-safe. */
final class Flood {
    /** What is to be said of a message. */
    enum Say {
        /** Itself. */
        IT,
        /** That there are more. */
        MORE,
        /** Nothing. */
        NOTHING
    }

    private static final int MOST = 5;
    private static final Duration CALM = Duration.ofSeconds(10);

    private Instant last = Instant.MIN;
    private int since;

    /** One more comes; after some calm they count anew. */
    Say next(Instant now) {
        since = last.isBefore(now.minus(CALM)) ? 1 : since + 1;
        last = now;
        if (since <= MOST) {
            return Say.IT;
        }
        return since == MOST + 1 ? Say.MORE : Say.NOTHING;
    }
}
