package org.partyline.api.transport;

import java.util.Optional;

/**
 * The place of a transaction: unknown, in a mempool, or in a block.
 *
 * @param kind the kind of place
 * @param block the block, if it is in one and the node knows which
 * @param relayed whether the node knows that one of its peers has it; false if it cannot tell
 * @param peers for a privately sent transaction, the number of peers that the node has sent it to; 0 for all others
 */
public record TransactionPlace(Kind kind, Optional<BlockRef> block, boolean relayed, int peers) {
    /** The node does not know it. */
    public static final TransactionPlace UNKNOWN = new TransactionPlace(Kind.UNKNOWN, Optional.empty());
    /** It waits in the mempool; no peer is known to have it. */
    public static final TransactionPlace MEMPOOL = new TransactionPlace(Kind.MEMPOOL, Optional.empty());
    /** It waits in the mempool, and a peer of the node has it, too. */
    public static final TransactionPlace RELAYED = new TransactionPlace(Kind.MEMPOOL, Optional.empty(), true);

    /** A place of a transaction that is not sent privately. */
    public TransactionPlace(Kind kind, Optional<BlockRef> block, boolean relayed) {
        this(kind, block, relayed, 0);
    }

    /** A place of a transaction that no peer is known to have. */
    public TransactionPlace(Kind kind, Optional<BlockRef> block) {
        this(kind, block, false);
    }

    /** The kinds of places. */
    public enum Kind {
        /** Not known to the node; without an index it may still be in a block. */
        UNKNOWN,
        /** Kept out of the mempool until it comes back from the network: the node sends it to peers privately. */
        PRIVATE,
        /** In the mempool. */
        MEMPOOL,
        /** In a block of the main chain. */
        CONFIRMED
    }
}
