package org.partyline.engine.nodes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Nodes;
import org.partyline.api.settings.NodeSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the nodes from time to time, and sets aside those that are not to be believed: of another chain, behind, too old, or
 * silent about what others show. A node that is set aside is looked at again, and used again when the reason is gone.
 */
public final class NodeWatch {
    /** Longest time that a node may be without a block that others have. */
    public static final Duration MOST_LATE = Duration.ofMinutes(30);

    private static final int HEIGHTS = 32;
    private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

    private final NodeRegistry nodes;
    private final OperatorSettings settings;
    private final Clock clock;
    private final Listener listener;
    /** Nodes that were found wrong in the round before: blocks arrive at slightly different times, so once is no proof. */
    private final Set<String> suspects = new HashSet<>();
    /** Since when each node has been ready without a break. */
    private final Map<String, Instant> readySince = new HashMap<>();
    /** When heights were first reached by the best nodes. */
    private final Map<Network, TreeMap<Integer, Instant>> reached = new EnumMap<>(Network.class);

    /** Is told of nodes that are set aside, and used again. */
    public interface Listener {
        void quarantined(String node, Network network, Nodes.Quarantine why);

        void released(String node, Network network);
    }

    public NodeWatch(NodeRegistry nodes, OperatorSettings settings, Clock clock, Listener listener) {
        this.nodes = nodes;
        this.settings = settings;
        this.clock = clock;
        this.listener = listener;
    }

    /** Compares the nodes; asks them, so it may take a while. */
    public void round() {
        try {
            Set<String> present = nodes.presentNames();
            readySince.keySet().retainAll(present);
            suspects.retainAll(present);
            for (Network network : nodes.networks()) {
                judge(network);
            }
        } catch (RuntimeException | Error e) {
            // Not let out: it would end all rounds to come.
            LOG.error("the nodes could not be compared in this round", e);
        }
    }

    private void judge(Network network) {
        List<NodeRegistry.Present> present = nodes.present(network);
        Map<String, ChainComparison.Finding> chains = chains(network, present);
        for (NodeRegistry.Present node : present) {
            String name = node.transport().name();
            readySince.putIfAbsent(name, clock.instant());
            Optional<ChainComparison.Finding> finding = Optional.ofNullable(chains.get(name));
            if (finding.isEmpty()) {
                suspects.remove(name);
            } else if (suspects.add(name) && !nodes.quarantine().holds(name)) {
                finding = Optional.empty();
            }
            settle(node, finding.or(() -> version(node.transport())).or(() -> withholding(node.transport())));
        }
    }

    private void settle(NodeRegistry.Present node, Optional<ChainComparison.Finding> finding) {
        String name = node.transport().name();
        QuarantinedNodes quarantine = nodes.quarantine();
        if (finding.isPresent()) {
            if (quarantine.hold(name, finding.get().fault(), finding.get().reason())) {
                LOG.warn("node '{}' is set aside: {}", name, finding.get().reason());
                listener.quarantined(
                        name, node.transport().network(), quarantine.of(name).orElseThrow());
            }
        } else if (quarantine
                        .of(name)
                        .filter(held -> !clock.instant()
                                .isBefore(
                                        held.since().plus(settings.get().nodes().quarantine())))
                        .isPresent()
                && quarantine.release(name)) {
            LOG.info("node '{}' is used again", name);
            listener.released(name, node.transport().network());
        }
    }

    // ---- chains

    private Map<String, ChainComparison.Finding> chains(Network network, List<NodeRegistry.Present> present) {
        List<ChainComparison.Sample> samples = new ArrayList<>();
        for (NodeRegistry.Present node : present) {
            Optional<BlockRef> tip = node.transport().status().tip();
            if (tip.isPresent()) {
                samples.add(new ChainComparison.Sample(
                        node.transport().name(),
                        node.age(),
                        nodes.quarantine().holds(node.transport().name()),
                        tip.get().height(),
                        tip.get().hash(),
                        height -> blockAt(node.transport(), height)));
            }
        }
        Map<String, ChainComparison.Finding> findings = ChainComparison.judge(samples);
        late(network, samples, findings);
        return findings;
    }

    private static Optional<TxId> blockAt(Transport node, int height) {
        try {
            return node.blockAt(height).map(BlockRef::hash);
        } catch (NodeUnavailableException e) {
            LOG.debug("a node does not tell its block: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Finds nodes that have been without a block for long, though they are not many blocks behind. */
    private void late(
            Network network, List<ChainComparison.Sample> samples, Map<String, ChainComparison.Finding> findings) {
        TreeMap<Integer, Instant> times = reached.computeIfAbsent(network, none -> new TreeMap<>());
        List<Integer> heights = samples.stream()
                .filter(sample -> !findings.containsKey(sample.name()))
                .map(ChainComparison.Sample::height)
                .sorted(java.util.Comparator.reverseOrder())
                .toList();
        if (heights.size() < 2) {
            return;
        }
        // One of three nodes or more sets no height alone.
        int best = heights.get(heights.size() > 2 ? 1 : 0);
        if (!times.isEmpty() && best < times.lastKey()) {
            times.tailMap(best, false).clear();
        }
        times.putIfAbsent(best, clock.instant());
        while (times.size() > HEIGHTS) {
            times.pollFirstEntry();
        }
        for (ChainComparison.Sample sample : samples) {
            Map.Entry<Integer, Instant> next = times.higherEntry(sample.height());
            if (next != null
                    && next.getKey() <= best
                    && !findings.containsKey(sample.name())
                    && clock.instant().isAfter(next.getValue().plus(MOST_LATE))) {
                findings.put(
                        sample.name(),
                        new ChainComparison.Finding(
                                Nodes.Fault.BEHIND,
                                "it has been without block " + (sample.height() + 1) + " for more than "
                                        + MOST_LATE.toMinutes() + " minutes"));
            }
        }
    }

    // ---- software and mempool

    private Optional<ChainComparison.Finding> version(Transport node) {
        int minimum = settings.get().nodes().minimumVersion(node.type());
        OptionalInt version = node.version();
        return version.isPresent() && version.getAsInt() < minimum
                ? Optional.of(new ChainComparison.Finding(
                        Nodes.Fault.OLD_VERSION,
                        "it runs version " + version.getAsInt() + ", and " + NodeSettings.MINIMUM_VERSION + " is "
                                + minimum + ": update it, or lower that setting"))
                : Optional.empty();
    }

    private Optional<ChainComparison.Finding> withholding(Transport node) {
        // Just after it came back its mempool is still being read.
        if (clock.instant()
                .isBefore(readySince
                        .get(node.name())
                        .plus(nodes.withholdingDetector().patience()))) {
            return Optional.empty();
        }
        List<String> complaints = nodes.withholdingDetector()
                .complaints(
                        node.name(), node.policy(), name -> !nodes.quarantine().holds(name));
        return complaints.isEmpty()
                ? Optional.empty()
                : Optional.of(new ChainComparison.Finding(Nodes.Fault.WITHHOLDS, String.join("; ", complaints)));
    }
}
