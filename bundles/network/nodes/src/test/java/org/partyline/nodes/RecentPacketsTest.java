package org.partyline.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.Nodes.Sighting;
import org.partyline.api.transport.BlockRef;

class RecentPacketsTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final Optional<BlockRef> BLOCK = Optional.of(new BlockRef(7, TxId.of("00".repeat(32)), NOW));

    private final RecentPackets recent = new RecentPackets();

    private static TxId id(int number) {
        return TxId.of(String.format("%064x", number));
    }

    private void saw(int number, Optional<BlockRef> block) {
        byte[] payload = new byte[80];
        payload[0] = 2;
        payload[8] = (byte) number;
        recent.saw(Network.REGTEST, payload, id(number), block, NOW.plusSeconds(number));
    }

    @Test
    void theNewestPacketIsTheFirstAndEachIsThereOnce() {
        saw(1, Optional.empty());
        saw(2, Optional.empty());
        recent.saw(Network.REGTEST, new byte[80], id(2), Optional.empty(), NOW.plusSeconds(9));
        saw(1, BLOCK);
        assertEquals(3, recent.list().size());
        Sighting oldest = recent.list().get(2);
        assertEquals(id(1), oldest.transaction());
        assertTrue(oldest.inBlock());
        assertEquals(NOW.plusSeconds(1), oldest.seen());
        assertEquals(80, oldest.payload().length);
        assertEquals(1, oldest.payload()[8]);
    }

    @Test
    void theOldestAreForgotten() {
        for (int i = 0; i < 2 * RecentPackets.MOST; i++) {
            saw(i, Optional.empty());
        }
        assertEquals(RecentPackets.MOST, recent.list().size());
        assertEquals(id(2 * RecentPackets.MOST - 1), recent.list().get(0).transaction());
    }
}
