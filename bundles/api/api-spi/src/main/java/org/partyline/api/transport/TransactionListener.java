package org.partyline.api.transport;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.TxId;

/** Receives every transaction that a node sees. Calls arrive in the order of events, one at a time. */
@ConsumerType
public interface TransactionListener {
    /**
     * A transaction entered the mempool, or is in a block.
     *
     * @param rawTransaction with witnesses as the node sent it; do not change it
     * @param block empty for the mempool
     */
    void transaction(byte[] rawTransaction, Optional<BlockRef> block);

    /** All transactions of a block have been reported. */
    void blockConnected(BlockRef block);

    /** A block is no longer part of the chain. */
    void blockDisconnected(BlockRef block);

    /** A transaction left the mempool without being mined: it was replaced, evicted or expired. Best effort. */
    default void removed(TxId id) {}
}
