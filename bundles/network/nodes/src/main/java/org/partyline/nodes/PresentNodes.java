package org.partyline.nodes;

import java.util.List;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.transport.Transport;

/** Lists the nodes that answer, for {@link NodeWatch}. */
interface PresentNodes {
    /** A node that answers and is not paused. @param age nodes that came earlier have lower numbers */
    record Present(Transport transport, int age) {}

    /** The networks that there are nodes of. */
    Set<Network> networks();

    /** Nodes of a network that answer, those that are set aside too. */
    List<Present> present(Network network);

    /** The names of all that answer. */
    Set<String> presentNames();

    /** Those that are set aside. */
    QuarantinedNodes quarantine();
}
