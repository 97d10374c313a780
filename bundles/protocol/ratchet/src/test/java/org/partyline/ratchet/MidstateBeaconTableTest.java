package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.ratchet.BeaconTable;

class MidstateBeaconTableTest {
    private final BeaconTable table = new PartylineChains().newBeaconTable();
    private final Random random = new Random(1);

    @Test
    void threeHundredKeysAreToldApart() {
        List<byte[]> beacons = new ArrayList<>();
        for (int id = 0; id < 300; id++) {
            beacons.add(bytes(32));
            table.add(id, SecretBytes.copyOf(beacons.get(id)));
        }
        assertEquals(300, table.size());
        for (int id = 0; id < 300; id++) {
            assertEquals(id, table.match(packet(beacons.get(id))));
            assertEquals(-1, table.match(packet(bytes(32))));
        }
        for (int id = 0; id < 300; id += 3) {
            table.remove(id);
        }
        assertEquals(200, table.size());
        for (int id = 0; id < 300; id++) {
            assertEquals(id % 3 == 0 ? -1 : id, table.match(packet(beacons.get(id))));
        }
        table.clear();
        assertEquals(0, table.size());
        assertEquals(-1, table.match(packet(beacons.get(1))));
        table.add(1, SecretBytes.copyOf(beacons.get(1)));
        assertEquals(1, table.match(packet(beacons.get(1))));
    }

    @Test
    void eachBitOfTheLocatorCounts() {
        byte[] beacon = bytes(32);
        table.add(5, SecretBytes.copyOf(beacon));
        byte[] packet = packet(beacon);
        for (int bit = 8; bit < 8 * 17; bit++) {
            byte[] changed = packet.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(-1, table.match(changed), "bit " + bit);
        }
        packet[0] ^= 1;
        packet[17] ^= 1;
        assertEquals(5, table.match(packet));
    }

    @Test
    void aPacketTooShortForALocatorMatchesNothing() {
        byte[] beacon = bytes(32);
        table.add(5, SecretBytes.copyOf(beacon));
        byte[] packet = packet(beacon);
        for (int length = 0; length < 17; length++) {
            assertEquals(-1, table.match(Arrays.copyOf(packet, length)));
        }
        assertEquals(5, table.match(Arrays.copyOf(packet, 17)));
    }

    @Test
    void theKeyIsCopiedAndItsIdIsNew() {
        byte[] beacon = bytes(32);
        SecretBytes mine = SecretBytes.copyOf(beacon);
        table.add(5, mine);
        mine.close();
        assertEquals(5, table.match(packet(beacon)));
        assertThrows(IllegalArgumentException.class, () -> table.add(5, SecretBytes.wrap(bytes(32))));
        assertThrows(IllegalArgumentException.class, () -> table.add(-1, SecretBytes.wrap(bytes(32))));
        assertThrows(IllegalArgumentException.class, () -> table.add(6, SecretBytes.wrap(bytes(16))));
        table.remove(99);
        assertEquals(1, table.size());
    }

    private byte[] packet(byte[] beacon) {
        byte[] packet = bytes(80);
        byte[] r = Arrays.copyOfRange(packet, 1, 9);
        System.arraycopy(Hkdf.hmac(beacon, r), 0, packet, 9, 8);
        return packet;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
