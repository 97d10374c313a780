package org.partyline.api.settings;

import org.partyline.api.FeeRate;

/**
 * What may be paid.
 *
 * @param minimum lowest fee rate; a node's floor counts if it is higher
 * @param maximum highest fee rate, not under the minimum
 * @param target of the fee estimate, in blocks; 1 to 1008
 * @param band each transaction's rate is drawn from the estimate up to so many percent more; 0 to 100
 * @param capMessage most that one message costs, in satoshi, with all its packets
 * @param capHour most that is spent in 60 minutes, in satoshi
 * @param capDay most that is spent in 24 hours, in satoshi
 * @param mainnetAccepted whether the operator has said to know that messages on mainnet cost money
 */
public record FeeSettings(
        FeeRate minimum,
        FeeRate maximum,
        int target,
        int band,
        long capMessage,
        long capHour,
        long capDay,
        boolean mainnetAccepted) {
    /** The key of {@link #mainnetAccepted}. */
    public static final String MAINNET_ACCEPTED = "mainnet-accepted";
}
