package org.partyline.api.settings;

import org.partyline.api.FeeRate;

/**
 * Settings of fees.
 *
 * @param minimum lowest fee rate; a node's floor counts if it is higher
 * @param maximum highest fee rate, not under the minimum
 * @param maximumChosen whether the operator set the maximum; otherwise an estimate is limited by the relay floor, too: {@link #ceiling}
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
        boolean maximumChosen,
        int target,
        int band,
        long capMessage,
        long capHour,
        long capDay,
        boolean mainnetAccepted) {
    /** The key of {@link #mainnetAccepted}. */
    public static final String MAINNET_ACCEPTED = "mainnet-accepted";

    /** How many times the relay floor is paid at most where the operator chose no maximum. */
    public static final int FLOORS = 10;

    /** With a maximum that the operator chose. */
    public FeeSettings(
            FeeRate minimum,
            FeeRate maximum,
            int target,
            int band,
            long capMessage,
            long capHour,
            long capDay,
            boolean mainnetAccepted) {
        this(minimum, maximum, true, target, band, capMessage, capHour, capDay, mainnetAccepted);
    }

    /**
     * The highest rate that is paid where nodes relay nothing under a floor: the maximum; and where the operator chose none, at most ten
     * times the floor, or the minimum if that is higher. A node's estimate cannot be checked, and may be a lie.
     */
    public FeeRate ceiling(FeeRate floor) {
        if (maximumChosen) {
            return maximum;
        }
        long usual = Math.max(floor.satPerKvb() * FLOORS, minimum.satPerKvb());
        return new FeeRate(Math.min(usual, maximum.satPerKvb()));
    }
}
