package org.partyline.engine.kernel;

import java.util.function.Consumer;
import org.partyline.api.Network;
import org.partyline.api.engine.Nodes;
import org.partyline.engine.nodes.NodeWatch;

/** Tells of nodes that are set aside and used again: the audit log without their names, other programs with them. */
public final class NodeNews implements NodeWatch.Listener {
    private final Core core;
    private final EventPublisher events;
    private final Consumer<Network> distrust;

    /** @param distrust looks again at what the nodes of a network said of blocks; must not block */
    public NodeNews(Core core, EventPublisher events, Consumer<Network> distrust) {
        this.core = core;
        this.events = events;
        this.distrust = distrust;
    }

    @Override
    public void quarantined(String node, Network network, Nodes.Quarantine why) {
        core.audit("node-quarantined", "a node of " + network.label() + " was set aside: " + words(why.fault()));
        events.quarantined(node, network, why);
        if (why.fault() == Nodes.Fault.OTHER_CHAIN) {
            distrust.accept(network);
        }
        // What it took goes in by another node now.
        core.bus.publish(new Bus.Retry());
    }

    private static String words(Nodes.Fault fault) {
        return switch (fault) {
            case OTHER_CHAIN -> "its blocks are not those of the others";
            case BEHIND -> "it is behind the others";
            case OLD_VERSION -> "its software is older than the configured minimum";
            case WITHHOLDS -> "it withholds transactions that others show";
        };
    }

    @Override
    public void released(String node, Network network) {
        core.audit("node-released", "a node of " + network.label() + " is used again");
        events.released(node, network);
        core.bus.publish(new Bus.Retry());
    }
}
