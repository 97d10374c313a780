package org.partyline.api.engine;

import java.util.List;
import java.util.Optional;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;

/** What messages cost. A service. */
public interface Fees {
    /** For each network that a node is on. */
    List<FeeStatus> status();

    /**
     * @param network where
     * @param node the one that was asked
     * @param estimate its estimate for the configured target; empty when it has none
     * @param targetBlocks the configured confirmation target
     * @param floor the node's relay floor
     * @param minimum configured
     * @param maximum configured
     * @param rate what the next transaction pays
     * @param packetFee satoshi for a transaction with one 80-byte packet, at that rate
     */
    record FeeStatus(
            Network network,
            String node,
            Optional<FeeRate> estimate,
            int targetBlocks,
            FeeRate floor,
            FeeRate minimum,
            FeeRate maximum,
            FeeRate rate,
            long packetFee) {}
}
