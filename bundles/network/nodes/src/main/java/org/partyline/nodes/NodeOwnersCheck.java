package org.partyline.nodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.partyline.api.Network;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.transport.NodeAddresses;
import org.partyline.api.transport.Transport;

/**
 * Checks by their addresses whether several nodes belong to several operators: nodes of one operator do not check each
 * other, and can withhold transactions together unnoticed.
 */
@Component(service = HealthCheck.class)
public final class NodeOwnersCheck implements HealthCheck {
    private final Map<Transport, List<String>> nodes = new HashMap<>();

    /** For Declarative Services. */
    @Activate
    public NodeOwnersCheck() {}

    /** For Declarative Services. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public synchronized void addNode(Transport node, Map<String, Object> properties) {
        nodes.put(node, NodeAddresses.of(properties));
    }

    /** For Declarative Services. */
    public synchronized void removeNode(Transport node) {
        nodes.remove(node);
    }

    @Override
    public String name() {
        return "node-owners";
    }

    @Override
    public synchronized List<Finding> examine() {
        Map<Network, Map<String, List<String>>> networks = new TreeMap<>();
        nodes.forEach((node, addresses) -> {
            if (node.network() != Network.EMBEDDED) {
                networks.computeIfAbsent(node.network(), none -> new TreeMap<>())
                        .put(node.name(), addresses);
            }
        });
        List<Finding> all = new ArrayList<>();
        networks.forEach((network, each) -> all.addAll(of(network, each)));
        return all;
    }

    private List<Finding> of(Network network, Map<String, List<String>> nodes) {
        List<Finding> all = new ArrayList<>();
        List<Map.Entry<String, List<String>>> each = List.copyOf(nodes.entrySet());
        for (int i = 0; i < each.size(); i++) {
            for (Map.Entry<String, List<String>> earlier : each.subList(0, i)) {
                together(earlier, each.get(i)).ifPresent(all::add);
            }
        }
        if (all.isEmpty()) {
            all.add(Finding.ok(name(), network.label() + ": " + here(nodes)));
        }
        return all;
    }

    private Optional<Finding> together(Map.Entry<String, List<String>> earlier, Map.Entry<String, List<String>> later) {
        String one = earlier.getKey();
        String other = later.getKey();
        List<String> ofOne = earlier.getValue();
        List<String> ofOther = later.getValue();
        Set<String> same = common(ofOne.stream(), ofOther);
        if (!same.isEmpty()) {
            return Optional.of(Finding.warning(
                    name(),
                    "nodes " + one + " and " + other + " are the same node, at " + String.join(", ", same)
                            + ": it is counted twice",
                    "partyline:node-remove " + other));
        }
        Set<String> hosts = common(
                hosts(ofOne).filter(host -> !isHere(host)), hosts(ofOther).toList());
        return hosts.isEmpty()
                ? Optional.empty()
                : Optional.of(Finding.warning(
                        name(),
                        "nodes " + one + " and " + other + " have the same address, " + String.join(", ", hosts)
                                + ": one operator runs both, so they cannot check each other",
                        "partyline:node-add, with someone else's node"));
    }

    private static Set<String> common(Stream<String> some, List<String> others) {
        return some.filter(others::contains).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> hosts(List<String> addresses) {
        return addresses.stream().map(NodeAddresses::host);
    }

    /** Behind an address of this machine there may be a node of the same person, or a tunnel to anyone's. */
    private static boolean isHere(String host) {
        return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
    }

    private static String here(Map<String, List<String>> nodes) {
        List<String> here = nodes.entrySet().stream()
                .filter(node -> hosts(node.getValue()).anyMatch(NodeOwnersCheck::isHere))
                .map(Map.Entry::getKey)
                .toList();
        return switch (here.size()) {
            case 0 -> "no node is on this machine: each one depends on whoever runs its address";
            case 1 -> "node " + here.get(0) + " is on this machine, or behind a tunnel";
            default ->
                "nodes " + String.join(", ", here)
                        + " are on this machine: count those without a tunnel as one operator's";
        };
    }
}
