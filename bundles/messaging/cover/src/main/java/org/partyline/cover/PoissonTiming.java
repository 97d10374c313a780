package org.partyline.cover;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.partyline.api.packet.Packets;
import org.partyline.api.schedule.Exponential;

/**
 * Draws gaps of a Poisson process, which is memoryless: an hour without packets reveals nothing about the next minute
 * (the mixing strategy of Loopix, USENIX Security 2017).
 */
public final class PoissonTiming implements Timing {
    /** The usual packets of a new sender: short texts and the openers of chains. */
    private static final List<Integer> FIRST_SIZES = List.of(64, 80);

    @Override
    public Duration gap(Duration mean, SecureRandom random) {
        if (mean.isZero()) {
            throw new IllegalArgumentException("the points of a process need a mean gap above 0");
        }
        return Exponential.draw(mean, random);
    }

    @Override
    public int decoySize(List<Integer> recent, int maxBucket, SecureRandom random) {
        int largest = largestUpTo(maxBucket);
        List<Integer> sizes = recent.isEmpty() ? FIRST_SIZES : recent;
        int size = sizes.get(random.nextInt(sizes.size()));
        requireBucket(size);
        // Larger ones would now be sent in fragments of the largest size.
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
