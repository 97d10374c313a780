package org.partyline.itests.messaging;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.schedule.Pace;
import org.partyline.cover.PoissonTiming;
import org.partyline.cover.Timing;
import org.partyline.pace.RandomPace;

/** The real timing, except for values that a test fixes; reports the requests. */
final class FixedTiming implements Timing, Pace {
    private final Timing real = new PoissonTiming();
    private final Pace realPace = new RandomPace();
    /** The delay drawn for each packet; null for the real one. */
    volatile Duration jitter;
    /** The interval drawn between two slots; null for the real one. */
    volatile Duration gap;
    /** The size of decoys; empty for the real one. */
    volatile OptionalInt size = OptionalInt.empty();
    /** The means of the delays that were drawn. */
    final List<Duration> means = new CopyOnWriteArrayList<>();

    @Override
    public Duration delay(Duration mean, SecureRandom random) {
        means.add(mean);
        return jitter == null ? realPace.delay(mean, random) : jitter;
    }

    @Override
    public Duration gap(Duration mean, SecureRandom random) {
        return gap == null ? real.gap(mean, random) : gap;
    }

    @Override
    public RateLimit newRateLimit(int perMinute, int burst) {
        return realPace.newRateLimit(perMinute, burst);
    }

    @Override
    public int decoySize(List<Integer> recent, int maxBucket, SecureRandom random) {
        return size.isPresent() ? size.getAsInt() : real.decoySize(recent, maxBucket, random);
    }

    @Override
    public byte[] decoy(int bucket, SecureRandom random) {
        return real.decoy(bucket, random);
    }
}
