package org.partyline.nodes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.api.Faults;
import org.partyline.api.engine.Nodes;
import org.partyline.api.transport.NodeStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Announces that nodes were added, removed, or became ready or not ready, so that nobody must poll. */
final class NodeStates {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStates.class);

    private final Faults faults = new Faults("notifying about nodes", LOG::error);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private Map<String, State> seen = Map.of();

    private record State(NodeStatus.State state, boolean paused, boolean aside) {}

    AutoCloseable follow(Runnable changed) {
        Runnable once = changed::run;
        listeners.add(once);
        return () -> listeners.remove(once);
    }

    /** Compares with the previous state, and notifies listeners. */
    void look(List<Nodes.Node> nodes) {
        Map<String, State> now = new HashMap<>();
        nodes.forEach(node -> now.put(
                node.name(),
                new State(
                        node.status().state(), node.paused(), node.quarantine().isPresent())));
        boolean changed;
        synchronized (this) {
            changed = !now.equals(seen);
            seen = now;
        }
        if (changed) {
            listeners.forEach(listener -> faults.survive(listener::run));
        }
    }
}
