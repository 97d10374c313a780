package org.partyline.api.nodes;

import java.time.Instant;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;

/**
 * Receives what the nodes report. Calls may block, which slows the nodes' reading down; those of one node come one
 * after another.
 */
@ConsumerType
public interface NodeReceiver {
    /**
     * Whether an OP_RETURN payload may be ours: most are strangers'. Called for each, so it must be quick and change nothing.
     *
     * @param raw the transaction
     * @param offset where the payload begins
     * @param length of it, at least 1
     */
    boolean isWanted(byte[] raw, int offset, int length);

    /**
     * A payload that is {@linkplain #isWanted wanted}.
     *
     * @param block it was met in; empty: in the mempool
     * @param arrived when it was met
     */
    void payload(
            String node, Network network, byte[] payload, TxId transaction, Optional<BlockRef> block, Instant arrived);

    /** Everything of this block, and of those before it, has been handed over. */
    void blockConnected(String node, Network network, BlockRef block);

    /** A block is no longer part of that node's chain. */
    void blockDisconnected(String node, Network network, BlockRef block);

    /** The last block of that node, or of its network, that was handled. */
    Optional<BlockRef> cursor(String node, Network network);

    /** The network's nodes tell nothing now, and then begin anew at their cursors; may block. */
    void rewind(Network network);
}
