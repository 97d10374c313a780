package org.partyline.api.settings;

import org.partyline.api.FeeRate;

/**
 * Settings of fees.
 *
 * @param minimum lowest fee rate, unless a node's floor is higher
 * @param maximum highest fee rate, not below the minimum
 * @param maximumChosen whether the operator set the maximum; otherwise the relay floor limits an estimate, too: {@link
 *     #ceiling}
 * @param target the target of the fee estimate, in blocks; 1 to 1008
 * @param band each transaction's rate is drawn between the estimate and this percentage above it; 0 to 100
 * @param capMessage the maximum cost of one message with all its packets, in satoshi
 * @param capHour the maximum spent in 60 minutes, in satoshi
 * @param capDay the maximum spent in 24 hours, in satoshi
 * @param mainnetAccepted whether the operator has accepted that messages on mainnet cost money
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

    /** The multiple of the relay floor that is paid at most if the operator chose no maximum. */
    public static final int FLOORS = 10;

    /** Creates settings with a maximum that the operator chose. */
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
     * The highest rate to pay, given the nodes' relay floor: the maximum, or, if the operator chose none, at most ten
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
