package org.partyline.transportrpc;

import java.time.Instant;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Advances followers from their last block to the tip, across forks. */
final class ChainFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ChainFollower.class);
    /** Where reading starts if the fork cannot be found: as deep as coinbase maturity. */
    private static final int UNKNOWN_FORK_DEPTH = 100;

    private final BlockReader blocks;
    private final MempoolMirror mempool;
    private final Network network;
    private final String node;

    ChainFollower(BlockReader blocks, MempoolMirror mempool, Network network, String node) {
        this.blocks = blocks;
        this.mempool = mempool;
        this.network = network;
        this.node = node;
    }

    /**
     * Notifies a follower of all blocks up to a tip.
     *
     * @return whether the tip was reached; if not, the chain changed meanwhile, or the node is behind the follower
     */
    boolean advance(RpcFollower follower, BlockRef tip) throws NodeProblem {
        while (!follower.closed() && !Thread.currentThread().isInterrupted()) {
            Optional<BlockRef> position = follower.position();
            if (position.isEmpty()) {
                // At the start, the tip is reported, too, so that the listener has a block to return to.
                return read(follower, tip.height(), tip.hash(), Optional.empty());
            }
            BlockRef at = position.get();
            if (at.hash().equals(tip.hash())) {
                return true;
            }
            if (at.height() > tip.height()) {
                Optional<BlockReader.Header> header = blocks.header(at.hash());
                if (header.isEmpty()
                        && network != Network.REGTEST
                        && at.height() - tip.height() <= UNKNOWN_FORK_DEPTH) {
                    // This node does not know the block yet: it is behind the node that reported it, not on a fork.
                    return false;
                }
                if (header.isPresent() && header.get().inChain()) {
                    // The chain has grown past the reported tip, or switched to another branch.
                    return false;
                }
                stepBack(follower, at, tip);
                continue;
            }
            if (!blocks.hashAt(at.height()).equals(Optional.of(at.hash()))) {
                stepBack(follower, at, tip);
                continue;
            }
            if (at.height() == tip.height()) {
                // The reported tip is no longer in the chain: without a new one this would oscillate forever.
                return false;
            }
            Optional<TxId> next = blocks.hashAt(at.height() + 1);
            if (next.isEmpty() || !read(follower, at.height() + 1, next.get(), position)) {
                return false;
            }
        }
        return false;
    }

    private boolean read(RpcFollower follower, int height, TxId hash, Optional<BlockRef> after) throws NodeProblem {
        Optional<RawBlock> block = blocks.block(hash);
        if (block.isEmpty()) {
            Optional<BlockReader.Header> header = blocks.header(hash);
            if (header.isEmpty() || !header.get().inChain()) {
                return false;
            }
            LOG.warn("node {} no longer has block {}: messages in it are not found", node, height);
            follower.connected(header.get().block());
            follower.notify(listener -> listener.blockConnected(header.get().block()));
            return true;
        }
        RawBlock raw = block.get();
        if (after.isPresent() && !raw.header().previous().equals(after.get().hash())) {
            return false;
        }
        BlockRef ref =
                new BlockRef(height, hash, Instant.ofEpochSecond(raw.header().time()));
        Optional<BlockRef> in = Optional.of(ref);
        for (TxView transaction : raw.transactions()) {
            mempool.confirmed(transaction.id());
            byte[] bytes = transaction.raw();
            follower.notify(listener -> listener.transaction(bytes, in));
        }
        follower.notify(listener -> listener.blockConnected(ref));
        follower.connected(ref);
        return true;
    }

    private void stepBack(RpcFollower follower, BlockRef gone, BlockRef tip) throws NodeProblem {
        Optional<BlockReader.Header> header = blocks.header(gone.hash());
        follower.notify(listener -> listener.blockDisconnected(gone));
        follower.disconnected();
        if (follower.position().isPresent()) {
            return;
        }
        Optional<TxId> previous = header.flatMap(BlockReader.Header::previous);
        Optional<BlockReader.Header> before = Optional.empty();
        if (previous.isPresent()) {
            before = blocks.header(previous.get());
        }
        if (before.isEmpty()) {
            int height = Math.max(0, Math.min(gone.height(), tip.height()) - UNKNOWN_FORK_DEPTH);
            LOG.info(
                    "node {} does not know block {} {}: blocks are read from {}",
                    node,
                    gone.height(),
                    gone.hash(),
                    height);
            Optional<TxId> hash = blocks.hashAt(height);
            if (hash.isPresent()) {
                before = blocks.header(hash.get());
            }
        }
        before.ifPresent(found -> follower.moveTo(found.block()));
    }
}
