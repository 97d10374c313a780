package org.partyline.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.messaging.kernel.Unlocked;
import org.partyline.messaging.scan.PacketId;
import org.partyline.ratchet.ChannelKeySchedule;
import org.partyline.ratchet.PartylineChains;

/** What is remembered of packets is bounded, whatever the network shows. */
class MemoryTest {
    private static final int MOST = 65_536;

    private final Unlocked unlocked =
            new Unlocked(TestServer.make(ChannelKeySchedule.class), TestServer.make(PartylineChains.class));

    @AfterEach
    void close() {
        unlocked.close();
    }

    private static PacketId packet(int number) {
        return new PacketId(ByteBuffer.allocate(32).putInt(number).array());
    }

    @Test
    void theOldestOfVeryManyPacketsThatWereHandledIsForgotten() {
        for (int i = 0; i <= MOST; i++) {
            unlocked.packets.setHandled(packet(i));
            unlocked.packets.setHandled(packet(i));
        }
        assertFalse(unlocked.packets.wasHandled(packet(0)));
        assertTrue(unlocked.packets.wasHandled(packet(1)));
        assertTrue(unlocked.packets.wasHandled(packet(MOST)));
    }

    @Test
    void theOldestOfVeryManyPacketsThatWereRefusedIsForgotten() {
        for (int i = 0; i <= MOST; i++) {
            unlocked.packets.setRefused(packet(i), false);
        }
        assertFalse(unlocked.packets.wasRefused(packet(0), false));
        assertTrue(unlocked.packets.wasRefused(packet(1), false));
        assertFalse(unlocked.packets.wasRefused(packet(1), true), "by a block's clock it may be right");
    }
}
