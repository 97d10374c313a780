package org.partyline.nodes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Nodes.Sighting;
import org.partyline.api.store.Forgetful;
import org.partyline.api.transport.BlockRef;

/** Remembers the last packets that nodes reported, whoever sent them. A lock makes it forget which are ours. Thread-safe. */
final class RecentPackets implements Forgetful {
    static final int MOST = 200;
    /** Version and locator (PROTOCOL section 2). */
    private static final int START = 9;

    private final Map<Packet, Seen> packets = new LinkedHashMap<>();
    private final Set<TxId> ours = new LinkedHashSet<>();

    private record Packet(TxId transaction, String start) {}

    private record Seen(Network network, int bytes, boolean inBlock, Instant first) {}

    synchronized void saw(Network network, byte[] payload, TxId transaction, Optional<BlockRef> block, Instant now) {
        String start = HexFormat.of().formatHex(payload, 0, Math.min(START, payload.length));
        Packet packet = new Packet(transaction, start);
        Seen before = packets.get(packet);
        packets.put(
                packet, new Seen(network, payload.length, block.isPresent(), before == null ? now : before.first()));
        limit(packets.keySet());
    }

    /** A transaction carries messages of this server. */
    synchronized void sent(TxId transaction) {
        ours.add(transaction);
        limit(ours);
    }

    private static void limit(Set<?> all) {
        if (all.size() > MOST) {
            all.remove(all.iterator().next());
        }
    }

    /** The newest first. */
    synchronized List<Sighting> list() {
        List<Sighting> all = new ArrayList<>();
        packets.forEach((packet, seen) -> all.add(new Sighting(
                seen.network(),
                packet.transaction(),
                seen.bytes(),
                packet.start(),
                seen.inBlock(),
                seen.first(),
                ours.contains(packet.transaction()))));
        Collections.reverse(all);
        return all;
    }

    @Override
    public synchronized void forget() {
        ours.clear();
    }
}
