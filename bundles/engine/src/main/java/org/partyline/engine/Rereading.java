package org.partyline.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.partyline.api.Network;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads blocks again whose packets were dropped while the store was locked. Nodes go back to before the first of them, as if the
 * server had been away since: so no key of those days is erased before they were read.
 */
final class Rereading {
    private static final Logger LOG = LoggerFactory.getLogger(Rereading.class);

    /** Where reading goes on, for a network whose nodes were told to begin anew. */
    private final Map<Network, Optional<BlockRef>> begun = new ConcurrentHashMap<>();
    /** Networks whose nodes have begun anew. */
    private final Set<Network> rewound = ConcurrentHashMap.newKeySet();

    private final Core core;
    private final ScanPosition position;

    Rereading(Core core, ScanPosition position) {
        this.core = core;
        this.position = position;
    }

    /** The store was opened: what was dropped before is to be read again, from the beginning. */
    void unlocked() {
        begun.clear();
        rewound.clear();
    }

    /** Begins, or sees whether it is done. Asks nodes; not under the engine's lock. */
    void look() throws StoreException {
        Map<Long, Long> dropped = core.store.dropped();
        for (Network network : Network.values()) {
            List<Long> shares = dropped.keySet().stream()
                    .filter(share -> Shares.isOn(share, network))
                    .toList();
            if (shares.isEmpty()) {
                continue;
            }
            if (begun.containsKey(network)) {
                if (rewound.contains(network) && position.isCaughtUp(network)) {
                    core.store.forgetDropped(shares);
                    LOG.info("what was dropped while locked was read again on {}", network.label());
                }
            } else {
                begin(network, shares);
            }
        }
    }

    private void begin(Network network, List<Long> shares) {
        OptionalInt first =
                shares.stream().filter(Shares::isBlock).mapToInt(Shares::height).min();
        Optional<BlockRef> start =
                first.isPresent() ? block(network, Math.max(0, first.getAsInt() - 1)) : Optional.empty();
        if (first.isPresent() && start.isEmpty()) {
            LOG.debug("no node of {} tells where to begin", network.label());
            return;
        }
        LOG.info("packets were dropped while locked: {} is read again", network.label());
        begun.put(network, start);
        // Also where no block is to be read again: the nodes tell their mempools.
        core.nodes.rewatch(network);
    }

    private Optional<BlockRef> block(Network network, int height) {
        for (Transport node : core.nodes.ready(network)) {
            try {
                Optional<BlockRef> block = node.blockAt(height);
                if (block.isPresent()) {
                    return block;
                }
            } catch (NodeUnavailableException e) {
                LOG.debug("a node does not tell its block: {}", e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** All that a network's nodes told before was handled, and they begin anew now. */
    void rewind(Network network) throws StoreException {
        Optional<BlockRef> start = begun.getOrDefault(network, Optional.empty());
        if (start.isPresent()) {
            position.rewind(network, start.get());
        }
        rewound.add(network);
    }
}
