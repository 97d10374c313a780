package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Outages;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;
import org.partyline.api.transport.NodeStatus;

/** Checks the nodes: whether there are several, usable and safely reached, and whether they withhold transactions. */
final class NodesCheck implements HealthCheck {
    private static final String SILENT = "does not answer";
    private final DoctorSources sources;

    NodesCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "nodes";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        List<Node> nodes = sources.need(Nodes.class).list();
        List<Finding> all = new ArrayList<>(idle(sources.need(Nodes.class).idle()));
        if (nodes.isEmpty()) {
            if (all.isEmpty()) {
                all.add(none());
            }
            return all;
        }
        if (nodes.stream().noneMatch(NodesCheck::mayWork)) {
            all.add(Finding.unsafe(
                    name(), "no node can be used now: nothing is sent or received", "partyline:node-list"));
        }
        nodes.forEach(node -> all.addAll(one(node)));
        Map<Network, Integer> usable = new TreeMap<>();
        nodes.stream().filter(NodesCheck::isUsed).forEach(node -> usable.merge(node.network(), 1, Integer::sum));
        usable.forEach((network, number) -> all.add(number(network, number)));
        return all;
    }

    /** Before there is a store, a server need not have nodes. */
    private Finding none() {
        String what = "there is no node: nothing is sent or received";
        return isNew()
                ? Finding.warning(name(), what, "partyline:setup")
                : Finding.unsafe(name(), what, "partyline:node-add");
    }

    private boolean isNew() {
        try {
            return sources.need(Vault.class).state() == Store.State.NEW;
        } catch (PartylineException | UnavailableException e) {
            return false;
        }
    }

    /** Nodes that are configured but not running. */
    private List<Finding> idle(List<Nodes.Idle> idle) {
        return idle.stream()
                .map(node -> {
                    String what = "node " + node.name() + " is configured but not running: ";
                    return isStopped(node.bundle())
                            ? Finding.unsafe(
                                    name(),
                                    what + "bundle " + node.bundle() + " is not running",
                                    "bundle:start " + node.bundle())
                            : Finding.unsafe(
                                    name(),
                                    what + "a value in its file is invalid: see the log",
                                    "partyline:node-remove " + node.name() + ", then partyline:node-add again");
                })
                .toList();
    }

    private boolean isStopped(String bundle) {
        try {
            return sources.need(Outages.class).list().stream()
                    .anyMatch(outage -> outage.bundle().equals(bundle));
        } catch (PartylineException | UnavailableException e) {
            return true;
        }
    }

    /** Whether it is used, or will be without intervention. */
    private static boolean mayWork(Node node) {
        NodeStatus.State state = node.status().state();
        return !node.paused()
                && node.quarantine().isEmpty()
                && state != NodeStatus.State.UNREACHABLE
                && state != NodeStatus.State.REFUSED;
    }

    private static boolean isUsed(Node node) {
        return !node.paused() && node.quarantine().isEmpty() && node.status().state() == NodeStatus.State.READY;
    }

    private Finding number(Network network, int number) {
        if (network.isPlay() || number > 1) {
            return Finding.ok(
                    name(), network.label() + ": " + number + (number == 1 ? " node" : " nodes") + " can be used");
        }
        return Finding.warning(
                name(),
                network.label()
                        + ": only one node can be used; it alone learns which packets are yours, and could withhold "
                        + "packets unnoticed",
                "partyline:node-add, with someone else's node");
    }

    private List<Finding> one(Node node) {
        List<Finding> all = new ArrayList<>();
        String named = "node " + node.name();
        node.quarantine()
                .ifPresent(held -> all.add(Finding.warning(
                        name(), named + " is quarantined: " + held.reason(), "partyline:node-status " + node.name())));
        if (node.shown().withheldOurs() > 0) {
            all.add(Finding.unsafe(
                    name(),
                    named + " never showed " + node.shown().withheldOurs()
                            + " of your transactions that other nodes showed",
                    "partyline:node-remove " + node.name() + ", if this continues"));
        }
        NodeStatus.State state = node.status().state();
        if (state == NodeStatus.State.REFUSED) {
            all.add(Finding.unsafe(
                    name(),
                    named + " cannot be used: " + without(named, node.status().detail()),
                    "partyline:node-status " + node.name()));
        } else if (state == NodeStatus.State.UNREACHABLE) {
            String detail = without(named, node.status().detail());
            all.add(Finding.warning(
                    name(),
                    detail.startsWith(SILENT)
                            ? named + " " + detail
                            : named + " " + SILENT + (detail.isEmpty() ? "" : ": " + detail),
                    "partyline:node-status " + node.name()));
        } else if (state == NodeStatus.State.READY) {
            all.add(route(node, named));
            if (!node.status().detail().isEmpty()) {
                all.add(Finding.warning(name(), node.status().detail(), "partyline:node-status " + node.name()));
            }
            if (node.status().isAlone()) {
                all.add(alone(node, named));
            }
        }
        return all;
    }

    /** A node's own message begins with its name, which must not be repeated. */
    private static String without(String named, String detail) {
        return detail.startsWith(named + " ") || detail.startsWith(named + ": ")
                ? detail.substring(named.length() + 1).strip()
                : detail;
    }

    /** A transaction handed to it reaches nobody, and it receives nothing. A private network may have only one node. */
    private Finding alone(Node node, String named) {
        if (node.network().isPlay()) {
            return Finding.ok(
                    name(), named + " has no peers: only users of the same node receive what is sent " + "through it");
        }
        return Finding.unsafe(
                name(),
                named + " has no peers: transactions it sends reach no one, and it receives nothing new",
                "partyline:node-status " + node.name()
                        + ", then check that node's network connection (Bitcoin Core: getnetworkinfo)");
    }

    /**
     * Peer connections are unencrypted: without Tor, an observer of the line sees that a transaction originates here.
     */
    private Finding route(Node node, String named) {
        String route = node.status().route();
        if (route.equals("direct") && !node.network().isPlay()) {
            return Finding.unsafe(
                    name(),
                    named
                            + " is reached without a proxy: your provider and each peer can see that your "
                            + "transactions start here",
                    "partyline:config network.proxy 127.0.0.1:9050, if Tor listens there");
        }
        return Finding.ok(name(), named + (route.isEmpty() ? " is ready" : " is ready, reached " + route));
    }
}
