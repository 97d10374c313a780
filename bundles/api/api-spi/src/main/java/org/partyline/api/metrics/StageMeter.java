package org.partyline.api.metrics;

import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Receives measurements of the stages. A service; where there is none, the stages do not even look at the clock.
 * Thread-safe; quick; never blocks.
 *
 * <p>What is told is of single packets. Who publishes something of it must not let a single one be seen.
 */
@ConsumerType
public interface StageMeter {
    /**
     * A packet was found to be a stranger's. Of packets of ours nothing is told: they cost more, and would show in a mean.
     *
     * @param nanos how long it took to find that out
     */
    void strangerRecognised(long nanos);

    /**
     * A packet left at its own time. Nothing is told of what leaves at points of cover traffic: messages wait there and
     * decoys do not.
     *
     * @param late how long after the time that it was to leave at
     */
    void departed(Duration late);
}
