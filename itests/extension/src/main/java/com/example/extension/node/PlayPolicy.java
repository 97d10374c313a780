package com.example.extension.node;

import com.example.extension.Edition;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.Network;
import org.partyline.api.nodes.JudgedNode;
import org.partyline.api.nodes.Judgement;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodePolicy;

/** Quarantines play-money nodes: those of the network in this process. */
@Component
public final class PlayPolicy implements NodePolicy {
    @Override
    public Map<String, Judgement> judge(Network network, List<JudgedNode> nodes) {
        if (network != Network.EMBEDDED) {
            return Map.of();
        }
        return nodes.stream()
                .collect(Collectors.toMap(
                        JudgedNode::name,
                        node -> Judgement.unusable(
                                NodeFault.OTHER, "it only plays (edition " + Edition.number() + ")")));
    }
}
