package org.partyline.api.nodes;

import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;

/** Receives events of nodes: added, removed, quarantined, used again. Must not block. */
@ConsumerType
public interface NodeListener {
    /** Nodes or wallets were added or removed. */
    void changed();

    /** A node was quarantined. */
    void setAside(String node, Network network, NodeFault fault, String reason);

    /** A node is used again. */
    void usedAgain(String node, Network network);
}
