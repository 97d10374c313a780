package org.partyline.api.nodes;

import org.partyline.api.Network;
import org.partyline.api.transport.NodeStatus;

/**
 * A node, whatever its state.
 *
 * @param transactionsReceived the number of transactions that it has reported since it was added
 */
public record KnownNode(String name, Network network, boolean paused, NodeStatus status, long transactionsReceived) {
    /** Whether it answers and is not paused. */
    public boolean isReady() {
        return !paused && status.state() == NodeStatus.State.READY;
    }
}
