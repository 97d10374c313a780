package org.partyline.nodes;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.partyline.api.Network;
import org.partyline.api.nodes.JudgedNode;
import org.partyline.api.nodes.Judgement;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodePolicy;

/** Requires that a node shows what the others show: see {@link WithholdingDetector}. */
final class WithholdingPolicy implements NodePolicy {
    private final WithholdingDetector detector;
    private final Predicate<String> trusted;
    private final Clock clock;

    /** @param trusted the nodes whose reports count */
    WithholdingPolicy(WithholdingDetector detector, Predicate<String> trusted, Clock clock) {
        this.detector = detector;
        this.trusted = trusted;
        this.clock = clock;
    }

    @Override
    public Map<String, Judgement> judge(Network network, List<JudgedNode> nodes) {
        Map<String, Judgement> judgements = new HashMap<>();
        for (JudgedNode node : nodes) {
            // Its mempool is still being read after it came back.
            if (clock.instant().isBefore(node.readySince().plus(detector.patience()))) {
                continue;
            }
            List<String> complaints =
                    detector.complaints(node.name(), node.transport().policy(), trusted);
            if (!complaints.isEmpty()) {
                judgements.put(node.name(), Judgement.unusable(NodeFault.WITHHOLDS, String.join("; ", complaints)));
            }
        }
        return judgements;
    }
}
