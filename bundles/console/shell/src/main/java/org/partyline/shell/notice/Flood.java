package org.partyline.shell.notice;

import java.time.Duration;
import java.time.Instant;
import org.apache.karaf.shell.api.console.Session;

/** Keeps a burst of messages, such as after an unlock, from filling a console's screen. Thread-safe. */
final class Flood {
    /** How a message is announced. */
    enum Say {
        /** The message itself. */
        IT,
        /** A line that says that there are more. */
        MORE,
        /** Nothing. */
        NOTHING
    }

    private static final int MOST = 5;
    private static final Duration CALM = Duration.ofSeconds(10);

    private static final String VARIABLE = ".partyline.flood";

    private Instant last = Instant.MIN;
    private int since;

    /** Returns the instance of a console. */
    static Flood of(Session session) {
        if (session.get(VARIABLE) instanceof Flood known) {
            return known;
        }
        Flood made = new Flood();
        session.put(VARIABLE, made);
        return made;
    }

    /** Counts another message; counting restarts after a quiet period. */
    synchronized Say next(Instant now) {
        since = last.isBefore(now.minus(CALM)) ? 1 : since + 1;
        last = now;
        if (since <= MOST) {
            return Say.IT;
        }
        return since == MOST + 1 ? Say.MORE : Say.NOTHING;
    }
}
