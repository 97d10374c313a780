package org.partyline.api.transport;

import java.util.Optional;

/**
 * The place of a transaction: unknown, in a mempool, or in a block.
 *
 * @param kind in short
 * @param block the block, when it is in one and the node can say which
 * @param relayed whether the node knows that a peer of its own has it; false where it cannot tell
 * @param peers how many peers the node has sent it to, of one that it sends privately; 0 of all others
 */
public record TransactionPlace(Kind kind, Optional<BlockRef> block, boolean relayed, int peers) {
    /** The node does not know it. */
    public static final TransactionPlace UNKNOWN = new TransactionPlace(Kind.UNKNOWN, Optional.empty());
    /** It waits in the mempool; no peer is known to have it. */
    public static final TransactionPlace MEMPOOL = new TransactionPlace(Kind.MEMPOOL, Optional.empty());
    /** It waits in the mempool, and a peer of the node has it too. */
    public static final TransactionPlace RELAYED = new TransactionPlace(Kind.MEMPOOL, Optional.empty(), true);

    /** One that is not sent privately. */
    public TransactionPlace(Kind kind, Optional<BlockRef> block, boolean relayed) {
        this(kind, block, relayed, 0);
    }

    /** One that no peer is known to have. */
    public TransactionPlace(Kind kind, Optional<BlockRef> block) {
        this(kind, block, false);
    }

    /** The kinds of places. */
    public enum Kind {
        /** Not known to the node; with no index that does not mean it is not in a block. */
        UNKNOWN,
        /** Kept apart from the mempool until it comes back from the network: the node sends it to peers privately. */
        PRIVATE,
        /** In the mempool. */
        MEMPOOL,
        /** In a block of the main chain. */
        CONFIRMED
    }
}
