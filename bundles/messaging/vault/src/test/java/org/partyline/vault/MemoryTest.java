package org.partyline.vault;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;

/** The memory for remembered packets is bounded, whatever the network reports. */
class MemoryTest {
    private static final int MOST = 65_536;

    private final PacketIndex packets = new PacketIndex();

    private static PacketId packet(int number) {
        return new PacketId(ByteBuffer.allocate(32).putInt(number).array());
    }

    @Test
    void theOldestOfVeryManyPacketsThatWereHandledIsForgotten() {
        for (int i = 0; i <= MOST; i++) {
            packets.setHandled(packet(i));
            packets.setHandled(packet(i));
        }
        assertFalse(packets.wasHandled(packet(0)));
        assertTrue(packets.wasHandled(packet(1)));
        assertTrue(packets.wasHandled(packet(MOST)));
    }

    @Test
    void theOldestOfVeryManyPacketsThatWereRefusedIsForgotten() {
        for (int i = 0; i <= MOST; i++) {
            packets.setRefused(packet(i), false);
        }
        assertFalse(packets.wasRefused(packet(0), false));
        assertTrue(packets.wasRefused(packet(1), false));
        assertFalse(packets.wasRefused(packet(1), true), "by a block's clock it may be right");
    }
}
