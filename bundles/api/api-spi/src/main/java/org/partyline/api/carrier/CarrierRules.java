package org.partyline.api.carrier;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;

/**
 * The operator's settings for carriers.
 *
 * @param resendAfter how long a node that took a transaction has to make others show it
 * @param rebroadcastAfter how long a transaction is believed to be where it was seen
 * @param feeMaximum no transaction pays more than this rate
 * @param spacing least time between two versions of a replaceable transaction, so that each travels; of a network's own
 * @param mostPackets most packets in one transaction
 * @param mostFee most that one transaction pays, in satoshi
 * @param mostAge how long a replaceable transaction goes on
 * @param burns whether one that ends is replaced by one that carries nothing
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
        /** Of a network. */
        Duration on(Network network);
    }
}
