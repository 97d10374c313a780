package org.partyline.nodes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.TxId;
import org.partyline.api.nodes.NodeFault;

/**
 * Compares the chains of one network's nodes: the block six below the lower tip must be the same, and no chain may be
 * far behind. It judges by majority, since a node can report anything; if two disagree, it can only guess, and says so.
 */
final class ChainComparison {
    /** Reorganisations do not get this deep by chance. */
    static final int DEPTH = 6;
    /** The maximum number of blocks that a node may be behind. */
    static final int MOST_BEHIND = 3;

    private final List<Sample> samples;
    private final List<Sample> ahead = new ArrayList<>();
    private final Map<String, Finding> findings = new LinkedHashMap<>();

    /** The blocks of a node's best chain. */
    @FunctionalInterface
    interface Chain {
        /** @return empty if there is none, or the node does not report it */
        Optional<TxId> at(int height);
    }

    /**
     * A node that answers.
     *
     * @param age older nodes have lower numbers
     * @param held whether it is quarantined now
     * @param height the height of its tip
     * @param tip the hash of its tip
     */
    record Sample(String name, int age, boolean held, int height, TxId tip, Chain chain) {}

    /** A problem of a node. @param reason one line */
    record Finding(NodeFault fault, String reason) {}

    private ChainComparison(List<Sample> samples) {
        this.samples = samples.stream()
                .sorted(Comparator.comparingInt(Sample::height).reversed())
                .toList();
    }

    /** The findings, by node name. */
    static Map<String, Finding> judge(List<Sample> samples) {
        ChainComparison agreement = new ChainComparison(samples);
        if (samples.size() > 1) {
            agreement.judge();
        }
        return agreement.findings;
    }

    private void judge() {
        List<Sample> believed = believed();
        int best = believed.get(0).height();
        List<Sample> current = believed.stream()
                .filter(sample -> best - sample.height() <= MOST_BEHIND)
                .toList();
        List<Sample> agreed = compare(current);
        for (Sample late : believed) {
            if (best - late.height() <= MOST_BEHIND) {
                continue;
            }
            if (isOnOtherChain(agreed, late, late.height() - DEPTH)) {
                findings.put(late.name(), otherChain(late.height() - DEPTH));
            } else {
                String than = believed.size() == 2
                        ? "the other node; with two nodes, it is uncertain which one is right"
                        : "the other nodes";
                findings.put(
                        late.name(),
                        new Finding(
                                NodeFault.BEHIND,
                                "it is at block " + late.height() + ", " + (best - late.height()) + " behind " + than));
            }
        }
        int common = agreed.stream().mapToInt(Sample::height).min().orElse(0) - DEPTH;
        for (Sample far : ahead) {
            if (isOnOtherChain(agreed, far, common)) {
                findings.put(far.name(), otherChain(common));
            }
        }
    }

    private static Finding otherChain(int height) {
        return new Finding(NodeFault.OTHER_CHAIN, "its block " + height + " is not that of the other nodes");
    }

    /**
     * All except those that claim a height and cannot show its block. Among three or more nodes, a single one does not
     * determine the height for the others, since it may invent its blocks.
     */
    private List<Sample> believed() {
        List<Sample> left = new ArrayList<>(samples);
        while (left.size() > 1 && left.get(0).height() - left.get(1).height() > MOST_BEHIND) {
            Sample top = left.get(0);
            boolean answers = top.chain().at(left.get(1).height()).isPresent();
            boolean shows = top.chain().at(top.height()).equals(Optional.of(top.tip()));
            if (!answers || shows) {
                break;
            }
            findings.put(
                    top.name(),
                    new Finding(
                            NodeFault.OTHER_CHAIN,
                            "it reports that the chain is at block " + top.height() + ", but cannot show it; "
                                    + (samples.size() == 2 ? "the other node is" : "the others are") + " at block "
                                    + left.get(1).height()));
            left.remove(0);
        }
        if (left.size() > 2 && left.get(0).height() - left.get(1).height() > MOST_BEHIND) {
            // A single node is not believed: the others are not compared with it.
            ahead.add(left.remove(0));
        }
        return left;
    }

    /** Compares nodes of about the same height; returns those whose chain counts. */
    private List<Sample> compare(List<Sample> nodes) {
        int height = nodes.stream().mapToInt(Sample::height).min().orElse(0) - DEPTH;
        if (height < 1 || nodes.size() < 2) {
            return nodes;
        }
        Map<TxId, List<Sample>> chains = new LinkedHashMap<>();
        for (Sample node : nodes) {
            node.chain()
                    .at(height)
                    .ifPresent(hash -> chains.computeIfAbsent(hash, block -> new ArrayList<>())
                            .add(node));
        }
        if (chains.size() < 2) {
            return nodes;
        }
        List<List<Sample>> ranked = new ArrayList<>(chains.values());
        int voters = ranked.stream().mapToInt(List::size).sum();
        ranked.sort(
                Comparator.comparingInt((List<Sample> chain) -> chain.size()).reversed());
        boolean majority = ranked.get(0).size() * 2 > voters;
        if (!majority) {
            ranked.sort(Comparator.comparing(
                            (List<Sample> chain) -> chain.stream().allMatch(Sample::held))
                    .thenComparing(chain ->
                            -chain.stream().mapToInt(Sample::height).max().getAsInt())
                    .thenComparing(
                            chain -> chain.stream().mapToInt(Sample::age).min().getAsInt()));
        }
        for (List<Sample> chain : ranked.subList(1, ranked.size())) {
            for (Sample node : chain) {
                findings.put(node.name(), new Finding(NodeFault.OTHER_CHAIN, other(height, majority, voters)));
            }
        }
        return ranked.get(0);
    }

    private static String other(int height, boolean majority, int voters) {
        String fact = "its block " + height + " is not that of " + (voters == 2 ? "the other node" : "the other nodes");
        if (majority) {
            return fact;
        }
        return fact
                + ", and there is no majority: it has the lower tip or was added later; it is uncertain which one is right";
    }

    private static boolean isOnOtherChain(List<Sample> agreed, Sample node, int height) {
        if (height < 1) {
            return false;
        }
        Optional<TxId> its = node.chain().at(height);
        for (Sample one : agreed) {
            Optional<TxId> known = one.chain().at(height);
            if (its.isPresent() && known.isPresent()) {
                return !its.equals(known);
            }
        }
        return false;
    }
}
