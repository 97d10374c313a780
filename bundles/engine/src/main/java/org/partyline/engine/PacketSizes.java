package org.partyline.engine;

import java.util.List;
import org.partyline.api.Network;
import org.partyline.api.packet.Packets;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.Transport;

/** How large packets may be: what nodes carry, what is configured, and what cover traffic asks for. */
final class PacketSizes {
    /** The smallest packet that has room for a signature and for words. */
    static final int SIGNED_BUCKET = 128;

    private final Core core;

    PacketSizes(Core core) {
        this.core = core;
    }

    /** The largest packet that every usable node of a network relays, within the configured one; 0 when none is relayed. */
    int maxBucket(Network network) {
        int limit = Math.min(core.settings.get().maxBucket(), carried(network));
        return Packets.BUCKETS.stream()
                .filter(b -> b <= limit)
                .max(Integer::compare)
                .orElse(0);
    }

    private int carried(Network network) {
        List<Transport> ready = core.nodes.ready(network);
        return ready.isEmpty()
                ? RelayPolicy.CONSERVATIVE.maxPayload()
                : ready.stream()
                        .mapToInt(node -> node.policy().maxPayload())
                        .min()
                        .getAsInt();
    }

    /**
     * The largest packet for a message: a signed one may take 128 bytes where nodes carry them, as 80 have no room for the
     * signature and words.
     */
    private int bucketFor(Network network, boolean signed) {
        int bucket = maxBucket(network);
        return signed && bucket < SIGNED_BUCKET && carried(network) >= SIGNED_BUCKET ? SIGNED_BUCKET : bucket;
    }

    /** The sizes of a persona's packets: with cover traffic none is small. */
    Room room(int persona, Network network, boolean signed) throws StoreException {
        int most = bucketFor(network, signed);
        return core.store.transact(tx -> new Room(CoverRunner.leastSize(tx, persona, most), most));
    }
}
