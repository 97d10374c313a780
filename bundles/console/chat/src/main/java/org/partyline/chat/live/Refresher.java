package org.partyline.chat.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.chat.model.Status;
import org.partyline.chat.text.Words;

/** Collects the data of the status line. */
final class Refresher {
    private final Services services;
    private final Words words;

    Refresher(Services services, Words words) {
        this.services = services;
        this.words = words;
    }

    /**
     * @param persona whose cover traffic to show; empty if not known yet
     * @param network of the open conversation, whose fee is shown; empty for all
     */
    Status look(Optional<String> persona, Optional<Network> network) {
        Status.Store store = store();
        List<Nodes.Node> nodes = services.nodes().map(Nodes::list).orElse(List.of());
        Set<String> ready = nodes.stream()
                .filter(Refresher::isReady)
                .map(node -> words.line(node.name()))
                .collect(Collectors.toSet());
        return new Status(
                store,
                ready,
                nodes.size(),
                fee(
                        nodes.stream()
                                .filter(Refresher::isReady)
                                .map(Nodes.Node::name)
                                .collect(Collectors.toSet()),
                        network),
                cipher(),
                store == Status.Store.OPEN ? cover(persona) : "",
                services.messages().map(Messages::carriers).orElse(List.of()).stream()
                        .map(Messages.Carrier::id)
                        .toList(),
                away(),
                nodes.stream()
                        .filter(Refresher::isReady)
                        .filter(node -> network.map(node.network()::equals).orElse(false))
                        .flatMap(node -> node.status().tip().stream())
                        .mapToInt(BlockRef::height)
                        .max()
                        .orElse(0),
                store == Status.Store.OPEN ? warnings() : List.of());
    }

    /** Returns the server's warnings without the reasons: the bar has one row. */
    private List<String> warnings() {
        return services.vault().map(Vault::warnings).orElse(List.of()).stream()
                .map(warning -> words.line(warning.split("[,:(]", 2)[0].strip()))
                .toList();
    }

    /**
     * Returns the fee rate of the next message, as fee-status shows it: every ready node must relay it, if its minimum
     * allows that.
     */
    private String fee(Set<String> ready, Optional<Network> network) {
        List<Fees.FeeStatus> all = services.fees().map(Fees::status).orElse(List.of()).stream()
                .filter(status -> ready.contains(status.node()))
                .filter(status -> network.map(status.network()::equals).orElse(true))
                .toList();
        Optional<FeeRate> paid = all.stream()
                .filter(status -> status.refusal().isEmpty())
                .map(Fees.FeeStatus::rate)
                .max(Comparator.naturalOrder());
        return paid.map(FeeRate::toString)
                .or(() -> all.stream()
                        .map(Fees.FeeStatus::floor)
                        .min(Comparator.naturalOrder())
                        .map(floor -> "nothing sent: the floor is " + floor))
                .orElse("");
    }

    private Status.Store store() {
        return services.vault()
                .map(vault -> vault.state() == Store.State.OPEN
                        ? Status.Store.OPEN
                        : vault.state() == Store.State.NEW ? Status.Store.NONE : Status.Store.LOCKED)
                .orElse(Status.Store.NONE);
    }

    private static boolean isReady(Nodes.Node node) {
        return !node.paused() && node.quarantine().isEmpty() && node.status().state() == NodeStatus.State.READY;
    }

    private String cipher() {
        return services.suites().map(Suites::list).orElse(List.of()).stream()
                .filter(suite -> suite.kind().equals("aead")
                        && suite.available()
                        && suite.allowed()
                        && suite.seals()
                        && suite.rank() > 0)
                .findFirst()
                .map(suite -> words.line(suite.name()).toLowerCase(Locale.ROOT).replace("_", "-"))
                .orElse("");
    }

    private String cover(Optional<String> persona) {
        try {
            Optional<Cover> cover = services.cover();
            if (cover.isEmpty()) {
                return "";
            }
            for (Cover.Status status : cover.get().status()) {
                if (status.running() && persona.equals(Optional.of(status.persona()))) {
                    return "one in " + minutes(status.mean());
                }
            }
            return "";
        } catch (PartylineException | UnavailableException e) {
            // It was locked at this moment.
            return "";
        }
    }

    private static String minutes(Duration mean) {
        return mean.toMinutes() > 0 && mean.toSecondsPart() == 0 ? mean.toMinutes() + " m" : mean.toSeconds() + " s";
    }

    private List<String> away() {
        List<String> away = new ArrayList<>();
        if (services.messages().isEmpty()) {
            away.add("the message service is not running");
        }
        if (services.channels().isEmpty()) {
            away.add("the channel service is not running");
        }
        if (services.contacts().isEmpty()) {
            away.add("the contact service is not running");
        }
        if (services.nodes().isEmpty()) {
            away.add("the node service is not running");
        }
        return away;
    }
}
