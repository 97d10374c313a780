package org.partyline.api.schedule;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Sets the random delay and rate limit of packets without cover traffic. A service; stateless and thread-safe, but for
 * the rate limits that it makes.
 */
@ProviderType
public interface Pace {
    /**
     * A delay before a packet leaves: exponential, so that how long a packet waited tells nothing of how long it will wait.
     *
     * @param mean 0 gives no delay
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

    /** The number of packets that may leave in a time. Not thread-safe. */
    @ProviderType
    interface RateLimit {
        /** When the next one may leave: {@code now} or later. */
        Instant earliest(Instant now);

        /** One leaves now. */
        void take(Instant now);
    }
}
