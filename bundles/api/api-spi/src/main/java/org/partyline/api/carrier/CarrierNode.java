package org.partyline.api.carrier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.partyline.api.transport.RelayPolicy;

/** A node that is ready. @param policy what it relays */
public record CarrierNode(String name, RelayPolicy policy) {
    /** Those that carry a packet; all of them where none does. @param bytes its size */
    public static List<CarrierNode> carrying(List<CarrierNode> nodes, int bytes) {
        List<CarrierNode> able = nodes.stream()
                .filter(node -> node.policy().maxPayload() >= bytes)
                .toList();
        return able.isEmpty() ? nodes : able;
    }

    /** With the one first that is named as a wallet that paid: it is the last to keep a transaction of its own to itself. */
    public static List<CarrierNode> first(String wallet, List<CarrierNode> nodes) {
        List<CarrierNode> ordered = new ArrayList<>(nodes);
        ordered.sort(Comparator.comparing(node -> !node.name().equals(wallet)));
        return ordered;
    }
}
