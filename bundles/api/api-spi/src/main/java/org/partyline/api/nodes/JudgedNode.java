package org.partyline.api.nodes;

import java.time.Instant;
import org.partyline.api.transport.Transport;

/**
 * A node that answers and is to be judged.
 *
 * @param transport it can be asked
 * @param age nodes that came earlier have lower numbers
 * @param isSetAside whether it is set aside now
 * @param readySince since when it has answered without a break
 */
public record JudgedNode(Transport transport, int age, boolean isSetAside, Instant readySince) {
    public String name() {
        return transport.name();
    }
}
