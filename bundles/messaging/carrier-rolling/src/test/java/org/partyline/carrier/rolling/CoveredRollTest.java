package org.partyline.carrier.rolling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.LaterException;
import org.partyline.api.carrier.PacketState;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.testkit.CarrierBench;

/** Rolling with cover traffic: whatever a packet contains, it stays and comes back like a decoy. */
class CoveredRollTest {
    private static final int SIZE = 80;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final CarrierBench bench = new CarrierBench();
    private final Random random = new Random(7);
    private Carrier carrier;
    private long nextId = 1000;

    @BeforeEach
    void open() throws Exception {
        carrier = new RollingCarriers().open(bench);
        carrier.takeUp();
        bench.setCovered(true);
    }

    /** The number of packets in a transaction that nodes relay. */
    private void outputs(int most) {
        bench.nodes = List.of(new CarrierNode(
                "bench", new RelayPolicy(SIZE, most, most * (SIZE + 3), new FeeRate(100), new FeeRate(100))));
    }

    private byte[] packet() {
        byte[] packet = new byte[SIZE];
        random.nextBytes(packet);
        return packet;
    }

    /** Gives the next slot to a packet; returns the only version that leaves in it. */
    private byte[] leave(CarriedMessage message, int index) throws PartylineException {
        int before = bench.handed.size();
        CarriedMessage now = bench.now(message.id());
        carrier.awaitTurn(now, index);
        bench.inSlot(now.ref(index), () -> carrier.dispatch(now, index, bench.nodes));
        assertEquals(before + 1, bench.handed.size(), "one version");
        bench.show();
        bench.clock.pass(MINUTE);
        carrier.tick();
        return bench.handed.get(before);
    }

    /** Gives the next slot to a decoy. */
    private byte[] decoy() throws PartylineException {
        return leave(bench.message(nextId++, packet()), 0);
    }

    private static ByteBuffer coin(byte[] version) {
        return ByteBuffer.wrap(version, 0, 8).slice();
    }

    /** Oldest first. */
    private static List<ByteBuffer> payloads(byte[] version) {
        List<ByteBuffer> all = new ArrayList<>();
        for (int at = 8; at + SIZE <= version.length - 8; at += SIZE) {
            all.add(ByteBuffer.wrap(version, at, SIZE).slice());
        }
        return all;
    }

    private static ByteBuffer last(byte[] version) {
        List<ByteBuffer> all = payloads(version);
        return all.get(all.size() - 1);
    }

    /** Mines a version, and informs the sender. */
    private void mine(byte[] version) throws PartylineException {
        TxId id = bench.read(version);
        carrier.onMined(CarrierBench.NETWORK, id);
    }

    @Test
    void decoysThatRollCannotBeToldFromMessagesByOutputsOrCoin() throws Exception {
        outputs(10);
        List<ByteBuffer> order = new ArrayList<>();
        Set<ByteBuffer> coins = new HashSet<>();
        int messages = 0;
        for (int i = 0; i < 80; i++) {
            List<byte[]> versions = new ArrayList<>();
            if (random.nextInt(3) == 0) {
                // The opener of a chain, and the rest of the message after it.
                CarriedMessage message = bench.message(nextId++, true, packet(), packet(), packet());
                for (int part = 0; part < 3; part++) {
                    versions.add(leave(message, part));
                }
                messages++;
            } else {
                versions.add(decoy());
            }
            for (byte[] version : versions) {
                List<ByteBuffer> packets = payloads(version);
                List<ByteBuffer> fresh = packets.stream()
                        .filter(packet -> !order.contains(packet))
                        .toList();
                assertEquals(1, fresh.size(), "one new packet");
                order.addAll(fresh);
                assertEquals(
                        order.subList(Math.max(0, order.size() - 3), order.size()),
                        packets,
                        "the three newest, whatever they say");
                coins.add(coin(version));
            }
        }
        assertTrue(messages > 20 && messages < 40, messages + " messages");
        assertEquals(1, coins.size(), "one coin for everything");
    }

    @Test
    void withoutCoverAllOfAMessageGoesAtOnceAndWhatOpensAChainStays() throws Exception {
        bench.setCovered(false);
        ByteBuffer opener = payloads(leave(bench.message(1, true, packet()), 0)).get(0);
        assertEquals(
                3,
                payloads(leave(bench.message(2, false, packet(), packet()), 0)).size());
        for (int i = 0; i < 4; i++) {
            assertTrue(payloads(decoy()).contains(opener), "nobody reads what is behind it without it");
        }
    }

    @Test
    void anOpenerRidesNoLongerThanOthersOnceCoverHasBegun() throws Exception {
        bench.setCovered(false);
        ByteBuffer opener = last(leave(bench.message(1, true, packet()), 0));
        bench.setCovered(true);
        assertTrue(payloads(decoy()).contains(opener), "the second version");
        assertTrue(payloads(decoy()).contains(opener), "the third");
        assertFalse(payloads(decoy()).contains(opener), "and no more");
    }

    @Test
    void whatRodeAfterTheVersionThatWasMinedRidesAgainDecoysToo() throws Exception {
        byte[] first = decoy();
        ByteBuffer message = last(leave(bench.message(1, packet()), 0));
        byte[] version = decoy();
        ByteBuffer decoy = last(version);
        assertEquals(3, payloads(version).size());
        mine(first);
        assertTrue(bench.now(1).packets().get(0).ridesAgain(), "it waits again");
        assertEquals(PacketState.CONFIRMED, bench.now(1000).packets().get(0).state());
        byte[] next = decoy();
        assertFalse(coin(next).equals(coin(version)), "with another coin");
        assertEquals(List.of(message, decoy), payloads(next).subList(0, 2), "with the next packet");
        assertEquals(3, payloads(next).size());
    }

    @Test
    void aMessageThatLeftAfterALaterDecoyRidesAgainAfterIt() throws Exception {
        outputs(10);
        // A message whose session is still being opened has a lower number than decoys that leave before it.
        CarriedMessage message = bench.message(1, packet());
        byte[] first = decoy();
        List<ByteBuffer> order = new ArrayList<>();
        order.add(last(decoy()));
        order.add(last(decoy()));
        order.add(last(leave(message, 0)));
        mine(first);
        List<ByteBuffer> next = payloads(decoy());
        assertEquals(order.subList(0, 2), next.subList(0, 2), "what left first comes along first");
        assertFalse(order.contains(next.get(2)), "with a new one, so that nothing waits longer for it");
        next = payloads(decoy());
        assertEquals(order.get(2), next.get(1));
        assertFalse(order.contains(next.get(2)));
        for (int i = 0; i < 4; i++) {
            assertFalse(order.contains(last(decoy())), "and none once more");
        }
    }

    @Test
    void whatRidesAgainComesAlongWhereAVersionHasRoomForIt() throws Exception {
        CarriedMessage message = bench.message(1, packet());
        outputs(3);
        assertTrue(carrier.takesAlong(message, 0));
        outputs(1);
        assertFalse(carrier.takesAlong(message, 0), "it goes by itself");
        outputs(3);
        bench.setCovered(false);
        assertFalse(carrier.takesAlong(message, 0));
    }

    @Test
    void aVersionNeedsTimeToTravelBeforeTheNextMayFollow() throws Exception {
        CarriedMessage message = bench.message(1, packet());
        carrier.awaitTurn(message, 0);
        bench.inSlot(message.ref(0), () -> carrier.dispatch(message, 0, bench.nodes));
        bench.show();
        bench.clock.pass(Duration.ofSeconds(20));
        CarriedMessage decoy = bench.message(2, packet());
        assertThrows(LaterException.class, () -> carrier.awaitTurn(decoy, 0), "20 s after the last version");
        bench.clock.pass(Duration.ofSeconds(20));
        carrier.awaitTurn(decoy, 0);
    }

    @Test
    void whereARollEndsItsPointIsNotLost() throws Exception {
        byte[] first = decoy();
        Set<ByteBuffer> coins = new HashSet<>(Set.of(coin(first)));
        // Two more versions, and the coin is used up.
        bench.setCoin(275);
        for (int i = 0; i < 11; i++) {
            coins.add(coin(decoy()));
        }
        assertEquals(12, bench.handed.size(), "one version a point");
        assertTrue(coins.size() > 2, coins.size() + " coins");
    }

    @Test
    void aPacketWhoseConversationWasErasedRidesOnAsADecoy() throws Exception {
        decoy();
        ByteBuffer packet = last(leave(bench.message(1, packet()), 0));
        bench.rename(1, 2);
        carrier.onRenamed(bench, 1, 2);
        assertTrue(carrier.looksAfter(bench.now(2), 0));
        assertTrue(payloads(decoy()).contains(packet), "the second version");
        assertTrue(payloads(decoy()).contains(packet), "the third");
        assertFalse(payloads(decoy()).contains(packet), "and no more");
        assertEquals(PacketState.REPLACED, bench.now(2).packets().get(0).state());
    }

    @Test
    void aDecoyWhosePlaceAMessageTookHasHadItsTime() throws Exception {
        outputs(1);
        byte[] version = decoy();
        CarriedMessage asItWasRead = bench.now(1000);
        ByteBuffer decoy = last(version);
        byte[] next = leave(bench.message(1, packet()), 0);
        assertFalse(payloads(next).contains(decoy));
        assertEquals(PacketState.REPLACED, bench.now(1000).packets().get(0).state());
        assertTrue(carrier.isLost(asItWasRead, 0), "as a round asks that read it before");
        assertEquals(PacketState.REPLACED, bench.now(1000).packets().get(0).state(), "it does not ride again");
        for (int i = 0; i < 20; i++) {
            assertFalse(payloads(decoy()).contains(decoy));
        }
    }

    @Test
    void theLastVersionIsLookedAfterUntilItIsMined() throws Exception {
        decoy();
        byte[] last = leave(bench.message(1, packet()), 0);
        for (int hours : new int[] {12, 11, 2, 15}) {
            bench.clock.pass(Duration.ofHours(hours));
            bench.evict();
            // The first one ends its time, and then it is handed over unchanged.
            carrier.tick();
            bench.clock.pass(Duration.ofMinutes(11));
            carrier.tick();
            assertTrue(bench.handed.size() > 2, "it is back");
            assertEquals(payloads(last), payloads(bench.handed.get(bench.handed.size() - 1)));
            bench.handed.subList(2, bench.handed.size()).clear();
        }
        bench.mine(last);
        bench.clock.pass(Duration.ofHours(1));
        carrier.tick();
        assertEquals(2, bench.handed.size());
    }
}
