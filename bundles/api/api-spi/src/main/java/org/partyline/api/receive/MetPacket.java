package org.partyline.api.receive;

import java.time.Instant;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;

/**
 * A payload that was met on a network, and where. Everybody who watches that network can see the same.
 *
 * @param payload of an OP_RETURN output
 * @param transaction that carries it; the same payload may be met in another one later, for which nobody is asked again
 * @param block that it stood in when it was met; empty: it was in a mempool
 * @param met when it was met first by this server; for one in a block, when that was made. By this clock its times are to be judged
 */
public record MetPacket(Network network, byte[] payload, TxId transaction, Optional<BlockRef> block, Instant met) {
    public MetPacket {
        payload = payload.clone();
    }

    /** A copy. */
    @Override
    public byte[] payload() {
        return payload.clone();
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "MetPacket[" + payload.length + " bytes on " + network.label() + "]";
    }
}
