package org.partyline.api.nodes;

import java.time.Instant;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;

/**
 * Receives the reports of nodes. Calls may block, which slows down the node's reading; the calls for one node are
 * sequential.
 */
@ConsumerType
public interface NodeReceiver {
    /**
     * Whether an OP_RETURN payload may be ours: most are strangers'. Called for each payload, so it must be quick and
     * change nothing.
     *
     * @param raw the transaction
     * @param offset the start of the payload
     * @param length its length, at least 1
     */
    boolean isWanted(byte[] raw, int offset, int length);

    /**
     * A payload that is {@linkplain #isWanted wanted}.
     *
     * @param block the block that contains it; empty: in the mempool
     * @param arrived when it arrived
     */
    void payload(
            String node, Network network, byte[] payload, TxId transaction, Optional<BlockRef> block, Instant arrived);

    /** Everything in this block and in the blocks before it has been handed over. */
    void blockConnected(String node, Network network, BlockRef block);

    /** A block is no longer part of that node's chain. */
    void blockDisconnected(String node, Network network, BlockRef block);

    /** The last processed block of a node, or of its network. */
    Optional<BlockRef> cursor(String node, Network network);

    /** The network's nodes report nothing until this returns, and then start again at their cursors; may block. */
    void rewind(Network network);
}
