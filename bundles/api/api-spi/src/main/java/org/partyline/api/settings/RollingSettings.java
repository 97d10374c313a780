package org.partyline.api.settings;

import java.time.Duration;
import org.partyline.api.Network;

/**
 * Settings of rolling transactions.
 *
 * @param spacing least time between two versions, as configured
 * @param packets newest packets that ride in one; 1 to 16
 * @param maxFee one ends when it would pay more; satoshi
 * @param maxAge one ends after this
 * @param burns whether the last version is replaced by one that carries nothing
 */
public record RollingSettings(Duration spacing, int packets, long maxFee, Duration maxAge, boolean burns) {
    /** Bitcoin nodes pass transactions on within seconds: what replaces one sooner overtakes it. */
    private static final Duration LEAST_SPACING = Duration.ofSeconds(15);

    /** Least time between two versions of a rolling transaction on a network. */
    public Duration spacing(Network network) {
        return network.isPlay() || spacing.compareTo(LEAST_SPACING) > 0 ? spacing : LEAST_SPACING;
    }
}
