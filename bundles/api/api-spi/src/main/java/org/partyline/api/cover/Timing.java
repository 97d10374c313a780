package org.partyline.api.cover;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * When packets leave, and what decoys look like (PROTOCOL 8). A service; stateless and thread-safe, but for the rate limits
 * that it makes.
 */
@ProviderType
public interface Timing {
    /**
     * A delay before a packet leaves: exponential, so that how long a packet waited tells nothing of how long it will wait.
     *
     * @param mean 0 gives no delay
     * @return 0 to 20 means
     */
    Duration jitter(Duration mean, SecureRandom random);

    /**
     * The gap between two points of a Poisson process: exponential.
     *
     * @param mean above 0
     */
    Duration gap(Duration mean, SecureRandom random);

    /**
     * A token bucket, full at first.
     *
     * @param perMinute 1 to 600
     * @param burst 1 to 1,000
     */
    RateLimit newRateLimit(int perMinute, int burst);

    /**
     * The size of a decoy: drawn from the sizes that were sent lately, so that decoys are distributed as messages are.
     *
     * @param recent sizes of packets sent lately; empty: as a new sender's would be
     * @param maxBucket the largest packet that may be sent
     * @return one of the buckets, at most {@code maxBucket}
     */
    int decoySize(List<Integer> recent, int maxBucket, SecureRandom random);

    /** A decoy: the version byte, then uniform random bytes. @param bucket one of the buckets */
    byte[] decoy(int bucket, SecureRandom random);

    /** How many packets may leave. Not thread-safe. */
    @ProviderType
    interface RateLimit {
        /** When the next one may leave: {@code now} or later. */
        Instant earliest(Instant now);

        /** One leaves now. */
        void take(Instant now);
    }
}
