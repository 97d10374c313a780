package org.partyline.nodes;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.engine.Nodes;
import org.partyline.api.nodes.NodeFault;

/** Keeps the quarantined nodes and the reasons. Thread-safe. */
final class QuarantinedNodes {
    private final Clock clock;
    private final Map<String, Nodes.Quarantine> held = new HashMap<>();

    QuarantinedNodes(Clock clock) {
        this.clock = clock;
    }

    synchronized Optional<Nodes.Quarantine> of(String node) {
        Instant now = clock.instant();
        // A beginning in the future means that the clock was set back since: the hours in between do not count.
        return Optional.ofNullable(held.computeIfPresent(
                node,
                (name, one) -> one.since().isAfter(now) ? new Nodes.Quarantine(one.fault(), one.reason(), now) : one));
    }

    boolean holds(String node) {
        return of(node).isPresent();
    }

    /** Quarantines a node, or updates the reason; returns whether it was not quarantined before. */
    synchronized boolean hold(String node, NodeFault fault, String reason) {
        Nodes.Quarantine before = held.get(node);
        held.put(node, new Nodes.Quarantine(fault, reason, before == null ? clock.instant() : before.since()));
        return before == null;
    }

    /** Ends a quarantine; returns whether there was one. */
    synchronized boolean release(String node) {
        return held.remove(node) != null;
    }
}
