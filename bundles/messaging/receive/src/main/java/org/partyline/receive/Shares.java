package org.partyline.receive;

import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.scan.Candidate;

/**
 * Groups packets that were collected while the store was locked by a number: their block, or the ten minutes in which
 * they appeared in a mempool. The groups share the space, so that a flood displaces only packets of its own group.
 */
final class Shares {
    private static final long SLICE_MILLIS = 600_000;
    private static final int NETWORK_SHIFT = 40;

    private Shares() {}

    static long of(Candidate candidate) {
        long network = (long) candidate.network() << NETWORK_SHIFT;
        Optional<BlockRef> block = candidate.inBlock();
        return block.isPresent()
                ? network | block.get().height()
                : -1 - (network | Math.floorDiv(candidate.arrived(), SLICE_MILLIS));
    }

    /** Returns whether it is a block's share. */
    static boolean isBlock(long share) {
        return share >= 0;
    }

    static boolean isOn(long share, Network network) {
        return (isBlock(share) ? share : -1 - share) >> NETWORK_SHIFT == network.code();
    }

    /** Returns the height of a block's share. */
    static int height(long share) {
        return (int) (share & (1L << NETWORK_SHIFT) - 1);
    }
}
