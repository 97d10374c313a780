package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic.Covered;
import org.partyline.api.cover.CoverTraffic.Over;
import org.partyline.api.cover.CoverTraffic.Use;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.settings.SendingSettings;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.PropagationRecords;
import org.partyline.testkit.messaging.StageBench;

/** Packets that leave at points of cover traffic. */
class CoveredSendingTest {
    private static final int ALICE = StageBench.ALICE.id();
    private static final Duration GAP = Duration.ofSeconds(30);

    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private byte[] decoy() {
        byte[] packet = new byte[80];
        bench.stage.random.nextBytes(packet);
        packet[0] = Packets.VERSION;
        return packet;
    }

    /** From now on, slots are at regular intervals, with a decoy ready for each. */
    private void start() throws Exception {
        bench.stage.cover.orders.put(ALICE, new CoverOrder(GAP, 100_000, 80));
        bench.stage.cover.next = slot -> new Over(Optional.of(slot.next().plus(GAP)), Optional.of(decoy()));
        bench.stage.cover.slots.add(new Covered(
                ALICE, Optional.of(Network.REGTEST), bench.clock.instant().plus(GAP)));
        bench.round();
    }

    private void stop() throws Exception {
        bench.stage.cover.orders.clear();
        bench.stage.cover.slots.clear();
        bench.round();
    }

    /** Waits until exactly one more slot was due. */
    private void point() throws Exception {
        Instant next = bench.stage.cover.slots.get(0).next();
        bench.clock.set(next);
        bench.round();
    }

    private void set(boolean recallsExpired, String carrier) {
        SendingSettings sending = bench.stage.settings.get().sending();
        bench.stage.settings.sending(new SendingSettings(
                sending.defaultTtl(),
                sending.maxBucket(),
                sending.chainMessages(),
                sending.within(),
                recallsExpired,
                carrier,
                sending.jitter(),
                sending.perMinute(),
                sending.burst(),
                sending.rebroadcastAfter()));
    }

    private List<OutgoingMessage> decoys() throws Exception {
        return bench.stage.allOutgoing().stream()
                .filter(outgoing -> outgoing.type() == PacketType.DECOY.code())
                .toList();
    }

    @Test
    void withCoverPacketsLeaveAtPointsAndMessagesTakeThePlaceOfDecoys() throws Exception {
        start();
        assertEquals(0, bench.network.broadcasts().size());
        for (int i = 0; i < 10; i++) {
            point();
            assertEquals(i + 1, bench.network.broadcasts().size(), "one packet a point");
        }
        assertEquals(10, decoys().size());
        assertTrue(decoys().stream().allMatch(decoy -> decoy.state() == State.RELAYED));
        assertEquals(10, bench.stage.cover.left.size());
        assertEquals(List.of(), bench.stage.cover.sent, "their sizes are no example");
        long id = bench.stage.queue(lobby, "hidden among them");
        bench.round();
        assertTrue(
                bench.stage.outgoing(id).reason().contains("cover traffic"),
                bench.stage.outgoing(id).reason());
        assertEquals(10, bench.network.broadcasts().size(), "it waits for a point");
        point();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertEquals(11, bench.network.broadcasts().size(), "one packet a point");
        assertEquals(Use.MESSAGE, bench.stage.cover.uses.get(10));
        assertEquals(10, decoys().size(), "in the place of one");
        assertEquals(List.of(80), bench.stage.cover.sent, "decoys are as large from now on");
        assertEquals(11, bench.stage.fees.counted.size(), "each is counted");
        stop();
        long atOnce = bench.stage.queue(lobby, "and at once");
        bench.round();
        assertEquals(State.RELAYED, bench.stage.state(atOnce));
    }

    @Test
    void whatTheBudgetHasNoRoomForIsNotSignedAndCoverTrafficIsToldOfIt() throws Exception {
        for (String carrier : List.of("confirm", "boat")) {
            set(false, carrier);
            if (carrier.equals("boat")) {
                bench.add(new Boat());
            }
            int signed = bench.node.signed.size();
            bench.stage.cover.refused.clear();
            start();
            bench.stage.fees.budget = 20;
            point();
            assertEquals(signed, bench.node.signed.size(), carrier);
            assertEquals(List.of(21L), bench.stage.cover.refused);
            long id = bench.stage.queue(lobby, "one", carrier, Duration.ofHours(1));
            point();
            assertEquals(signed, bench.node.signed.size(), "a message is on it as a decoy is");
            assertEquals(State.SEALED, bench.stage.state(id));
            assertTrue(decoys().stream().allMatch(decoy -> decoy.state() == State.EXPIRED));
            // Its end.
            stop();
            bench.stage.fees.budget = Long.MAX_VALUE;
            bench.pass();
            assertEquals(State.RELAYED, bench.stage.state(id), "by its delay alone");
        }
    }

    @Test
    void underCoverNothingIsRecalledWhenItExpires() throws Exception {
        set(true, "confirm");
        start();
        long id = bench.stage.queue(lobby, "for ten minutes", "confirm", Duration.ofMinutes(10));
        bench.round();
        point();
        assertEquals(State.RELAYED, bench.stage.state(id));
        bench.pass(Duration.ofMinutes(11));
        bench.round();
        assertEquals(State.EXPIRED, bench.stage.state(id));
        // As the outbox records it for a message that leaves at a point.
        OutgoingMessage outgoing = bench.stage.outgoing(id);
        bench.stage.guard.transact(tx -> {
            PropagationRecords.put(tx, outgoing, new PropagationRecords.DeliveryOptions(0, true));
            return null;
        });
        stop();
        bench.pass(Duration.ofHours(13));
        assertEquals(State.EXPIRED, bench.stage.state(id), "nor later: it would still tell");
        bench.pass(Duration.ofHours(11));
        assertEquals(State.EXPIRED, bench.stage.state(id));
        assertTrue(bench.network.waiting().stream().noneMatch(TransactionScanner::carriesNothing));
    }
}
