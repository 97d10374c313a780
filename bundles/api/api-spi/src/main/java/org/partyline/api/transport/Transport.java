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

    /** What is known of the node now. Does not ask it. */
    NodeStatus status();

    /** What the node relays, as last learnt; the protocol's safe minimum (80 bytes, one output) before that. */
    RelayPolicy policy();

    /**
     * Asks the node for a fee rate.
     *
     * @param blocks the confirmation target, 1 to 1,008
     * @return empty when the node has no estimate
     */
    Optional<FeeRate> estimateFee(int blocks) throws NodeUnavailableException;

    /**
     * Hands a signed transaction to the network. Succeeds when the node has it already, in the mempool or in a block.
     *
     * @param rawTransaction with witnesses
     * @throws TransactionRejectedException when the node looked at it and refused
     * @throws NodeUnavailableException when it is not known what the node did: the same transaction may be sent again
     */
    void broadcast(byte[] rawTransaction) throws NodeUnavailableException, TransactionRejectedException;

    /**
     * Where a transaction is, as far as the node can tell.
     *
     * @throws NodeUnavailableException when the node does not answer
     */
    TransactionPlace locate(TxId id) throws NodeUnavailableException;

    /**
     * Takes back a transaction that the node keeps to itself and has sent to no peer yet.
     *
     * @return whether that was done, so that nobody else can have it; false where the node cannot do it or may have sent it
     * @throws NodeUnavailableException when the node does not answer
     */
    default boolean withdraw(TxId id) throws NodeUnavailableException {
        return false;
    }

    /**
     * Whether the node is its whole network, inside this process: what it has accepted is with everyone. Of any other node, that it has a
     * transaction it got from us says nothing about others.
     */
    default boolean isWholeNetwork() {
        return false;
    }

    /**
     * The transaction itself, from the mempool, or from the chain where the node has an index.
     *
     * @throws NodeUnavailableException when the node does not answer
     */
    Optional<byte[]> fetch(TxId id) throws NodeUnavailableException;

    /**
     * The block of the node's best chain at a height, for comparing nodes.
     *
     * @param height 0 or more
     * @return empty above its tip, and when the node cannot say
     * @throws NodeUnavailableException when the node does not answer
     */
    default Optional<BlockRef> blockAt(int height) throws NodeUnavailableException {
        return Optional.empty();
    }

    /**
     * The version of the node's software, as Bitcoin Core counts: 310000 is 31.0, 290100 is 29.1. Does not ask the node. Of
     * several peers, the lowest.
     *
     * @return empty when it is not known yet, or the software has no such number
     */
    default OptionalInt version() {
        return OptionalInt.empty();
    }

    /**
     * Starts to watch: first the blocks after {@code since}, then the whole mempool, then whatever comes, for as long as
     * the subscription is open, through failures of the node. Each transaction is reported at least once for the mempool
     * and at least once for its block. Returns at once.
     *
     * @param listener called from one thread at a time; may block, which slows the reading down
     * @param since the last block that was handled; empty: start at the tip. When the chain no longer has it, the node
     *     goes back to the fork, and says so with {@link TransactionListener#blockDisconnected}
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
