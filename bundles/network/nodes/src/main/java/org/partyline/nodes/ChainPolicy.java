package org.partyline.nodes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.nodes.JudgedNode;
import org.partyline.api.nodes.Judgement;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodePolicy;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requires that a node is on the same chain as the others, and not behind: see {@link ChainComparison}. */
final class ChainPolicy implements NodePolicy {
    /** The longest time that a node may lack a block that others have. */
    static final Duration MOST_LATE = Duration.ofMinutes(30);

    private static final int HEIGHTS = 32;
    private static final Logger LOG = LoggerFactory.getLogger(ChainPolicy.class);

    private final Clock clock;
    /**
     * Nodes that failed the previous round: blocks arrive at slightly different times, so a single failure proves
     * nothing.
     */
    private final Map<Network, Set<String>> suspects = new EnumMap<>(Network.class);
    /** When the best nodes first reached each height. */
    private final Map<Network, TreeMap<Integer, Instant>> reached = new EnumMap<>(Network.class);

    ChainPolicy(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Map<String, Judgement> judge(Network network, List<JudgedNode> nodes) {
        Set<String> suspected = suspects.computeIfAbsent(network, none -> new HashSet<>());
        suspected.retainAll(nodes.stream().map(JudgedNode::name).collect(Collectors.toSet()));
        Map<String, ChainComparison.Finding> findings = findings(network, nodes);
        Map<String, Judgement> judgements = new HashMap<>();
        for (JudgedNode node : nodes) {
            ChainComparison.Finding finding = findings.get(node.name());
            if (finding == null) {
                suspected.remove(node.name());
            } else if (!suspected.add(node.name()) || node.isSetAside()) {
                judgements.put(node.name(), Judgement.unusable(finding.fault(), finding.reason()));
            }
        }
        return judgements;
    }

    private Map<String, ChainComparison.Finding> findings(Network network, List<JudgedNode> nodes) {
        List<ChainComparison.Sample> samples = new ArrayList<>();
        for (JudgedNode node : nodes) {
            Optional<BlockRef> tip = node.transport().status().tip();
            if (tip.isPresent()) {
                samples.add(new ChainComparison.Sample(
                        node.name(),
                        node.age(),
                        node.isSetAside(),
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
            LOG.debug("a node does not report its block: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Finds nodes that have lacked a block for a long time, although they are not many blocks behind. */
    private void late(
            Network network, List<ChainComparison.Sample> samples, Map<String, ChainComparison.Finding> findings) {
        TreeMap<Integer, Instant> times = reached.computeIfAbsent(network, none -> new TreeMap<>());
        List<Integer> heights = samples.stream()
                .filter(sample -> !findings.containsKey(sample.name()))
                .map(ChainComparison.Sample::height)
                .sorted(Comparator.reverseOrder())
                .toList();
        if (heights.size() < 2) {
            return;
        }
        // Among three or more nodes, a single one does not determine the height.
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
                                NodeFault.BEHIND,
                                "it has been without block " + (sample.height() + 1) + " for more than "
                                        + MOST_LATE.toMinutes() + " minutes"));
            }
        }
    }
}
