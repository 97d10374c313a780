package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;

/** Reports fees, and sets spending caps. A service. */
@ProviderType
public interface Fees {
    /** The fees of each network that has a node. */
    List<FeeStatus> status();

    /**
     * Warnings about fee rates, one line each: nodes that differ by more than a factor of three, an estimate that is
     * not paid in full. They are based on the last price that each node reported, also to {@link #status}; no node is
     * asked now.
     */
    List<String> warnings();

    /** The caps, and how much of them is used. Needs an open store. */
    Limits limits() throws PartylineException;

    /**
     * Satoshi that a persona has spent since a time within the last 24 hours on messages, recalls, session packets and
     * decoys. A replaced transaction counts with the difference that its replacement pays. A transaction that cannot be
     * mined does not count. Needs an open store.
     */
    long spent(String persona, Instant since) throws PartylineException;

    /**
     * Sets a cap. A message that would exceed it waits and says why.
     *
     * @param satoshi 1 to 100,000,000
     * @throws NoSuchThingException if it is out of range
     */
    void limit(Cap cap, long satoshi) throws PartylineException;

    /** Records that the operator accepts that messages on mainnet cost money. */
    void acceptMainnet();

    /** The scope of a cap: a message, an hour or a day. */
    enum Cap {
        /** One message, with all its packets. */
        MESSAGE,
        /** Any 60 minutes. */
        HOUR,
        /** Any 24 hours. */
        DAY
    }

    /**
     * The spending caps, and how much of them is used.
     *
     * @param message cap, in satoshi
     * @param hour cap, in satoshi
     * @param hourSpent in the last 60 minutes
     * @param day cap, in satoshi
     * @param daySpent in the last 24 hours
     * @param dayOutside the part of {@code daySpent} that belongs to no message: it replaced a transaction whose
     *     messages had expired or were deleted
     * @param bandPercent each transaction's rate is drawn between the estimate and this much above it
     * @param mainnetAccepted whether messages may be sent on mainnet
     */
    record Limits(
            long message,
            long hour,
            long hourSpent,
            long day,
            long daySpent,
            long dayOutside,
            int bandPercent,
            boolean mainnetAccepted) {}

    /**
     * The fee rates at one node.
     *
     * @param network the node's network
     * @param node the node's name
     * @param estimate its estimate for the configured target; empty if it has none
     * @param targetBlocks the configured confirmation target
     * @param floor the node's relay floor
     * @param minimum the configured minimum
     * @param maximum the highest rate that is paid: as configured, or, without a configured maximum, ten times the
     *     floor
     * @param rate the rate that the next transaction pays, agreed by all nodes of the network; if nothing is paid, the
     *     rate that the node requires
     * @param packetFee satoshi for a transaction with one 80-byte packet, at that rate
     * @param refusal why nothing is sent through this node, as shown for waiting messages; empty if it is used
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
            long packetFee,
            String refusal) {
        /** The rates of a node that messages are sent through. */
        public FeeStatus(
                Network network,
                String node,
                Optional<FeeRate> estimate,
                int targetBlocks,
                FeeRate floor,
                FeeRate minimum,
                FeeRate maximum,
                FeeRate rate,
                long packetFee) {
            this(network, node, estimate, targetBlocks, floor, minimum, maximum, rate, packetFee, "");
        }
    }
}
