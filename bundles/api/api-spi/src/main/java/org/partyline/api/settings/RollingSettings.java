package org.partyline.api.settings;

import java.time.Duration;
import org.partyline.api.Network;

/**
 * Settings of rolling transactions.
 *
 * @param spacing the configured minimum time between two versions
 * @param packets the number of newest packets in one transaction; 1 to 16
 * @param maxFee a rolling transaction ends when it would pay more; satoshi
 * @param maxAge a rolling transaction ends after this
 * @param burns whether the last version is replaced by an empty one
 */
public record RollingSettings(Duration spacing, int packets, long maxFee, Duration maxAge, boolean burns) {
    /** Bitcoin nodes relay transactions within seconds: an earlier replacement would overtake the original. */
    private static final Duration LEAST_SPACING = Duration.ofSeconds(15);

    /** The minimum time between two versions of a rolling transaction on a network. */
    public Duration spacing(Network network) {
        return network.isPlay() || spacing.compareTo(LEAST_SPACING) > 0 ? spacing : LEAST_SPACING;
    }
}
