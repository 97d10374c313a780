package org.partyline.shell.node;

import java.util.List;
import java.util.Locale;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Nodes.Quarantine;
import org.partyline.api.transport.NodeStatus;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.KeyValueView;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;

/** Formats nodes for the console. */
public final class NodeText {
    private NodeText() {}

    static Table.Cell state(Node node) {
        if (node.paused()) {
            return new Table.Cell("paused", Style.WARN);
        }
        if (node.quarantine().isPresent()) {
            return new Table.Cell("quarantined", Style.BAD);
        }
        NodeStatus.State state = node.status().state();
        if (state == NodeStatus.State.READY && !node.status().detail().isEmpty()) {
            return new Table.Cell("degraded", Style.WARN);
        }
        Style style = switch (state) {
            case READY -> Style.GOOD;
            case STARTING, SYNCING -> Style.WARN;
            case UNREACHABLE, REFUSED -> Style.BAD;
        };
        return new Table.Cell(state.name().toLowerCase(Locale.ROOT), style);
    }

    static String height(Node node) {
        return node.status().tip().map(tip -> String.valueOf(tip.height())).orElse("-");
    }

    static String mempool(Node node) {
        return node.status().mempoolSize() < 0 ? "-" : Units.count(node.status().mempoolSize(), "tx");
    }

    private static String detail(Node node) {
        return node.quarantine()
                .map(Quarantine::reason)
                .orElse(
                        !node.status().isAlone()
                                ? node.status().detail()
                                : node.status().detail().isEmpty()
                                        ? "no peers"
                                        : "no peers; " + node.status().detail());
    }

    /** Returns what others reported and this node did not. */
    private static String withheld(Nodes.Shown shown) {
        if (shown.compared() == 0) {
            return "- (no transaction was seen by two other nodes recently)";
        }
        return shown.withheld() + " of " + Units.count(shown.compared(), "transaction")
                + " recently seen by two other nodes; " + shown.withheldOurs() + " of ours";
    }

    /** Prints a line for each node. */
    public static void table(Console console, List<Node> nodes, List<Nodes.Idle> idle) {
        Table table = new Table()
                .column("NODE")
                .column("TYPE")
                .column("NETWORK")
                .column("STATE")
                .number("HEIGHT")
                .number("MEMPOOL")
                .number("RECEIVED")
                .number("OURS")
                .words("DETAIL");
        for (Node node : nodes) {
            table.row(
                    Table.Cell.of(node.name(), Style.BOLD),
                    node.type(),
                    node.network().label(),
                    state(node),
                    height(node),
                    mempool(node),
                    Units.count(node.transactionsReceived(), "tx"),
                    Units.count(node.packetsFound(), "packet"),
                    detail(node));
        }
        if (!nodes.isEmpty() || idle.isEmpty()) {
            table.print(console, "No nodes: add one with partyline:node-add NAME --type embedded.");
        }
        idle.forEach(node -> console.paragraph(
                Style.WARN,
                "Node " + Sanitizer.line(node.name()) + " is configured but not running: check bundle " + node.bundle()
                        + " (bundle:start " + node.bundle() + ") and the log."));
    }

    /** Prints all details of one node. */
    static void details(Console console, Node node) {
        KeyValueView view = new KeyValueView(console)
                .add("Node", Sanitizer.line(node.name()))
                .add("Type", Sanitizer.line(node.type()))
                .add("Network", node.network().label())
                .add("State", console.paint(state(node).style(), state(node).text()));
        node.quarantine()
                .ifPresent(held -> view.add(
                                "Quarantined",
                                "since " + Units.time(held.since()) + " UTC, "
                                        + held.fault()
                                                .name()
                                                .toLowerCase(Locale.ROOT)
                                                .replace('_', ' '))
                        .add("Why", Sanitizer.line(held.reason())));
        if (!node.status().detail().isEmpty()) {
            view.add("Detail", Sanitizer.line(node.status().detail()));
        }
        view.add(
                "Software",
                node.status().software().isEmpty()
                        ? "-"
                        : Sanitizer.line(node.status().software()));
        view.add(
                "Tip",
                node.status()
                        .tip()
                        .map(tip -> tip.height() + "  " + tip.hash() + "  " + Units.time(tip.time()) + " UTC")
                        .orElse("-"));
        view.add("Mempool", mempool(node))
                .add("Latency", node.status().latency().map(Units::duration).orElse("-"))
                .add(
                        "Peers",
                        node.status().peers().isPresent()
                                ? String.valueOf(node.status().peers().getAsInt())
                                : "-")
                .add(
                        "Route",
                        node.status().route().isEmpty()
                                ? "-"
                                : Sanitizer.line(node.status().route()))
                .add("New transactions by", Sanitizer.line(node.status().notifications()))
                .add(
                        "Carries",
                        Units.count(node.policy().maxOutputs(), "output") + " of at most "
                                + Units.count(node.policy().maxPayload(), "byte") + ", from "
                                + node.policy().minRelayFee())
                .add("Received", Units.count(node.transactionsReceived(), "transaction") + " since the start")
                .add(
                        "Ours",
                        Units.count(node.packetsFound(), "packet") + " first seen by this node"
                                + (node.packetsFound() == 0 ? "" : ", " + Math.round(100 * node.share()) + " % of all"))
                .add("Withheld", withheld(node.shown()))
                .print();
    }
}
