package org.partyline.shell.message;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.partyline.shell.output.Units;

/** Formats the time when a message was sent: relative on a terminal, exact elsewhere. */
final class MessageTimes {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Duration WEEK = Duration.ofDays(7);

    private final Instant now;
    private final boolean relative;

    /** @param relative whether a person reads it now, and it is not stored */
    MessageTimes(Instant now, boolean relative) {
        this.now = now;
        this.relative = relative;
    }

    /** Returns the column's header. */
    String header() {
        return relative ? "SENT" : "SENT (UTC)";
    }

    /**
     * Formats a time: {@code just now}, {@code 5 m ago}, {@code 3 h ago}, {@code 2 d ago}, after that the day; or day
     * and time.
     */
    String of(Instant sent) {
        Duration ago = Duration.between(sent, now);
        // The time of a sender whose clock is fast is shown exactly.
        if (!relative || ago.isNegative() && ago.negated().compareTo(SOON) > 0) {
            return Units.time(sent);
        }
        if (ago.compareTo(SOON) < 0) {
            return "just now";
        }
        if (ago.compareTo(WEEK) >= 0) {
            return day(sent).toString();
        }
        return largest(ago) + " ago";
    }

    private static String largest(Duration ago) {
        if (ago.toDays() > 0) {
            return ago.toDays() + " d";
        }
        return ago.toHours() > 0 ? ago.toHours() + " h" : ago.toMinutes() + " m";
    }

    /** Returns the day, UTC. */
    static LocalDate day(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }
}
