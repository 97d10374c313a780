package org.partyline.api.carrier;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;

/**
 * The operator's settings for carriers.
 *
 * @param resendAfter how long to wait, after a node accepted a transaction, for other nodes to show it
 * @param rebroadcastAfter how long a transaction is assumed to stay where it was seen
 * @param feeMaximum the highest fee rate of a transaction
 * @param spacing the minimum time between two versions of a replaceable transaction, so that each propagates; it
 *     depends on the network
 * @param mostPackets the maximum number of packets in one transaction
 * @param mostFee the maximum fee of one transaction, in satoshi
 * @param mostAge how long a replaceable transaction is continued
 * @param burns whether the last version is replaced by an empty transaction
 */
public record CarrierRules(
        Duration resendAfter,
        Duration rebroadcastAfter,
        FeeRate feeMaximum,
        Spacing spacing,
        int mostPackets,
        long mostFee,
        Duration mostAge,
        boolean burns) {
    /** A duration for each network. */
    @ProviderType
    @FunctionalInterface
    public interface Spacing {
        /** The duration on a network. */
        Duration on(Network network);
    }
}
