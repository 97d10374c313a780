package org.partyline.testkit.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.BeaconTable;

/** Beacon keys in a list, checked one after another. */
final class PlainBeaconTable implements BeaconTable {
    private record Entry(int id, SecretBytes beacon) {}

    private final List<Entry> entries = new ArrayList<>();

    @Override
    public void add(int id, SecretBytes beacon) {
        Plain.requireLength("a beacon key", Plain.KEY_LENGTH, beacon.length());
        if (id < 0 || entries.stream().anyMatch(entry -> entry.id == id)) {
            throw new IllegalArgumentException("a beacon's id is new, and at least 0, not " + id);
        }
        entries.add(new Entry(id, beacon.copy()));
    }

    @Override
    public void remove(int id) {
        entries.removeIf(entry -> entry.id == id);
    }

    @Override
    public int match(byte[] packet) {
        if (packet.length < 1 + Packets.SEALED_LOCATOR) {
            return -1;
        }
        int proofAt = 1 + Plain.LOCATOR_HALF;
        byte[] r = Arrays.copyOfRange(packet, 1, proofAt);
        byte[] proof = Arrays.copyOfRange(packet, proofAt, proofAt + Plain.LOCATOR_HALF);
        return entries.stream()
                .filter(entry -> Arrays.equals(proof, Plain.proof(entry.beacon, r)))
                .mapToInt(Entry::id)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public void clear() {
        entries.clear();
    }
}
