package org.partyline.cover;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/** Determines the slots of cover traffic and the content of decoys (PROTOCOL 8). Stateless and thread-safe. */
public interface Timing {
    /**
     * The gap between two points of a Poisson process: exponential.
     *
     * @param mean above 0
     */
    Duration gap(Duration mean, SecureRandom random);

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
}
