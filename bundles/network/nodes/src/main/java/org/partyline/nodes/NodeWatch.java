package org.partyline.nodes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.nodes.JudgedNode;
import org.partyline.api.nodes.Judgement;
import org.partyline.api.nodes.NodeListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the nodes periodically, and quarantines those that the {@link NodePolicies} reject. A quarantined node is
 * checked again, and used again once the reason no longer applies.
 */
final class NodeWatch {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

    private final PresentNodes nodes;
    private final NodePolicies policies;
    private final Supplier<Duration> quarantineTime;
    private final Clock clock;
    private final NodeListener listener;
    /** Since when each node has been ready without interruption. */
    private final Map<String, Instant> readySince = new HashMap<>();

    /** @param quarantineTime the minimum time of a quarantine */
    NodeWatch(
            PresentNodes nodes,
            NodePolicies policies,
            Supplier<Duration> quarantineTime,
            Clock clock,
            NodeListener listener) {
        this.nodes = nodes;
        this.policies = policies;
        this.quarantineTime = quarantineTime;
        this.clock = clock;
        this.listener = listener;
    }

    /** Compares the nodes; asks them, which may take a while. */
    void round() {
        try {
            readySince.keySet().retainAll(nodes.presentNames());
            for (Network network : nodes.networks()) {
                judge(network);
            }
        } catch (RuntimeException | Error e) {
            // Not thrown further: that would end all future rounds.
            LOG.error("the nodes could not be compared in this round: {}", Faults.reason(e));
        }
    }

    private void judge(Network network) {
        List<JudgedNode> judged = new ArrayList<>();
        for (PresentNodes.Present node : nodes.present(network)) {
            String name = node.transport().name();
            Instant since = readySince.computeIfAbsent(name, first -> clock.instant());
            judged.add(new JudgedNode(
                    node.transport(), node.age(), nodes.quarantine().holds(name), since));
        }
        Map<String, Judgement> judgements = policies.judge(network, judged);
        judged.forEach(node -> settle(node, network, Optional.ofNullable(judgements.get(node.name()))));
    }

    private void settle(JudgedNode node, Network network, Optional<Judgement> against) {
        String name = node.name();
        QuarantinedNodes quarantine = nodes.quarantine();
        if (against.isPresent()) {
            Judgement judgement = against.get();
            if (quarantine.hold(name, judgement.fault().orElseThrow(), judgement.reason())) {
                LOG.warn("node '{}' is quarantined: {}", name, judgement.reason());
                listener.setAside(name, network, judgement.fault().orElseThrow(), judgement.reason());
            }
        } else if (quarantine
                        .of(name)
                        .filter(held -> !clock.instant().isBefore(held.since().plus(quarantineTime.get())))
                        .isPresent()
                && quarantine.release(name)) {
            LOG.info("node '{}' is used again", name);
            listener.usedAgain(name, network);
        }
    }
}
