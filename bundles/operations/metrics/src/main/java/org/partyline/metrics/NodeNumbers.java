package org.partyline.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.partyline.api.Network;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.transport.NodeStatus;

/**
 * Provides numbers of nodes, numbered because a name may be a host name. The numbers are the rows of
 * {@code partyline:node-list}.
 */
final class NodeNumbers implements MetricSource {
    private static final List<String> STATES =
            List.of("starting", "syncing", "ready", "unreachable", "refused", "paused", "quarantined");

    @Override
    public void write(Sources sources, Page page) {
        List<Node> nodes = sources.find(Nodes.class).map(Nodes::list).orElse(List.of()).stream()
                .sorted(Comparator.comparing(Node::name))
                .toList();
        page.gauge(
                "nodes_usable",
                "Usable nodes on all networks.",
                nodes.stream().filter(node -> state(node).equals("ready")).count());
        states(nodes, page);
        for (int i = 0; i < nodes.size(); i++) {
            one(nodes.get(i), Integer.toString(i + 1), page);
        }
    }

    private static void states(List<Node> nodes, Page page) {
        Map<Network, Map<String, Long>> counts = new TreeMap<>();
        for (Node node : nodes) {
            counts.computeIfAbsent(node.network(), none -> new TreeMap<>()).merge(state(node), 1L, Long::sum);
        }
        counts.forEach((network, states) -> STATES.forEach(state -> page.gauge(
                "nodes",
                "Nodes by network and state.",
                states.getOrDefault(state, 0L),
                "network",
                network.label(),
                "state",
                state)));
    }

    private static void one(Node node, String number, Page page) {
        page.flag(
                "node_ready",
                "Whether a node can be used; numbers are the order of partyline:node-list.",
                state(node).equals("ready"),
                "network",
                node.network().label(),
                "node",
                number);
        node.status()
                .tip()
                .ifPresent(tip -> page.gauge("node_height", "Height of its best block.", tip.height(), "node", number));
        page.gauge(
                "node_mempool_transactions",
                "Transactions in its mempool, rounded down.",
                Steps.count(node.status().mempoolSize()),
                "node",
                number);
        page.gauge(
                "node_withheld_transactions",
                "Recent transactions that at least two other nodes showed but this one did not, rounded down.",
                Steps.of(node.shown().withheld(), 1),
                "node",
                number);
        Arrays.stream(NodeFault.values())
                .forEach(fault -> page.flag(
                        "node_fault",
                        "Whether it is quarantined, by reason.",
                        node.quarantine().filter(held -> held.fault() == fault).isPresent(),
                        "node",
                        number,
                        "fault",
                        fault.name().toLowerCase(Locale.ROOT)));
    }

    private static String state(Node node) {
        if (node.paused()) {
            return "paused";
        }
        return node.quarantine().isPresent() && node.status().state() == NodeStatus.State.READY
                ? "quarantined"
                : node.status().state().name().toLowerCase(Locale.ROOT);
    }
}
