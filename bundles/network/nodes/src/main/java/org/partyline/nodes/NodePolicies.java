package org.partyline.nodes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.ServiceReference;
import org.partyline.api.Faults;
import org.partyline.api.Network;
import org.partyline.api.nodes.JudgedNode;
import org.partyline.api.nodes.Judgement;
import org.partyline.api.nodes.NodePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the node policies of all bundles, one after another. A failing policy does not affect the others. Thread-safe.
 */
final class NodePolicies {
    private static final Logger LOG = LoggerFactory.getLogger(NodePolicies.class);

    private final Faults faults = new Faults("a judgement of nodes", LOG::error);
    /** Those with a higher rank first, then in the order of registration. */
    private List<Ranked> policies = List.of();
    /** The last warnings, by node name, so that each is logged once. Used by one thread. */
    private final Map<String, String> warned = new HashMap<>();

    private record Ranked(NodePolicy policy, ServiceReference<NodePolicy> reference) {}

    synchronized void add(NodePolicy policy, ServiceReference<NodePolicy> reference) {
        List<Ranked> more = new ArrayList<>(policies);
        more.add(new Ranked(policy, reference));
        more.sort(Comparator.comparing(Ranked::reference).reversed());
        policies = List.copyOf(more);
    }

    synchronized void remove(ServiceReference<NodePolicy> reference) {
        policies = policies.stream()
                .filter(ranked -> !ranked.reference().equals(reference))
                .toList();
    }

    private synchronized List<Ranked> all() {
        return policies;
    }

    /** Why nodes of a network are not usable, by name: the judgement of the first policy that objects. */
    Map<String, Judgement> judge(Network network, List<JudgedNode> nodes) {
        Map<String, Judgement> unusable = new HashMap<>();
        Map<String, String> warnings = new HashMap<>();
        for (Ranked ranked : all()) {
            faults.survive(() -> ranked.policy()
                    .judge(network, List.copyOf(nodes))
                    .forEach((name, judgement) -> {
                        if (judgement.isUsable()) {
                            warnings.putIfAbsent(name, judgement.reason());
                        } else {
                            unusable.putIfAbsent(name, judgement);
                        }
                    }));
        }
        nodes.forEach(node -> warn(node.name(), Optional.ofNullable(warnings.get(node.name()))));
        return unusable;
    }

    private void warn(String name, Optional<String> warning) {
        if (warning.isEmpty()) {
            warned.remove(name);
        } else if (!warning.get().equals(warned.put(name, warning.get()))) {
            LOG.warn("node '{}': {}", name, warning.get());
        }
    }
}
