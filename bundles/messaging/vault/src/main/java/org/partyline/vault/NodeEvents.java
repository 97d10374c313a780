package org.partyline.vault;

import org.partyline.api.Network;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodeListener;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.InitialSync;
import org.partyline.messaging.state.Notices;

/** Reports quarantined and released nodes: to the audit log without their names, to other programs with them. */
public final class NodeEvents implements NodeListener {
    private final Notices notices;
    private final EventPublisher events;
    private final InitialSync sync;
    private final Runnable changed;

    /**
     * @param sync holds the networks whose nodes' reports on blocks must be checked
     * @param changed called when nodes or wallets were added or removed; must not block
     */
    public NodeEvents(Notices notices, EventPublisher events, InitialSync sync, Runnable changed) {
        this.notices = notices;
        this.events = events;
        this.sync = sync;
        this.changed = changed;
    }

    @Override
    public void changed() {
        changed.run();
    }

    @Override
    public void setAside(String node, Network network, NodeFault fault, String reason) {
        notices.security()
                .record("node-quarantined", "a node of " + network.label() + " was quarantined: " + words(fault));
        events.quarantined(node, network, fault, reason);
        if (fault == NodeFault.OTHER_CHAIN) {
            sync.distrusted().add(network);
            notices.bus().publish(new Bus.Distrusted());
        }
        // Packets that it accepted are handed to another node now.
        notices.bus().publish(new Bus.Retry());
    }

    private static String words(NodeFault fault) {
        return switch (fault) {
            case OTHER_CHAIN -> "its blocks differ from the others'";
            case BEHIND -> "it is behind the others";
            case OLD_VERSION -> "its software is older than the configured minimum";
            case WITHHOLDS -> "it withholds transactions that others show";
            case OTHER -> "a rule of another bundle";
        };
    }

    @Override
    public void usedAgain(String node, Network network) {
        notices.security().record("node-released", "a node of " + network.label() + " is used again");
        events.released(node, network);
        notices.bus().publish(new Bus.Retry());
    }
}
