package org.partyline.nodes;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Nodes.Sighting;
import org.partyline.api.transport.BlockRef;

/** Remembers the last packets that nodes reported, whoever sent them. Thread-safe. */
final class RecentPackets {
    static final int MOST = 200;

    private final Map<Packet, Seen> packets = new LinkedHashMap<>();

    private record Packet(TxId transaction, ByteBuffer payload) {}

    private record Seen(Network network, boolean inBlock, Instant first) {}

    synchronized void saw(Network network, byte[] payload, TxId transaction, Optional<BlockRef> block, Instant now) {
        Packet packet = new Packet(transaction, ByteBuffer.wrap(payload.clone()));
        Seen before = packets.get(packet);
        packets.put(packet, new Seen(network, block.isPresent(), before == null ? now : before.first()));
        if (packets.size() > MOST) {
            packets.remove(packets.keySet().iterator().next());
        }
    }

    /** The newest first. */
    synchronized List<Sighting> list() {
        List<Sighting> all = new ArrayList<>();
        packets.forEach((packet, seen) -> all.add(new Sighting(
                seen.network(), packet.transaction(), packet.payload().array().clone(), seen.inBlock(), seen.first())));
        Collections.reverse(all);
        return all;
    }
}
