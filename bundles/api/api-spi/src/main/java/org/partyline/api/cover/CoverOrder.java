package org.partyline.api.cover;

import java.time.Duration;

/**
 * The operator's order for a persona's cover traffic.
 *
 * @param mean mean time between two slots
 * @param budget satoshi a day for packets that leave in slots, messages and decoys alike: the server does not exceed it
 * @param leastSize the minimum size of the persona's packets in bytes, if nodes relay that much
 */
public record CoverOrder(Duration mean, long budget, int leastSize) {
    public CoverOrder {
        if (mean.isNegative() || mean.isZero()) {
            throw new IllegalArgumentException("slots require a mean gap above 0");
        }
        if (budget < 0 || leastSize < 0) {
            throw new IllegalArgumentException("a budget and a size must be 0 or more");
        }
    }
}
