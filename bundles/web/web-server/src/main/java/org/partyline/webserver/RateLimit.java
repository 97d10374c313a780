package org.partyline.webserver;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.partyline.api.web.WebProblem;

/** Limits the calls of each token: a burst, and an average rate per second. Thread-safe. */
final class RateLimit {
    /** The number of calls at once after a quiet time. */
    static final int BURST = 60;
    /** The number of calls a second. */
    static final int PER_SECOND = 10;

    private static final double MILLIS = 1000.0;

    private final Clock clock;
    private final Map<String, Bucket> buckets = new HashMap<>();

    /**
     * The remaining calls of a token.
     *
     * @param left allowed calls @param at when they were counted
     */
    private record Bucket(double left, Instant at) {
        double leftAt(Instant now) {
            double gained = Math.max(0, Duration.between(at, now).toMillis()) * PER_SECOND / MILLIS;
            return Math.min(BURST, left + gained);
        }
    }

    RateLimit(Clock clock) {
        this.clock = clock;
    }

    /**
     * Counts a call.
     *
     * @param token its id
     * @throws WebProblem if it exceeds the limit
     */
    synchronized void count(String token) throws WebProblem {
        Instant now = clock.instant();
        // A full one is as good as none: those of revoked tokens and ended logins go, too.
        buckets.values().removeIf(bucket -> bucket.leftAt(now) == BURST);
        Bucket before = buckets.getOrDefault(token, new Bucket(BURST, now));
        double left = before.leftAt(now);
        if (left < 1) {
            buckets.put(token, new Bucket(left, now));
            throw new WebProblem(
                    429,
                    "Too many requests",
                    "this token may call " + PER_SECOND + " times a second: wait and try again",
                    Map.of("Retry-After", "1"));
        }
        buckets.put(token, new Bucket(left - 1, now));
    }

    /** The number of tokens that have not all their calls left. */
    synchronized int size() {
        return buckets.size();
    }
}
