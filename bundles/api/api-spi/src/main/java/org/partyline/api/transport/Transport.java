package org.partyline.api.transport;

import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;

/**
 * A node: watches its network and broadcasts to it. A service, registered while its configuration exists; the node
 * itself may be unavailable. Thread-safe.
 */
@ConsumerType
public interface Transport {
    /** Service property that holds {@link #name()}. */
    String NAME_PROPERTY = "partyline.node.name";

    /** The node's name, unique in the server: letters, digits, hyphens. */
    String name();

    /** {@code embedded}, {@code rpc} or {@code bitcoinj}. */
    String type();

    /** The network it is configured for. */
    Network network();

    /** The known state of the node. Does not ask it. */
    NodeStatus status();

    /** The node's relay limits, as last known; before that, the protocol's safe minimum (80 bytes, one output). */
    RelayPolicy policy();

    /**
     * Asks the node for a fee rate.
     *
     * @param blocks the confirmation target, 1 to 1,008
     * @return empty if the node has no estimate
     */
    Optional<FeeRate> estimateFee(int blocks) throws NodeUnavailableException;

    /**
     * Hands a signed transaction to the network. Also succeeds if the node already has it, in the mempool or in a
     * block.
     *
     * @param rawTransaction with witnesses
     * @throws TransactionRejectedException if the node rejected it
     * @throws NodeUnavailableException if the outcome is unknown: the same transaction may be sent again
     */
    void broadcast(byte[] rawTransaction) throws NodeUnavailableException, TransactionRejectedException;

    /**
     * Returns where a transaction is, as far as the node can tell.
     *
     * @throws NodeUnavailableException if the node does not answer
     */
    TransactionPlace locate(TxId id) throws NodeUnavailableException;

    /**
     * Withdraws a transaction that the node has kept private and sent to no peer yet.
     *
     * @return whether it was withdrawn, so that no other node can have it; false if the node cannot do that or may have
     *     sent it
     * @throws NodeUnavailableException if the node does not answer
     */
    default boolean withdraw(TxId id) throws NodeUnavailableException {
        return false;
    }

    /**
     * Whether the node is its whole network, inside this process, so that a transaction it accepted is everywhere. With
     * any other node, its having a transaction that we sent to it says nothing about others.
     */
    default boolean isWholeNetwork() {
        return false;
    }

    /**
     * A transaction, from the mempool, or from the chain if the node has an index.
     *
     * @throws NodeUnavailableException if the node does not answer
     */
    Optional<byte[]> fetch(TxId id) throws NodeUnavailableException;

    /**
     * The block of the node's best chain at a height, for comparing nodes.
     *
     * @param height 0 or more
     * @return empty above its tip, or if the node cannot tell
     * @throws NodeUnavailableException if the node does not answer
     */
    default Optional<BlockRef> blockAt(int height) throws NodeUnavailableException {
        return Optional.empty();
    }

    /**
     * The version of the node's software in Bitcoin Core's numbering: 310000 is 31.0, 290100 is 29.1. Does not ask the
     * node. With several peers, the lowest version.
     *
     * @return empty if it is not known yet, or the software has no such number
     */
    default OptionalInt version() {
        return OptionalInt.empty();
    }

    /**
     * Starts to watch: first the blocks after {@code since}, then the whole mempool, then new transactions and blocks,
     * for as long as the subscription is open, across failures of the node. Each transaction is reported at least once
     * for the mempool and at least once for its block. Returns at once.
     *
     * @param listener called from one thread at a time; may block, which slows down reading
     * @param since the last processed block; empty: start at the tip. If the chain no longer contains it, the node goes
     *     back to the fork, and reports that with {@link TransactionListener#blockDisconnected}
     */
    Subscription watch(TransactionListener listener, Optional<BlockRef> since);

    /** Ends a watch. */
    @ConsumerType
    interface Subscription extends AutoCloseable {
        /** No call to the listener begins after this returns. */
        @Override
        void close();
    }
}
