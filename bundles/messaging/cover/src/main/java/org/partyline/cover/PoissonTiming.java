package org.partyline.cover;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.cover.Timing;
import org.partyline.api.packet.Packets;

/**
 * Delays and gaps of a Poisson process, which has no memory: that nothing left for an hour tells nothing of the next minute
 * (the mixing strategy of Loopix, USENIX Security 2017).
 */
@Component
public final class PoissonTiming implements Timing {
    private static final int LONGEST_JITTER = 20;
    private static final Duration LONGEST_MEAN = Duration.ofDays(366);
    /** What a new sender's packets mostly are: short texts and the openers of chains. */
    private static final List<Integer> FIRST_SIZES = List.of(64, 80);

    private static final int MOST_PER_MINUTE = 600;
    private static final int LARGEST_BURST = 1000;

    @Override
    public Duration jitter(Duration mean, SecureRandom random) {
        if (mean.isZero()) {
            return Duration.ZERO;
        }
        // One delay in 485 million is longer than this: it bounds what a caller must be ready for, and shapes nothing.
        return Duration.ofNanos(Math.min(exponential(mean, random), LONGEST_JITTER * mean.toNanos()));
    }

    @Override
    public Duration gap(Duration mean, SecureRandom random) {
        if (mean.isZero()) {
            throw new IllegalArgumentException("the points of a process need a mean gap above 0");
        }
        return Duration.ofNanos(exponential(mean, random));
    }

    /** By the inverse of the distribution; 1 - u is never 0, so that the logarithm is finite: at most 37 means. */
    private static long exponential(Duration mean, SecureRandom random) {
        if (mean.isNegative() || mean.compareTo(LONGEST_MEAN) > 0) {
            throw new IllegalArgumentException("a mean is 0 to 366 days, not " + mean);
        }
        return Math.round(-Math.log(1 - random.nextDouble()) * mean.toNanos());
    }

    @Override
    public RateLimit newRateLimit(int perMinute, int burst) {
        if (perMinute < 1 || perMinute > MOST_PER_MINUTE) {
            throw new IllegalArgumentException("a rate limit is 1 to 600 a minute, not " + perMinute);
        }
        if (burst < 1 || burst > LARGEST_BURST) {
            throw new IllegalArgumentException("a burst is 1 to 1000, not " + burst);
        }
        return new TokenBucket(perMinute, burst);
    }

    @Override
    public int decoySize(List<Integer> recent, int maxBucket, SecureRandom random) {
        int largest = largestUpTo(maxBucket);
        List<Integer> sizes = recent.isEmpty() ? FIRST_SIZES : recent;
        int size = sizes.get(random.nextInt(sizes.size()));
        requireBucket(size);
        // What was larger would go out in pieces of the largest packet now.
        return Math.min(size, largest);
    }

    private static int largestUpTo(int most) {
        return Packets.BUCKETS.stream()
                .filter(bucket -> bucket <= most)
                .reduce((smaller, larger) -> larger)
                .orElseThrow(() -> new IllegalArgumentException("the smallest packet has " + Packets.BUCKETS.get(0)
                        + " bytes, and at most " + most + " may be sent"));
    }

    @Override
    public byte[] decoy(int bucket, SecureRandom random) {
        requireBucket(bucket);
        byte[] packet = new byte[bucket];
        random.nextBytes(packet);
        packet[0] = Packets.VERSION;
        return packet;
    }

    private static void requireBucket(int size) {
        if (!Packets.BUCKETS.contains(size)) {
            throw new IllegalArgumentException("a packet has one of " + Packets.BUCKETS + " bytes, not " + size);
        }
    }
}
