package org.partyline.api.schedule;

import java.time.Instant;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;

/**
 * Delays packets beyond the random delay and rate limit, for example outside office hours. A service that any bundle
 * may offer; all are asked, and the latest time is used. It is not asked about packets at points of cover traffic,
 * whose time must not depend on anything.
 *
 * <p>Called when a packet could leave: it must answer at once. Thread-safe.
 */
@FunctionalInterface
@ConsumerType
public interface SendSchedule {
    /** How long to hold a packet that could leave now; empty: it may leave. */
    Optional<Hold> hold(Departure departure);

    /**
     * A packet that is about to leave.
     *
     * @param network the packet's network @param now the present time
     */
    record Departure(Network network, Instant now) {}

    /**
     * How long a packet is held, and why.
     *
     * @param until when to ask again; not after now: it may leave
     * @param reason one line, for the outbox; nothing secret
     */
    record Hold(Instant until, String reason) {
        private static final int LONGEST = 200;

        /** @throws IllegalArgumentException if the reason is not a short line */
        public Hold {
            if (reason.isBlank() || reason.length() > LONGEST || reason.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a reason must be one line of 1 to " + LONGEST + " characters");
            }
        }
    }
}
