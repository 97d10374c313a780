package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic.Covered;
import org.partyline.api.cover.CoverTraffic.Over;
import org.partyline.api.cover.CoverTraffic.Use;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.settings.PostQuantumMode;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.settings.SessionSettings;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.mailbox.CargoRecord;
import org.partyline.messaging.sessions.ContactEntries;

/** Packets that replace decoys: the cover traffic is the same with and without them. */
class CoverCargoTest extends UnderCover {
    private static final int LATER = CargoRecord.EXCHANGE + 1;
    private static final byte[] RECEIPT = {ControlCodes.RECEIPT, 1, 2, 3, 4, 5, 6, 7, 8};

    private ContactConversation bob;

    @BeforeEach
    void know() throws Exception {
        bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        receipts(ReceiptMode.COVER);
    }

    private void receipts(ReceiptMode mode) {
        sessions(mode, PostQuantumMode.COVER);
    }

    private void sessions(ReceiptMode mode, PostQuantumMode postQuantum) {
        SessionSettings now = bench.stage.settings.get().sessions();
        bench.stage.settings.sessions(new SessionSettings(
                now.strangers(),
                mode,
                now.readReceipts(),
                postQuantum,
                now.rekeyMessages(),
                now.rekeyAfter(),
                now.handshakeRetry(),
                now.keyAge(),
                now.keyMessages()));
    }

    private void load(ContactConversation contact, int rank, String key) throws Exception {
        bench.stage.guard.transact(tx -> {
            Instant expires = bench.clock.instant().plus(Duration.ofDays(7));
            CargoRecord.queue(tx, contact.id(), rank, key, PacketType.CONTROL, RECEIPT, expires);
            return null;
        });
    }

    private void load(String key) throws Exception {
        load(bob, CargoRecord.RECEIPTS, key);
    }

    private List<CargoRecord> queued() throws Exception {
        return bench.stage.guard.transact(CargoRecord::all);
    }

    /** The transaction that left in a slot. */
    private static byte[] only(List<byte[]> transactions) {
        assertEquals(1, transactions.size(), "one packet a slot");
        List<ByteBuffer> payloads = payloads(transactions.get(0));
        assertEquals(1, payloads.size());
        return payloads.get(0).array();
    }

    private void assertCargo(byte[] packet) {
        assertArrayEquals(sealed(1), packet);
    }

    private byte[] sealed(long cargo) {
        return bench.stage.sealer.cargo.get(cargo);
    }

    // ---- a slot

    @Test
    void itTakesThePlaceOfADecoyAndIsOneForAllThatComesAfter() throws Exception {
        start(GAP);
        load("receipt");
        assertEquals(0, look().size(), "it leaves in a slot only");
        assertNull(sealed(1), "and is sealed when that comes");
        assertCargo(only(point()));
        assertEquals(List.of(Use.FREE), cover.uses);
        assertEquals(List.of(ALICE), cover.left, "counted as a decoy");
        assertEquals(List.of(), cover.sent, "and decoys do not take its size");
        assertEquals(1, decoys().size());
        assertEquals(1, bench.stage.allOutgoing().size());
        assertArrayEquals(packet(1), only(point()), "it leaves once; the next slot is a decoy's");
        assertEquals(List.of(), queued());
    }

    @Test
    void aMessageThatWaitsHasTheSlot() throws Exception {
        start(GAP);
        load("receipt");
        write("hello");
        point();
        assertEquals(List.of(Use.MESSAGE), cover.uses);
        assertNull(sealed(1));
        assertCargo(only(point()));
    }

    @Test
    void aKeyExchangeIsDroppedWhenItIsSwitchedOff() throws Exception {
        start(GAP);
        load(bob, CargoRecord.EXCHANGE, "exchange 0");
        sessions(ReceiptMode.COVER, PostQuantumMode.OFF);
        only(point());
        assertEquals(List.of(), bench.stage.guard.transact(tx -> CargoRecord.of(tx, bob.id())));
    }

    @Test
    void whatHasTheLowestRankLeavesFirstAndThenWhatWasQueuedFirst() throws Exception {
        start(GAP);
        load(bob, LATER, "a");
        load(bob, CargoRecord.RECEIPTS, "b");
        load(bob, CargoRecord.RECEIPTS, "c");
        List<Long> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[] packet = only(point());
            bench.stage.sealer.cargo.forEach((id, made) -> {
                if (ByteBuffer.wrap(made).equals(ByteBuffer.wrap(packet))) {
                    order.add(id);
                }
            });
        }
        assertEquals(List.of(2L, 3L, 1L), order);
    }

    @Test
    void theNextOfAKeyTakesThePlaceOfWhatIsNotSealed() throws Exception {
        load("receipt");
        bench.stage.guard.transact(tx -> {
            byte[] other = RECEIPT.clone();
            other[8] = 99;
            CargoRecord.queue(
                    tx,
                    bob.id(),
                    CargoRecord.RECEIPTS,
                    "receipt",
                    PacketType.CONTROL,
                    other,
                    bench.clock.instant().plus(GAP));
            return null;
        });
        assertEquals(1, queued().size());
        assertEquals(1, queued().get(0).id());
        assertEquals(99, queued().get(0).body()[8]);
    }

    @Test
    void itHasTheSizeOfTheDecoyOrWaits() throws Exception {
        bench.node.maxPayload = 512;
        bench.stage.sizes.most = 512;
        bench.stage.sealer.leastForCargo = 128;
        start(GAP);
        sizes(i -> i == 1 ? 128 : 80);
        load("large");
        assertEquals(80, only(point()).length);
        assertNull(sealed(1), "it does not fit");
        byte[] packet = only(point());
        assertEquals(128, packet.length);
        assertArrayEquals(sealed(1), packet);
    }

    /** Sets the sizes of decoys from now on. */
    private void sizes(IntUnaryOperator size) {
        int[] count = {0};
        cover.next = slot -> {
            byte[] decoy = new byte[size.applyAsInt(count[0]++)];
            new Random(count[0]).nextBytes(decoy);
            decoy[0] = Packets.VERSION;
            return new Over(Optional.of(bench.clock.instant().plus(GAP)), Optional.of(decoy));
        };
    }

    @Test
    void withoutADecoyThereIsNoPlaceForIt() throws Exception {
        start(GAP);
        cover.next = slot -> new Over(Optional.of(bench.clock.instant().plus(GAP)), Optional.empty());
        load("receipt");
        assertEquals(0, point().size());
        assertEquals(1, queued().size());
        assertNull(sealed(1));
    }

    // ---- whose slot

    @Test
    void itLeavesOnlyInPlaceOfItsOwnPersonasDecoysOnItsNetwork() throws Exception {
        start(GAP, Network.SIGNET);
        load("receipt");
        bench.clock.set(next());
        bench.round();
        assertNull(sealed(1));
        assertEquals(1, queued().size());
    }

    @Test
    void aContactWithAnAccountOfItsOwnNeverRidesOnAPersonasDecoys() throws Exception {
        load("receipt");
        bench.stage.guard.transact(tx -> {
            bob.entry = bob.entry.withAccount("apart", 2);
            ContactEntries.put(tx, bob.entry);
            return null;
        });
        start(GAP);
        assertArrayEquals(packet(0), only(point()));
        assertEquals(List.of(), queued());
    }

    @Test
    void whatIsToLeaveForTheSameContactGoesFirst() throws Exception {
        bench.stage.sealer.waits = "nobody answers";
        start(GAP);
        long id = bench.stage.queue(bob, "hello", "confirm", Duration.ofDays(1), 0);
        load("receipt");
        assertArrayEquals(packet(0), only(point()));
        bench.stage.sealer.waits = null;
        bench.clock.pass(Duration.ofSeconds(10));
        point();
        assertTrue(bench.stage.outgoing(id).isOut());
        assertNull(sealed(1));
        assertCargo(only(point()));
    }

    @Test
    void receiptsThatWereSwitchedOffDoNotLeave() throws Exception {
        load("receipt");
        receipts(ReceiptMode.OFF);
        start(GAP);
        assertArrayEquals(packet(0), only(point()));
        assertEquals(List.of(), queued());
    }

    @Test
    void whatIsOfNoUseAnyMoreDoesNotLeave() throws Exception {
        load("receipt");
        bench.clock.pass(Duration.ofDays(7));
        start(GAP);
        assertArrayEquals(packet(0), only(point()));
        assertEquals(List.of(), queued());
    }

    // ---- failures

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereItCannotBeSealedADecoyLeavesInItsSlot(boolean waits) throws Exception {
        start(GAP);
        load("receipt");
        if (waits) {
            bench.stage.sealer.waits = "its suite is stopped";
        } else {
            bench.stage.sealer.cargoFails = new IllegalStateException("wrong inside");
        }
        only(point());
        assertEquals(1, queued().size());
        assertNull(queued().get(0).packet());
        bench.stage.sealer.waits = null;
        bench.stage.sealer.cargoFails = null;
        assertCargo(only(point()));
    }

    @Test
    void whatCouldNotLeaveInItsSlotLeavesAsItIsInALaterOneOfItsSize() throws Exception {
        bench.node.maxPayload = 512;
        bench.stage.sizes.most = 512;
        start(GAP);
        sizes(i -> i == 1 ? 128 : 80);
        load("receipt");
        bench.node.poor = true;
        assertEquals(0, point().size());
        byte[] packet = sealed(1);
        assertEquals(80, packet.length);
        bench.node.poor = false;
        assertEquals(0, pass(Duration.ofSeconds(10)).size(), "not between slots");
        assertEquals(128, only(point()).length, "this one is a decoy");
        assertArrayEquals(packet, only(point()), "no other position of its chain is used");
        only(point());
        assertEquals(List.of(), queued());
    }

    @Test
    void whatWaitedForItsSlotTooLongIsDropped() throws Exception {
        start(GAP);
        load("receipt");
        bench.node.poor = true;
        point();
        assertEquals(1, bench.stage.sealer.cargo.size());
        bench.node.poor = false;
        cover.slots.clear();
        bench.clock.pass(Duration.ofHours(24).plusSeconds(1));
        cover.slots.add(new Covered(ALICE, Optional.of(Network.REGTEST), bench.clock.instant()));
        only(look());
        assertEquals(List.of(), queued(), "its readers would refuse its timestamp");
    }

    @Test
    void itWaitsWhileNobodyBringsCoverTraffic() throws Exception {
        start(GAP);
        load("receipt");
        List<Covered> slots = List.copyOf(cover.slots);
        cover.slots.clear();
        cover.orders.clear();
        assertEquals(0, pass(Duration.ofHours(1)).size());
        assertNull(sealed(1));
        cover.orders.put(ALICE, new CoverOrder(GAP, 100_000, 80));
        cover.slots.addAll(slots);
        assertCargo(only(look()));
    }

    /** From one step of a slot on nothing can be written, and then the server restarts. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aCrashAtAnyStepNeitherLosesItNorSendsItTwice(int step) throws Exception {
        start(GAP);
        load("receipt");
        bench.round();
        atOnce(() -> {
            bench.clock.set(next());
            bench.stage.store.failCommitsAfter(step);
        });
        bench.round();
        bench.stage.store.failCommits(0);
        // The plan of cover traffic is stored with the slot.
        cover.slots.clear();
        bench.restart(() -> {});
        cover.slots.add(new Covered(
                ALICE, Optional.of(Network.REGTEST), bench.clock.instant().plus(GAP)));
        for (int i = 0; i < 4; i++) {
            point();
        }
        byte[] packet = sealed(1);
        assertEquals(List.of(), queued());
        long distinct = bench.network.handed().stream()
                .map(handed -> ByteBuffer.wrap(handed.raw()))
                .distinct()
                .filter(raw -> payloads(raw.array()).contains(ByteBuffer.wrap(packet)))
                .count();
        assertEquals(1, distinct, "one transaction carries it");
    }

    // ---- nobody sees it

    /**
     * @param slots when packets left, with their sizes
     * @param sizes the sizes that decoys are drawn from
     * @param fees the counted fees
     */
    private record Seen(List<String> slots, List<Integer> sizes, List<Long> fees, List<Use> uses, int decoys) {}

    /** Cover traffic with random gaps, sizes and messages, determined by the seed alone. */
    private Seen run(long seed, boolean loaded) throws Exception {
        Random random = new Random(seed);
        Random loads = new Random(seed + 1);
        bench.node.maxPayload = 512;
        bench.stage.sizes.most = 512;
        start(GAP);
        cover.next = slot -> {
            byte[] decoy = new byte[List.of(80, 80, 128, 256).get(random.nextInt(4))];
            random.nextBytes(decoy);
            decoy[0] = Packets.VERSION;
            Duration gap = Duration.ofMillis(1000 + (long) (-60_000 * Math.log(1 - random.nextDouble())));
            return new Over(Optional.of(bench.clock.instant().plus(gap)), Optional.of(decoy));
        };
        List<String> slots = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            if (random.nextInt(3) == 0) {
                write("number " + i);
            }
            if (loaded) {
                for (int k = loads.nextInt(4); k > 0; k--) {
                    load(bob, CargoRecord.RECEIPTS + loads.nextInt(3), "key " + loads.nextInt(6));
                }
            }
            // Occasionally nothing can be paid for in a slot.
            bench.node.poor = random.nextInt(10) == 0;
            for (byte[] raw : point()) {
                payloads(raw).forEach(packet -> slots.add(bench.clock.instant() + " " + packet.remaining()));
            }
        }
        return new Seen(
                slots,
                List.copyOf(cover.sent),
                List.copyOf(bench.stage.fees.counted),
                List.copyOf(cover.uses),
                cover.left.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void coverTrafficIsTheSameWithCargoAndWithout(long seed) throws Exception {
        Seen without = run(seed, false);
        CoverCargoTest other = new CoverCargoTest();
        try {
            other.join();
            other.know();
            Seen with = other.run(seed, true);
            assertTrue(
                    other.bench.stage.sealer.cargo.size() > 100,
                    () -> "only " + other.bench.stage.sealer.cargo.size() + " left in place of decoys");
            assertEquals(without, with, () -> "seed " + seed);
        } finally {
            other.close();
        }
    }
}
