package org.partyline.cover;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/** Determines the slots of cover traffic and the content of decoys (PROTOCOL 8). Stateless and thread-safe. */
public interface Timing {
    /**
     * The gap between two points of a Poisson process: exponential.
     *
     * @param mean positive
     */
    Duration gap(Duration mean, SecureRandom random);

    /**
     * The size of a decoy: drawn from recently sent sizes, so that decoys have the same distribution as messages.
     *
     * @param recent recently sent sizes; empty: those of a new sender
     * @param maxBucket the largest allowed packet
     * @return one of the buckets, at most {@code maxBucket}
     */
    int decoySize(List<Integer> recent, int maxBucket, SecureRandom random);

    /** A decoy: the version byte, then uniform random bytes. @param bucket one of the buckets */
    byte[] decoy(int bucket, SecureRandom random);
}
