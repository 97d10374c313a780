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
    /** For each network that a node is on. */
    List<FeeStatus> status();

    /**
     * What the nodes' fee rates should make an operator look at, a line each: nodes that differ by more than three times, an estimate that is
     * not paid in full. As of the last price that each node was asked for, which {@link #status} does, too; no node is asked now.
     */
    List<String> warnings();

    /** The caps, and what is used of them. Needs an open store. */
    Limits limits() throws PartylineException;

    /**
     * Satoshi that a persona has spent since a time, of the last 24 hours: on messages, recalls, session packets and decoys. What was
     * replaced counts by what its replacement pays more, and what no block will have does not count. Needs an open store.
     */
    long spent(String persona, Instant since) throws PartylineException;

    /**
     * Sets a cap: nothing is sent over it; a message waits and says why.
     *
     * @param satoshi 1 to 100,000,000
     * @throws NoSuchThingException when it is out of range
     */
    void limit(Cap cap, long satoshi) throws PartylineException;

    /** The operator knows that messages on mainnet cost money. */
    void acceptMainnet();

    /** The limit of a cap: a message, an hour or a day. */
    enum Cap {
        /** One message, with all its packets. */
        MESSAGE,
        /** Any 60 minutes. */
        HOUR,
        /** Any 24 hours. */
        DAY
    }

    /**
     * The spending caps, and what is spent of them.
     *
     * @param message cap, in satoshi
     * @param hour cap, in satoshi
     * @param hourSpent in the last 60 minutes
     * @param day cap, in satoshi
     * @param daySpent in the last 24 hours
     * @param dayOutside of daySpent, what is in no message's price: it replaced a transaction whose messages had expired or were deleted
     * @param bandPercent each transaction's rate is drawn from the estimate up to so much more
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
     * @param network where
     * @param node the one that was asked
     * @param estimate its estimate for the configured target; empty when it has none
     * @param targetBlocks the configured confirmation target
     * @param floor the node's relay floor
     * @param minimum configured
     * @param maximum what is paid at most: as configured, or, where the operator set no maximum, at most ten times the floor
     * @param rate what the next transaction pays: all nodes of a network have a say; where none is paid, what the node asks for
     * @param packetFee satoshi for a transaction with one 80-byte packet, at that rate
     * @param refusal why nothing is sent by this node, as messages that wait for it say; empty: it is
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
        /** Of a node that messages are sent by. */
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
