package org.partyline.itests.privacy;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.partyline.api.cover.Timing;
import org.partyline.cover.PoissonTiming;

/** The real timing with a randomness of its own. */
class Seeded implements Timing {
    private final Timing real = new PoissonTiming();
    private final SecureRandom own;

    Seeded(SecureRandom own) {
        this.own = own;
    }

    @Override
    public Duration jitter(Duration mean, SecureRandom random) {
        return real.jitter(mean, own);
    }

    @Override
    public Duration gap(Duration mean, SecureRandom random) {
        return real.gap(mean, own);
    }

    @Override
    public RateLimit newRateLimit(int perMinute, int burst) {
        return real.newRateLimit(perMinute, burst);
    }

    @Override
    public int decoySize(List<Integer> recent, int maxBucket, SecureRandom random) {
        return real.decoySize(recent, maxBucket, own);
    }

    @Override
    public byte[] decoy(int bucket, SecureRandom random) {
        return real.decoy(bucket, own);
    }
}
