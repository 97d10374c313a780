package org.partyline.engine.nodes;

import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.transport.BlockRef;

/** Takes what the nodes report. Calls may block, which slows the nodes' reading down. */
public interface CandidateReceiver {
    /** A payload that may be ours. */
    void candidate(Candidate candidate);

    /**
     * Whether a payload that is a part of these bytes may be ours although it is no packet of PROTOCOL's. Asked for each OP_RETURN output
     * on a network: must be cheap.
     */
    default boolean wants(byte[] bytes, int offset, int length) {
        return false;
    }

    /** Everything of this block, and of those before it, has been handed over. */
    void blockConnected(String node, Network network, BlockRef block);

    /** A block is no longer part of that node's chain. */
    void blockDisconnected(String node, Network network, BlockRef block);

    /** The last block of that node, or of its network, that was handled. */
    Optional<BlockRef> cursor(String node, Network network);

    /** The network's nodes tell nothing now, and then begin anew at their cursors; may block. */
    default void rewind(Network network) {}
}
