package org.partyline.api.fees;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;

/**
 * Chooses the fee rate of transactions. A service that any bundle may offer: the one with the highest ranking is asked
 * first, and if none has an opinion, the node's own estimate is used. The rate is kept within the operator's limits and
 * never below the node's floor, and each transaction's rate is drawn from the band above it, so that our transactions
 * do not share a rate.
 *
 * <p>Called often while sending: it must answer at once, from what it knows. Thread-safe.
 */
@FunctionalInterface
@ConsumerType
public interface FeePolicy {
    /** The rate to aim at now; empty: no opinion. */
    Optional<FeeRate> aim(Market market);

    /**
     * A node's fee estimate and limits.
     *
     * @param network the node's network
     * @param node its name
     * @param estimate its estimate for the configured target; empty if it has none
     * @param targetBlocks the configured target
     * @param floor the rate below which it relays nothing
     */
    record Market(Network network, String node, Optional<FeeRate> estimate, int targetBlocks, FeeRate floor) {}
}
