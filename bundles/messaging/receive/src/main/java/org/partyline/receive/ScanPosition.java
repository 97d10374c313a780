package org.partyline.receive;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.partyline.api.Network;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.Transport;

/**
 * The position up to which the blocks of each network were read. Stored unencrypted: it reveals nothing that the chain
 * does not.
 */
public final class ScanPosition {
    private static final int MOST_RECENT = 120;

    private final Store store;
    private final Supplier<List<KnownNode>> nodes;
    private final Function<Network, List<Transport>> ready;
    /** The last blocks of each node, by height, to step back through; used only by the inbound queue's thread. */
    private final Map<String, TreeMap<Integer, BlockRef>> recent = new HashMap<>();

    /**
     * @param nodes all of them; none while they are unavailable
     * @param ready those of a network that can be used now
     */
    public ScanPosition(Store store, Supplier<List<KnownNode>> nodes, Function<Network, List<Transport>> ready) {
        this.store = store;
        this.nodes = nodes;
        this.ready = ready;
    }

    public void advance(String node, Network network, BlockRef block) throws StoreException {
        TreeMap<Integer, BlockRef> blocks = recent.computeIfAbsent(key(node, network), none -> new TreeMap<>());
        blocks.tailMap(block.height(), true).clear();
        blocks.put(block.height(), block);
        while (blocks.size() > MOST_RECENT) {
            blocks.pollFirstEntry();
        }
        store.note(key(node, network), block.encode());
        if (first(network).isEmpty() && farthest(network).isEmpty()) {
            store.note(firstKey(network), block.encode());
        }
        // Stored by network too: the nodes that were read may be gone, or not available yet, when it is needed.
        Optional<BlockRef> before = farthest(network);
        if (before.isEmpty() || before.get().height() <= block.height()) {
            store.note(networkKey(network), block.encode());
        }
    }

    /**
     * Called when a block was disconnected: returns to the previous one if it is known; otherwise the node finds the
     * fork by itself.
     */
    public void retreat(String node, Network network, BlockRef block) throws StoreException {
        TreeMap<Integer, BlockRef> blocks = recent.getOrDefault(key(node, network), new TreeMap<>());
        blocks.tailMap(block.height(), true).clear();
        if (blocks.isEmpty()) {
            return;
        }
        BlockRef before = blocks.lastEntry().getValue();
        store.note(key(node, network), before.encode());
        if (farthest(network).equals(Optional.of(block))) {
            store.note(networkKey(network), before.encode());
        }
    }

    /** Returns to a block for all nodes that were read further: later blocks are read again. */
    public void rewind(Network network, BlockRef block) throws StoreException {
        for (KnownNode node : nodes.get()) {
            Optional<BlockRef> own = node.network() == network ? read(node.name(), network) : Optional.empty();
            if (own.isPresent() && own.get().height() > block.height()) {
                recent.remove(key(node.name(), network));
                store.note(key(node.name(), network), block.encode());
            }
        }
        Optional<BlockRef> farthest = farthest(network);
        if (farthest.isPresent() && farthest.get().height() > block.height()) {
            store.note(networkKey(network), block.encode());
        }
    }

    /** Returns where reading through a node continues; a new node starts where reading of its network stopped. */
    public Optional<BlockRef> of(String node, Network network) throws StoreException {
        Optional<BlockRef> own = read(node, network);
        return own.isPresent() ? own : farthest(network);
    }

    private Optional<BlockRef> read(String node, Network network) throws StoreException {
        return store.note(key(node, network)).map(BlockRef::parse);
    }

    /** Returns how far any node of the network was read: earlier blocks were handled, whichever node reported them. */
    private Optional<BlockRef> farthest(Network network) throws StoreException {
        return store.note(networkKey(network)).map(BlockRef::parse);
    }

    /** Returns the first block from which on all were read; empty if that is unknown. */
    public Optional<BlockRef> first(Network network) throws StoreException {
        return store.note(firstKey(network)).map(BlockRef::parse);
    }

    /** Records that all blocks after this one are read, as soon as the nodes have caught up. */
    public void readFrom(Network network, BlockRef block) throws StoreException {
        store.note(firstKey(network), block.encode());
    }

    /** Blocks that were read count as unread for a channel that is joined next. */
    void unread(Network network) throws StoreException {
        store.note(firstKey(network), null);
    }

    private static String firstKey(Network network) {
        return "first." + network.label();
    }

    /** Returns whether a node that is ready was read up to its tip. */
    public boolean isCaughtUp(Network network) {
        try {
            for (Transport node : ready.apply(network)) {
                Optional<BlockRef> tip = node.status().tip();
                Optional<BlockRef> position = read(node.name(), network);
                if (tip.isPresent()
                        && position.isPresent()
                        && position.get().height() >= tip.get().height()) {
                    return true;
                }
            }
        } catch (StoreException e) {
            return false;
        }
        return false;
    }

    /** Returns the time up to which everything was read: now, or that of the last block. */
    public Instant horizon(Network network, Instant now) throws StoreException {
        if (isCaughtUp(network)) {
            return now;
        }
        return farthest(network).map(BlockRef::time).orElse(now);
    }

    private static String networkKey(Network network) {
        return "cursor." + network.label();
    }

    private static String key(String node, Network network) {
        return "cursor." + network.label() + "." + node;
    }
}
