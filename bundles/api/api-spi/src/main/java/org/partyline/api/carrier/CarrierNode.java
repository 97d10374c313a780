package org.partyline.api.carrier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.partyline.api.transport.RelayPolicy;

/** A node that is ready. @param policy what it relays */
public record CarrierNode(String name, RelayPolicy policy) {
    /** Those nodes that relay a packet; all of them if none does. @param bytes its size */
    public static List<CarrierNode> carrying(List<CarrierNode> nodes, int bytes) {
        List<CarrierNode> able = nodes.stream()
                .filter(node -> node.policy().maxPayload() >= bytes)
                .toList();
        return able.isEmpty() ? nodes : able;
    }

    /** Puts the node of the wallet that paid first: it is the least likely to withhold its own transaction. */
    public static List<CarrierNode> first(String wallet, List<CarrierNode> nodes) {
        List<CarrierNode> ordered = new ArrayList<>(nodes);
        ordered.sort(Comparator.comparing(node -> !node.name().equals(wallet)));
        return ordered;
    }
}
