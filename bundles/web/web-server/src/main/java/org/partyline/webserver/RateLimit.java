package org.partyline.webserver;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.partyline.api.web.WebProblem;

/** Limits the calls of each token: a burst, and an average rate per second. Thread-safe. */
final class RateLimit {
    /** Calls at once after a quiet time. */
    static final int BURST = 60;
    /** Calls a second. */
    static final int PER_SECOND = 10;

    private static final double MILLIS = 1000.0;

    private final Clock clock;
    private final Map<String, Bucket> buckets = new HashMap<>();

    /**
     * The calls that a token has left.
     *
     * @param left calls that are allowed @param at when that was counted
     */
    private record Bucket(double left, Instant at) {}

    RateLimit(Clock clock) {
        this.clock = clock;
    }

    /** Counts a call. @param token its id; as many are remembered as there are tokens @throws WebProblem when it is one too many */
    synchronized void count(String token) throws WebProblem {
        Instant now = clock.instant();
        Bucket before = buckets.getOrDefault(token, new Bucket(BURST, now));
        double gained = Math.max(0, Duration.between(before.at(), now).toMillis()) * PER_SECOND / MILLIS;
        double left = Math.min(BURST, before.left() + gained);
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

    /** A token was revoked. */
    synchronized void forget(String token) {
        buckets.remove(token);
    }
}
