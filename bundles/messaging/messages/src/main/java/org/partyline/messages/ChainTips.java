package org.partyline.messages;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.partyline.api.Network;
import org.partyline.api.nodes.KnownNode;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.messaging.state.AbsentException;

/** Tracks the current heights of the nodes' chains, from which confirmations are counted. Nothing is stored. */
final class ChainTips implements Supplier<Map<Network, Integer>> {
    private final NodeDirectory nodes;

    ChainTips(NodeDirectory nodes) {
        this.nodes = nodes;
    }

    /**
     * Returns, for each network, the highest chain among the nodes whose blocks are trusted; none while nodes are
     * unavailable.
     */
    @Override
    public Map<Network, Integer> get() {
        Map<Network, Integer> tips = new EnumMap<>(Network.class);
        try {
            for (KnownNode node : nodes.all()) {
                if (node.isReady() && nodes.tellsBlocks(node.name())) {
                    node.status().tip().ifPresent(tip -> tips.merge(node.network(), tip.height(), Math::max));
                }
            }
        } catch (AbsentException e) {
            return Map.of();
        }
        return tips;
    }
}
