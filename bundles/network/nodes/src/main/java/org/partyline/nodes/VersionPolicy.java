package org.partyline.nodes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.partyline.api.Network;
import org.partyline.api.nodes.JudgedNode;
import org.partyline.api.nodes.Judgement;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodePolicy;
import org.partyline.api.settings.NodeSettings;

/** Requires the configured minimum software version of a node's type. */
final class VersionPolicy implements NodePolicy {
    private final Supplier<NodeSettings> settings;

    VersionPolicy(Supplier<NodeSettings> settings) {
        this.settings = settings;
    }

    @Override
    public Map<String, Judgement> judge(Network network, List<JudgedNode> nodes) {
        NodeSettings now = settings.get();
        Map<String, Judgement> judgements = new HashMap<>();
        for (JudgedNode node : nodes) {
            int minimum = now.minimumVersion(node.transport().type());
            OptionalInt version = node.transport().version();
            if (version.isPresent() && version.getAsInt() < minimum) {
                judgements.put(
                        node.name(),
                        Judgement.unusable(
                                NodeFault.OLD_VERSION,
                                "it runs version " + version.getAsInt() + ", but " + NodeSettings.MINIMUM_VERSION
                                        + " is " + minimum + ": update it, or lower that setting"));
            }
        }
        return judgements;
    }
}
