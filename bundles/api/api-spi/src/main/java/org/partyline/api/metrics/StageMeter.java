package org.partyline.api.metrics;

import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Receives measurements of the stages. A service; without one, the stages do not even read the clock. Thread-safe;
 * quick; never blocks.
 *
 * <p>Measurements are of single packets. Whoever publishes them must not reveal a single one.
 */
@ConsumerType
public interface StageMeter {
    /**
     * A packet was recognised as a stranger's. Packets of ours are not reported: they cost more, and would show in a
     * mean.
     *
     * @param nanos how long the recognition took
     */
    void strangerRecognised(long nanos);

    /**
     * A packet left when it was due. Packets at points of cover traffic are not reported: messages wait there and
     * decoys do not.
     *
     * @param late how long after its due time it left
     */
    void departed(Duration late);
}
