package org.partyline.api.schedule;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Sets the random delay and rate limit of packets without cover traffic. A service; stateless and thread-safe, except
 * for the rate limits that it creates.
 */
@ProviderType
public interface Pace {
    /**
     * A delay before a packet leaves: exponential, so that the time that a packet has waited reveals nothing about the
     * remaining time.
     *
     * @param mean 0 means no delay
     * @return 0 to 20 means
     */
    Duration delay(Duration mean, SecureRandom random);

    /**
     * A token bucket, full at first.
     *
     * @param perMinute 1 to 600
     * @param burst 1 to 1,000
     */
    RateLimit newRateLimit(int perMinute, int burst);

    /** Limits the number of packets that may leave in a time. Not thread-safe. */
    @ProviderType
    interface RateLimit {
        /** When the next packet may leave: {@code now} or later. */
        Instant earliest(Instant now);

        /** Records that a packet leaves now. */
        void take(Instant now);
    }
}
