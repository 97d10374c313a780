package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.store.Cbor;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

class PacketWriterTest {
    private final HandSetClock clock = new HandSetClock();
    private final MemoryStore store = MemoryStore.open();
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final PacketWriter writer = new PacketWriter(store, clock, open::get);

    private Candidate packet(int mark) {
        return Candidate.of(
                Network.REGTEST,
                new byte[] {2, (byte) mark},
                TxId.ofBytes(new byte[TxId.LENGTH]),
                Optional.empty(),
                clock.instant(),
                "a");
    }

    @Test
    void whatIsNotWrittenWhenTheStoreLocksIsCollected() throws Exception {
        Candidate stranger = packet(1);
        Candidate waits = packet(2);
        writer.unmatched(stranger.id(), stranger);
        writer.parked(waits.id(), waits);
        open.set(false);

        writer.flush();

        assertEquals(0, store.count(HeldPackets.UNMATCHED));
        List<StoredRecord> collected = store.transact(tx -> tx.collected(10));
        assertEquals(2, collected.size());
        assertArrayEquals(
                stranger.payload(),
                Cbor.read(collected.get(0).value(), Candidate.class).payload());
        assertArrayEquals(
                waits.payload(),
                Cbor.read(collected.get(1).value(), Candidate.class).payload());
    }
}
