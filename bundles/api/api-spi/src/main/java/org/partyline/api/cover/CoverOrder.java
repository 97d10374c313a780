package org.partyline.api.cover;

import java.time.Duration;

/**
 * The operator's order for a persona's cover traffic.
 *
 * @param mean between two slots
 * @param budget satoshi a day for packets that leave in slots, messages and decoys alike: the server pays for nothing beyond it
 * @param leastSize no packet of the persona is smaller, in bytes, where nodes carry as much
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
