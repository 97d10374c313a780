package org.partyline.api.fees;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;

/**
 * Chooses the fee rate of transactions. A service that any bundle may offer: the one of the highest ranking is asked
 * first, and where none has an opinion the node's own estimate counts. What it says is held within the operator's
 * limits and never under the node's floor, and each transaction's rate is drawn from the band above it, so that ours
 * have no rate in common.
 *
 * <p>Asked on the way out, often: it answers at once, from what it knows. Thread-safe.
 */
@FunctionalInterface
@ConsumerType
public interface FeePolicy {
    /** The rate to aim at now; empty: no opinion. */
    Optional<FeeRate> aim(Market market);

    /**
     * A node's fee estimate and limits.
     *
     * @param network where
     * @param node its name
     * @param estimate its estimate for the configured target; empty when it has none
     * @param targetBlocks that target
     * @param floor under which it relays nothing
     */
    record Market(Network network, String node, Optional<FeeRate> estimate, int targetBlocks, FeeRate floor) {}
}
