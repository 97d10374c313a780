package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.scan.Candidate;

/** The groups of packets that were collected while the store was locked. */
class SharesTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final TxId SOME = TxId.ofBytes(new byte[TxId.LENGTH]);

    private static long share(Network network, Optional<BlockRef> block, Instant arrived) {
        return Shares.of(Candidate.of(network, new byte[80], SOME, block, arrived, "a"));
    }

    @Test
    void aBlockIsAShareOfItsNetwork() {
        for (int height : new int[] {0, 1, 870_000, Integer.MAX_VALUE}) {
            long share = share(Network.SIGNET, Optional.of(new BlockRef(height, SOME, NOON)), NOON);
            assertTrue(Shares.isBlock(share));
            assertEquals(height, Shares.height(share));
            assertTrue(Shares.isOn(share, Network.SIGNET));
            assertFalse(Shares.isOn(share, Network.REGTEST));
        }
    }

    @Test
    void tenMinutesOfAMempoolAreAShareOfItsNetwork() {
        long share = share(Network.SIGNET, Optional.empty(), NOON);
        assertFalse(Shares.isBlock(share));
        assertTrue(Shares.isOn(share, Network.SIGNET));
        assertFalse(Shares.isOn(share, Network.REGTEST));
        assertEquals(share, share(Network.SIGNET, Optional.empty(), NOON.plus(Duration.ofMinutes(9))));
        assertNotEquals(share, share(Network.SIGNET, Optional.empty(), NOON.plus(Duration.ofMinutes(10))));
        assertNotEquals(share, share(Network.REGTEST, Optional.empty(), NOON));
    }
}
