package org.partyline.receive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads blocks of the last day for a joined channel, and reads again those whose packets were dropped while the store
 * was locked. Nodes go back to before the first of them, as if the server had been unavailable since: so no key of
 * those days is erased before they were read.
 */
public final class Rereading {
    private static final Duration CHAIN_LIFE = Duration.ofHours(24);
    private static final Logger LOG = LoggerFactory.getLogger(Rereading.class);

    /** Where reading continues for a network whose nodes were told to start over. */
    private final Map<Network, Optional<BlockRef>> begun = new ConcurrentHashMap<>();
    /** Networks whose nodes have started over. */
    private final Set<Network> rewound = ConcurrentHashMap.newKeySet();

    /** Where reading continues for a joined channel, until the nodes are notified. */
    private final Map<Network, BlockRef> joins = new ConcurrentHashMap<>();
    /** Networks that are read again for a joined channel. */
    private final Set<Network> looking = ConcurrentHashMap.newKeySet();

    private final Store store;
    private final Clock clock;
    private final NodeDirectory nodes;
    private final ScanPosition position;

    public Rereading(Store store, Clock clock, NodeDirectory nodes, ScanPosition position) {
        this.store = store;
        this.clock = clock;
        this.nodes = nodes;
        this.position = position;
    }

    /**
     * Called when the store was opened: blocks whose packets were dropped before are read again, from the beginning.
     */
    void unlocked() {
        begun.clear();
        rewound.clear();
    }

    /** Called when the nodes are back, which may not have started over. */
    void nodesReturned() {
        begun.keySet().removeIf(network -> !rewound.contains(network));
        joins.clear();
    }

    /** Starts rereading, or checks whether it is complete. Asks nodes; not under the state lock. */
    void look() throws StoreException {
        Map<Long, Long> dropped = store.dropped();
        for (Network network : Network.values()) {
            lookForOpeners(network);
            List<Long> shares = dropped.keySet().stream()
                    .filter(share -> Shares.isOn(share, network))
                    .toList();
            if (shares.isEmpty()) {
                continue;
            }
            if (begun.containsKey(network)) {
                if (rewound.contains(network) && position.isCaughtUp(network)) {
                    store.forgetDropped(shares);
                    LOG.info("packets dropped while locked were read again on {}", network.label());
                }
            } else {
                begin(network, shares);
            }
        }
    }

    /** Called when a channel was joined: blocks of the last day that were never read for it must be read. */
    void joined(Network network) throws StoreException {
        store.note(wantedKey(network), Channels.Look.RUNNING.name());
    }

    /** Returns its progress. */
    Channels.Look lookingBack(Network network) throws StoreException {
        Channels.Look look = wanted(network);
        if (look != Channels.Look.DONE || !looking.contains(network)) {
            return look;
        }
        if (!position.isCaughtUp(network)) {
            return Channels.Look.RUNNING;
        }
        // Later blocks are not part of it, even if a node falls behind for a while.
        looking.remove(network);
        return look;
    }

    private Channels.Look wanted(Network network) throws StoreException {
        return store.note(wantedKey(network)).map(Channels.Look::valueOf).orElse(Channels.Look.DONE);
    }

    private static String wantedKey(Network network) {
        return "look." + network.label();
    }

    /**
     * A chain is opened by one packet and lives for a day (PROTOCOL 5): a new member finds that packet in a block of
     * that time. Packets that were read since this server watches the network, and matched nothing then, are stored
     * anyway.
     */
    private void lookForOpeners(Network network) throws StoreException {
        if (wanted(network) != Channels.Look.RUNNING || joins.containsKey(network)) {
            return;
        }
        List<Transport> ready = nodes.ready(network);
        if (ready.isEmpty()) {
            return;
        }
        Optional<BlockRef> start = Optional.empty();
        boolean silent = false;
        for (Transport node : ready) {
            try {
                start = lastBefore(node, clock.instant().minus(CHAIN_LIFE));
                if (start.isPresent()) {
                    break;
                }
            } catch (NodeUnavailableException e) {
                LOG.debug("a node does not provide its blocks: {}", e.getMessage());
                silent = true;
            }
        }
        if (start.isEmpty()) {
            if (!silent) {
                store.note(wantedKey(network), Channels.Look.UNABLE.name());
            }
            return;
        }
        Optional<BlockRef> first = position.first(network);
        if (first.isPresent() && first.get().height() <= start.get().height()) {
            store.note(wantedKey(network), Channels.Look.DONE.name());
            return;
        }
        LOG.info("a channel was joined: the blocks of the last day are read on {}", network.label());
        joins.put(network, start.get());
        looking.add(network);
        nodes.rewatch(network);
    }

    /** Returns a node's last block that is older than a time, or its first; empty if it reports no blocks. */
    private static Optional<BlockRef> lastBefore(Transport node, Instant time) throws NodeUnavailableException {
        Optional<BlockRef> tip = node.status().tip();
        if (tip.isEmpty()) {
            return Optional.empty();
        }
        int low = 0;
        int high = tip.get().height();
        while (low < high) {
            int middle = low + (high - low + 1) / 2;
            Optional<BlockRef> block = node.blockAt(middle);
            // A node that keeps only recent headers does not know the block of an old height.
            if (block.isEmpty() || block.get().time().isBefore(time)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return node.blockAt(low);
    }

    private void begin(Network network, List<Long> shares) {
        OptionalInt first =
                shares.stream().filter(Shares::isBlock).mapToInt(Shares::height).min();
        Optional<BlockRef> start =
                first.isPresent() ? block(network, Math.max(0, first.getAsInt() - 1)) : Optional.empty();
        if (first.isPresent() && start.isEmpty()) {
            LOG.debug("no node on {} reports where to start", network.label());
            return;
        }
        LOG.info("packets were dropped while locked: {} is read again", network.label());
        begun.put(network, start);
        // Also if no block must be read again: the nodes report their mempools.
        nodes.rewatch(network);
    }

    private Optional<BlockRef> block(Network network, int height) {
        for (Transport node : nodes.ready(network)) {
            try {
                Optional<BlockRef> block = node.blockAt(height);
                if (block.isPresent()) {
                    return block;
                }
            } catch (NodeUnavailableException e) {
                LOG.debug("a node does not report its block: {}", e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** Called when everything that a network's nodes reported before was handled, and they are to start over now. */
    void rewind(Network network) throws StoreException {
        Optional<BlockRef> start = begun.getOrDefault(network, Optional.empty());
        if (start.isPresent()) {
            position.rewind(network, start.get());
        }
        BlockRef join = joins.remove(network);
        if (join != null) {
            position.rewind(network, join);
            position.readFrom(network, join);
            store.note(wantedKey(network), Channels.Look.DONE.name());
        }
        rewound.add(network);
    }
}
