package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.testkit.messaging.StageBench;

/** Slots of cover traffic that are far apart: a message that waits for one is not lost. */
class SlowSlotsTest {
    private static final Duration GAP = Duration.ofMinutes(40);

    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void cover() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
        bench.stage.cover.orders.put(StageBench.ALICE.id(), new CoverOrder(GAP, 1_000_000, 0));
        bench.stage.cover.next = slot -> new Over(Optional.of(slot.next().plus(GAP)), Optional.empty());
        bench.stage.cover.slots.add(slot(bench.clock.instant().plus(GAP)));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static Covered slot(Instant next) {
        return new Covered(StageBench.ALICE.id(), Optional.of(Network.REGTEST), next);
    }

    private long write() throws Exception {
        return bench.stage.queue(lobby, "hello", "confirm", Duration.ofHours(24));
    }

    @Test
    void messagesLeaveOneInASlotHoweverLongThatTakes() throws Exception {
        List<Long> ids = List.of(write(), write(), write());
        for (int i = 0; i < ids.size(); i++) {
            bench.pass(GAP.minusSeconds(1));
            assertEquals(i, bench.network.handed().size(), "none before its slot");
            bench.pass(Duration.ofSeconds(1));
            assertEquals(i + 1, bench.network.handed().size());
            assertEquals(State.RELAYED, bench.stage.state(ids.get(i)));
        }
        assertEquals(List.of(Use.MESSAGE, Use.MESSAGE, Use.MESSAGE), bench.stage.cover.uses);
        assertEquals(List.of(), bench.stage.outbox.givenUp);
    }

    @Test
    void whatFindsNoSlotInAllItsTimeIsGivenUp() throws Exception {
        bench.stage.cover.slots.clear();
        bench.stage.cover.slots.add(slot(bench.clock.instant().plus(Duration.ofHours(30))));
        long id = write();
        bench.pass(Duration.ofHours(24).minusSeconds(1));
        assertEquals(List.of(), bench.stage.outbox.givenUp);
        bench.pass(Duration.ofSeconds(2));
        assertEquals(List.of(id), bench.stage.outbox.givenUp);
        assertEquals(
                "its time to live ended before it could be sent",
                bench.stage.outgoing(id).reason());
    }
}
