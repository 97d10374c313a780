package org.partyline.itests.privacy;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.partyline.api.schedule.Pace;
import org.partyline.cover.PoissonTiming;
import org.partyline.cover.Timing;
import org.partyline.pace.RandomPace;

/** The real timing with separate randomness. */
class Seeded implements Timing, Pace {
    private final Timing real = new PoissonTiming();
    private final Pace realPace = new RandomPace();
    private final SecureRandom own;

    Seeded(SecureRandom own) {
        this.own = own;
    }

    @Override
    public Duration delay(Duration mean, SecureRandom random) {
        return realPace.delay(mean, own);
    }

    @Override
    public Duration gap(Duration mean, SecureRandom random) {
        return real.gap(mean, own);
    }

    @Override
    public RateLimit newRateLimit(int perMinute, int burst) {
        return realPace.newRateLimit(perMinute, burst);
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
