package org.partyline.nodes;

import java.util.List;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.transport.Transport;

/** Lists the nodes that answer, for {@link NodeWatch}. */
interface PresentNodes {
    /** A node that answers and is not paused. @param age older nodes have lower numbers */
    record Present(Transport transport, int age) {}

    /** The networks with nodes. */
    Set<Network> networks();

    /** Nodes of a network that answer, including quarantined ones. */
    List<Present> present(Network network);

    /** The names of all nodes that answer. */
    Set<String> presentNames();

    /** The quarantined nodes. */
    QuarantinedNodes quarantine();
}
