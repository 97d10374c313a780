package org.partyline.api.nodes;

import java.time.Instant;
import org.partyline.api.transport.Transport;

/**
 * A node that answers and is to be judged.
 *
 * @param transport for asking the node
 * @param age older nodes have lower numbers
 * @param isSetAside whether it is quarantined now
 * @param readySince since when it has answered without interruption
 */
public record JudgedNode(Transport transport, int age, boolean isSetAside, Instant readySince) {
    public String name() {
        return transport.name();
    }
}
