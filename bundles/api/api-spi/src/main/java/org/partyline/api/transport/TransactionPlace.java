package org.partyline.api.transport;

import java.util.Optional;

/**
 * Where a transaction is.
 *
 * @param kind in short
 * @param block the block, when it is in one and the node can say which
 */
public record TransactionPlace(Kind kind, Optional<BlockRef> block) {
    /** The node does not know it. */
    public static final TransactionPlace UNKNOWN = new TransactionPlace(Kind.UNKNOWN, Optional.empty());
    /** It waits in the mempool. */
    public static final TransactionPlace MEMPOOL = new TransactionPlace(Kind.MEMPOOL, Optional.empty());

    /** The three places. */
    public enum Kind {
        /** Not known to the node; with no index that does not mean it is not in a block. */
        UNKNOWN,
        /** In the mempool. */
        MEMPOOL,
        /** In a block of the main chain. */
        CONFIRMED
    }
}
