package org.partyline.transportbitcoinj;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the chain and the mempool for followers: keeps headers, finds missing blocks, and advances each follower, also
 * across forks. Used only on the node's thread.
 */
final class ChainReader {
    private static final Logger LOG = LoggerFactory.getLogger(ChainReader.class);
    private static final int LOOK_AHEAD = 8;
    private static final int MOST_CONFIRMED = 20_000;
    private static final int UNKNOWN_FORK_DEPTH = 100;
    private static final int KEPT_HEADERS = 50_000;
    private static final int FULL_HEADERS = 2000;
    private static final int MOST_UNCONNECTED = 10;
    private static final int MOST_IDLE_HEADERS = 20_000;
    /** The age of the oldest tip from which a listener without a position is served. */
    private static final Duration OLDEST_START = Duration.ofDays(1);

    private final String node;
    private final Network network;
    private final ChainParameters parameters;
    private final BlockFetcher blocks;
    private final MempoolCache mempool;
    private final Supplier<Collection<PeerLink>> ready;
    private final List<PeerFollower> followers = new ArrayList<>();
    private final Map<TxId, BlockRef> confirmed = new LinkedHashMap<>();
    private HeaderChain chain;
    private boolean synced;

    /** @param ready the connections of peers that have completed the handshake */
    ChainReader(
            P2pSettings settings,
            ChainParameters parameters,
            BlockFetcher blocks,
            MempoolCache mempool,
            Supplier<Collection<PeerLink>> ready) {
        this.node = settings.name();
        this.network = settings.network();
        this.parameters = parameters;
        this.blocks = blocks;
        this.mempool = mempool;
        this.ready = ready;
        this.chain = new HeaderChain(parameters, parameters.anchorBelow(Integer.MAX_VALUE));
    }

    /** The headers; another chain after earlier headers were needed. */
    HeaderChain chain() {
        return chain;
    }

    /** Whether a peer once had no more headers than we have. */
    boolean isSynced() {
        return synced;
    }

    void add(PeerFollower follower) {
        followers.add(follower);
    }

    void remove(PeerFollower follower) {
        followers.remove(follower);
    }

    /** The last failure of a listener; empty if there was none. */
    String fault() {
        return followers.stream()
                .map(PeerFollower::fault)
                .filter(fault -> !fault.isEmpty())
                .findFirst()
                .orElse("");
    }

    boolean isFollowed() {
        return !followers.isEmpty();
    }

    /** Whether the queue of a follower is full. */
    boolean isFull() {
        return followers.stream().anyMatch(PeerFollower::full);
    }

    void close() {
        List.copyOf(followers).forEach(PeerFollower::close);
    }

    /** Reports an unconfirmed transaction. */
    void inMempool(TxId id, byte[] raw) {
        mempool.add(id, raw);
        for (PeerFollower follower : followers) {
            if (follower.hasMempool()) {
                follower.transaction(raw);
            }
        }
    }

    /**
     * Adds headers of a peer, and requests more if there are any.
     *
     * @return the rule that it breaks; empty
     */
    Optional<String> headers(Contact contact, PeerMessage.Headers message, Instant now) {
        TxId before = chain.tip().hash();
        HeaderChain.Result result = chain.accept(message.headers(), now);
        switch (result.outcome()) {
            case INVALID -> {
                return Optional.of(result.problem());
            }
            case UNCONNECTED -> {
                if (++contact.unconnected > MOST_UNCONNECTED) {
                    return Optional.of("its headers do not connect to the chain");
                }
                contact.connection().askForHeaders(chain.locator());
                return Optional.empty();
            }
            case EXTENDED, KNOWN -> contact.unconnected = 0;
        }
        boolean better = !chain.tip().hash().equals(before);
        contact.idleHeaders =
                better ? 0 : contact.idleHeaders + message.headers().size();
        if (contact.idleHeaders > MOST_IDLE_HEADERS) {
            return Optional.of("it sends endless headers that do not join the chain");
        }
        if (message.headers().size() >= FULL_HEADERS) {
            TxId last = message.headers().get(message.headers().size() - 1).hash();
            List<TxId> locator = new ArrayList<>(List.of(last));
            locator.addAll(chain.locator());
            contact.connection().askForHeaders(locator);
        } else {
            contact.synced = true;
            synced = true;
        }
        return Optional.empty();
    }

    /** Adds a block. @return whether it was wanted */
    boolean block(RawBlock block) {
        OptionalInt height = chain.height(block.header().hash());
        if (!blocks.received(block) || height.isEmpty()) {
            return false;
        }
        BlockRef ref = chain.at(height.getAsInt()).orElseThrow();
        for (TxView transaction : block.transactions()) {
            TxId id = transaction.id();
            mempool.remove(id);
            confirmed.remove(id);
            confirmed.put(id, ref);
        }
        while (confirmed.size() > MOST_CONFIRMED) {
            confirmed.remove(confirmed.keySet().iterator().next());
        }
        return true;
    }

    /** The block with a transaction, if it is one of the last that were read. */
    Optional<BlockRef> confirmedIn(TxId id) {
        return Optional.ofNullable(confirmed.get(id))
                .filter(ref -> chain.height(ref.hash()).isPresent());
    }

    /** Advances all followers as far as the received data allows. @return missing blocks, the most urgent first */
    Set<TxId> advance(Instant now) {
        Set<TxId> wanted = new LinkedHashSet<>();
        for (PeerFollower follower : List.copyOf(followers)) {
            advance(follower, now, wanted);
        }
        return wanted;
    }

    /** How many blocks the lowest of these is below the tip. */
    int depth(Set<TxId> wanted) {
        return chain.tip().height()
                - wanted.stream().mapToInt(b -> chain.height(b).orElse(0)).min().orElse(0);
    }

    private void advance(PeerFollower follower, Instant now, Set<TxId> wanted) {
        while (synced && !follower.full()) {
            BlockRef tip = chain.tip();
            if (follower.resumeAt().isPresent()) {
                int height = Math.min(follower.resumeAt().getAsInt(), tip.height());
                if (height < chain.base()) {
                    readFrom(height);
                    return;
                }
                follower.moveTo(chain.at(height).orElseThrow());
            }
            Optional<BlockRef> position = follower.position();
            if (position.isEmpty()) {
                if (network == Network.MAINNET && tip.time().isBefore(now.minus(OLDEST_START))) {
                    // A peer that is itself behind has no more headers (Bitcoin Core in its initial download sends
                    // none): beginning here would read months of blocks.
                    return;
                }
                // At the start, the tip is reported, too, so that the listener has a block to return to.
                Optional<RawBlock> block = blocks.get(tip.hash());
                if (block.isEmpty()) {
                    wanted.add(tip.hash());
                    return;
                }
                follower.connected(tip, block.get());
                continue;
            }
            BlockRef at = position.get();
            OptionalInt height = chain.height(at.hash());
            if (height.isEmpty()) {
                if (!leaveFork(follower, at, tip)) {
                    return;
                }
                continue;
            }
            if (height.getAsInt() == tip.height()) {
                giveMempool(follower);
                return;
            }
            BlockRef next = chain.at(height.getAsInt() + 1).orElseThrow();
            Optional<RawBlock> block = blocks.get(next.hash());
            if (block.isEmpty()) {
                for (int i = 0; i < LOOK_AHEAD; i++) {
                    chain.at(next.height() + i).ifPresent(b -> wanted.add(b.hash()));
                }
                return;
            }
            follower.connected(next, block.get());
            for (int i = 1; i < LOOK_AHEAD; i++) {
                chain.at(next.height() + i).ifPresent(b -> wanted.add(b.hash()));
            }
        }
    }

    private boolean leaveFork(PeerFollower follower, BlockRef at, BlockRef tip) {
        if (at.height() < chain.base()) {
            readFrom(at.height());
            return false;
        }
        Optional<BlockRef> parent = chain.parentOfSide(at.hash());
        if (parent.isEmpty() && at.height() > tip.height() && network != Network.REGTEST) {
            // No peer knows that block yet: they are behind the node that reported it, not on a fork.
            return false;
        }
        follower.disconnected();
        if (follower.position().isEmpty()) {
            if (parent.isPresent()) {
                follower.moveTo(parent.get());
            } else {
                int height = Math.max(0, Math.min(at.height(), tip.height()) - UNKNOWN_FORK_DEPTH);
                LOG.info(
                        "node {} does not know block {} {}: blocks are read from {}",
                        node,
                        at.height(),
                        at.hash(),
                        height);
                follower.resumeAt(OptionalInt.of(height));
            }
        }
        return true;
    }

    /** Restarts the chain of headers at a lower height. */
    private void readFrom(int height) {
        LOG.info("node {}: headers are read again from block {}", node, height);
        chain = new HeaderChain(parameters, parameters.anchorBelow(height));
        synced = false;
        for (PeerLink link : ready.get()) {
            link.askForHeaders(chain.locator());
        }
    }

    private void giveMempool(PeerFollower follower) {
        if (!follower.hasMempool()) {
            follower.hasMempool(true);
            mempool.all().forEach(follower::transaction);
        }
    }

    /** Forgets headers to which no follower can return. */
    void prune() {
        int lowest = chain.tip().height();
        for (PeerFollower follower : followers) {
            lowest = Math.min(lowest, follower.position().map(BlockRef::height).orElse(lowest));
        }
        if (lowest > chain.tip().height() - KEPT_HEADERS / 2) {
            chain.prune(KEPT_HEADERS);
        }
    }
}
