package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.ReceiveChains;
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
        return packet(new byte[] {2, (byte) (mark >> 8), (byte) mark});
    }

    private Candidate packet(byte[] payload) {
        return Candidate.of(
                Network.REGTEST, payload, TxId.ofBytes(new byte[TxId.LENGTH]), Optional.empty(), clock.instant(), "a");
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

    private void assertHeld(int unmatched, int parked) {
        assertEquals(unmatched, store.count(HeldPackets.UNMATCHED), "unmatched");
        assertEquals(parked, store.count(HeldPackets.PARKED), "parked");
    }

    @Test
    void anUnmatchedPacketThatTurnsOutToWaitForASuiteIsInOneTableOnly() throws Exception {
        Candidate packet = packet(1);
        writer.unmatched(packet.id(), packet);
        writer.flush();
        assertHeld(1, 0);
        writer.parked(packet.id(), packet);
        writer.flush();
        assertHeld(0, 1);
        writer.unmatched(packet.id(), packet);
        writer.flush();
        assertHeld(1, 0);
    }

    @Test
    void aForgottenPacketIsInTheStoreNoLongerWhetherItWasWrittenOrNot() throws Exception {
        Candidate stranger = packet(1);
        Candidate waits = packet(2);
        writer.unmatched(stranger.id(), stranger);
        writer.parked(waits.id(), waits);
        writer.flush();
        assertHeld(1, 1);
        Candidate unwritten = packet(3);
        writer.parked(unwritten.id(), unwritten);
        for (Candidate packet : List.of(stranger, waits, unwritten)) {
            writer.forget(packet.id());
        }
        writer.flush();
        assertHeld(0, 0);
    }

    @Test
    void aPacketThatWasOpenedBeforeItWasWrittenIsNotStored() throws Exception {
        Candidate opened = packet(1);
        writer.parked(opened.id(), opened);
        writer.opened(opened.id());
        writer.flush();
        assertHeld(0, 0);
    }

    @Test
    void aPacketThatIsMetAgainAfterItWasForgottenIsStored() throws Exception {
        Candidate packet = packet(1);
        writer.unmatched(packet.id(), packet);
        writer.flush();
        writer.forget(packet.id());
        writer.unmatched(packet.id(), packet);
        writer.flush();
        assertHeld(1, 0);
        Candidate another = packet(2);
        writer.unmatched(another.id(), another);
        writer.flush();
        assertHeld(2, 0);
        writer.forget(another.id());
        writer.flush();
        assertHeld(1, 0);
    }

    /** How long it waits depends on what was read meanwhile. */
    @Test
    void theStoreDeletesNoPacketThatWaits() throws Exception {
        Candidate stranger = packet(1);
        Candidate waiting = packet(2);
        writer.unmatched(stranger.id(), stranger);
        writer.parked(waiting.id(), waiting);
        assertEquals(waiting.id(), writer.parked(waiting.id()).orElseThrow().id());
        writer.flush();
        clock.pass(ReceiveChains.PATIENCE.multipliedBy(10));
        store.transact(tx -> tx.deleteExpired(clock.instant()));
        assertHeld(1, 1);
        assertEquals(waiting.id(), writer.parked(waiting.id()).orElseThrow().id());
        assertEquals(Optional.empty(), writer.parked(stranger.id()));
    }

    /** Packets of a mempool: nothing else makes them be written. */
    @Test
    void theOldestWaitsFiveSecondsAtMost() throws Exception {
        writer.flushIfDue();
        for (int i = 0; i < 2; i++) {
            Candidate first = packet(2 * i);
            writer.unmatched(first.id(), first);
            clock.pass(PacketWriter.LONGEST.minusMillis(1));
            Candidate second = packet(2 * i + 1);
            writer.unmatched(second.id(), second);
            writer.flushIfDue();
            assertHeld(2 * i, 0);
            clock.pass(Duration.ofMillis(1));
            writer.flushIfDue();
            assertHeld(2 * i + 2, 0);
        }
        long writes = store.writes();
        clock.pass(PacketWriter.LONGEST);
        writer.flushIfDue();
        writer.flush();
        assertEquals(writes, store.writes(), "nothing waits");
    }

    @Test
    void aClockThatIsSetBackDelaysNothing() throws Exception {
        Candidate packet = packet(1);
        writer.unmatched(packet.id(), packet);
        clock.pass(PacketWriter.LONGEST.negated());
        writer.flushIfDue();
        assertHeld(1, 0);
    }

    @Test
    void deletionsAndCollectedPacketsCountAmongThoseThatWait() throws Exception {
        int quarter = PacketWriter.MOST / 4;
        for (int i = 0; i < quarter; i++) {
            Candidate packet = packet(i);
            writer.unmatched(packet.id(), packet);
        }
        writer.flush();
        for (int i = 0; i < quarter; i++) {
            writer.forget(packet(i).id());
            writer.collect(packet(1000 + i));
        }
        for (int i = 0; i < PacketWriter.MOST - 2 * quarter - 1; i++) {
            Candidate packet = packet(2000 + i);
            writer.unmatched(packet.id(), packet);
        }
        writer.flushIfDue();
        assertHeld(quarter, 0);
        Candidate last = packet(9000);
        writer.parked(last.id(), last);
        writer.flushIfDue();
        assertHeld(PacketWriter.MOST - 2 * quarter - 1, 1);
        assertEquals(quarter, store.collected());
    }

    @Test
    void longPayloadsAreWrittenWhenAMebibyteWaits() throws Exception {
        for (int i = 0; i < 2; i++) {
            int before = store.count(HeldPackets.UNMATCHED);
            byte[] half = new byte[1 << 19];
            half[1] = (byte) i;
            Candidate longer = packet(half);
            writer.unmatched(longer.id(), longer);
            byte[] rest = Arrays.copyOf(half, (1 << 19) - 1);
            Candidate shorter = packet(rest);
            writer.unmatched(shorter.id(), shorter);
            writer.flushIfDue();
            assertEquals(before, store.count(HeldPackets.UNMATCHED));
            Candidate last = packet(new byte[] {(byte) i});
            writer.unmatched(last.id(), last);
            writer.flushIfDue();
            assertEquals(before + 3, store.count(HeldPackets.UNMATCHED));
        }
    }

    @Test
    void everythingStillWaitsWhenTheDiskFails() throws Exception {
        Candidate waits = packet(1);
        writer.parked(waits.id(), waits);
        writer.collect(packet(2));
        store.failCommits(1);
        assertThrows(StoreException.class, writer::flush);
        assertHeld(0, 0);
        writer.flush();
        assertHeld(0, 1);
        assertEquals(1, store.collected());
    }

    @Test
    void nothingIsCollectedBeforeThereIsAStore() throws Exception {
        MemoryStore none = new MemoryStore();
        PacketWriter early = new PacketWriter(none, clock, () -> false);
        early.collect(packet(1));
        early.flush();
        none.create("a passphrase".toCharArray());
        early.flush();
        assertEquals(0, none.collected());
        early.collect(packet(2));
        early.flush();
        assertEquals(1, none.collected());
        early.collect(packet(3));
        early.flush();
        assertEquals(2, none.collected(), "each once");
    }
}
