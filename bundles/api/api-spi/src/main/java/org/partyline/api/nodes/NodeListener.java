package org.partyline.api.nodes;

import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.Network;

/** Receives events of nodes: added, removed, quarantined, used again. Must not block. */
@ConsumerType
public interface NodeListener {
    /** Nodes or wallets came or went. */
    void changed();

    /** A node is set aside from now on. */
    void setAside(String node, Network network, NodeFault fault, String reason);

    /** A node is used again. */
    void usedAgain(String node, Network network);
}
