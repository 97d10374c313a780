package org.partyline.benchmarks;

import java.time.Duration;

/**
 * How often things are measured.
 *
 * @param turns measurements alternating with the baseline's; at least 1
 * @param warmups rounds that are not counted
 * @param iterations of a JMH method in a turn
 * @param iteration how long one lasts
 * @param waiting number of transactions in the mempool that is read, a multiple of 1,000
 * @param ratchet number of packets on a chain that are timed
 * @param sealed number of packets with a key derivation that are timed
 * @param commands number of console commands that are timed
 * @param junk how long strangers' packets arrive, at the rate at which nodes relay
 * @param settle how long a server is left alone before its memory is measured
 */
record Effort(
        int turns,
        int warmups,
        int iterations,
        Duration iteration,
        int waiting,
        int ratchet,
        int sealed,
        int commands,
        Duration junk,
        Duration settle) {

    /** The effort for the figures in docs/benchmarks.md. */
    static final Effort FULL =
            new Effort(3, 5, 8, Duration.ofMillis(250), 5000, 40, 12, 11, Duration.ofMinutes(6), Duration.ofSeconds(5));

    /** Just enough to see that each part works and returns a figure; the figure is meaningless. */
    static final Effort QUICK =
            new Effort(1, 1, 1, Duration.ofMillis(20), 1000, 2, 2, 1, Duration.ofSeconds(10), Duration.ofMillis(100));
}
