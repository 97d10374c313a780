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

    private final Unlocked memory =
            new Unlocked(TestServer.make(ChannelKeySchedule.class), TestServer.make(PartylineChains.class));

    @AfterEach
    void close() {
        memory.close();
    }

    private static PacketId packet(int number) {
        return new PacketId(ByteBuffer.allocate(32).putInt(number).array());
    }

    @Test
    void theOldestOfVeryManyPacketsThatWereHandledIsForgotten() {
        for (int i = 0; i <= MOST; i++) {
            memory.packets.setHandled(packet(i));
            memory.packets.setHandled(packet(i));
        }
        assertFalse(memory.packets.wasHandled(packet(0)));
        assertTrue(memory.packets.wasHandled(packet(1)));
        assertTrue(memory.packets.wasHandled(packet(MOST)));
    }

    @Test
    void theOldestOfVeryManyPacketsThatWereRefusedIsForgotten() {
        for (int i = 0; i <= MOST; i++) {
            memory.packets.setRefused(packet(i), false);
        }
        assertFalse(memory.packets.wasRefused(packet(0), false));
        assertTrue(memory.packets.wasRefused(packet(1), false));
        assertFalse(memory.packets.wasRefused(packet(1), true), "by a block's clock it may be right");
    }
}
