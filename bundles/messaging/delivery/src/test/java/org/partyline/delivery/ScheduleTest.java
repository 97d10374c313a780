package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.schedule.SendSchedule;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.state.CoverSlots;

/** Other bundles may hold packets back; with cover traffic they are not asked. */
class ScheduleTest {
    private final DeliveryBench bench = new DeliveryBench();
    private final List<SendSchedule.Departure> asked = new CopyOnWriteArrayList<>();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private SendSchedule until(Instant time, String reason) {
        return departure -> {
            asked.add(departure);
            return Optional.of(new SendSchedule.Hold(time, reason));
        };
    }

    private String waits(long id) throws Exception {
        bench.settle();
        assertEquals(0, bench.network.broadcasts().size());
        return bench.stage.outgoing(id).reason();
    }

    @Test
    void theLatestOfThoseWhoHoldBackCounts() throws Exception {
        Instant hour = bench.clock.instant().plus(Duration.ofHours(1));
        SendSchedule office = until(hour, "office hours");
        bench.delivery.addSchedule(until(hour.minusSeconds(60), "an earlier one"));
        bench.delivery.addSchedule(office);
        bench.delivery.addSchedule(until(hour.minusSeconds(120), "the earliest"));
        bench.delivery.addSchedule(departure -> {
            throw new IllegalStateException("broken");
        });
        long id = bench.stage.queue(lobby, "hello", "confirm", Duration.ofHours(2));
        assertTrue(waits(id).endsWith(": office hours"), waits(id));
        assertEquals(new SendSchedule.Departure(Network.REGTEST, bench.clock.instant()), asked.get(0));
        bench.delivery.removeSchedule(office);
        assertTrue(waits(id).endsWith(": an earlier one"), waits(id));
        bench.pass(Duration.ofMinutes(59));
        assertEquals(1, bench.network.broadcasts().size());
        assertEquals(State.RELAYED, bench.stage.state(id));
    }

    @Test
    void whatIsHeldBackLeavesWhenTheBundleGoes() throws Exception {
        SendSchedule office = until(bench.clock.instant().plus(Duration.ofHours(1)), "office hours");
        bench.delivery.addSchedule(office);
        long id = bench.stage.queue(lobby, "hello", "confirm", Duration.ofHours(2));
        assertTrue(waits(id).endsWith(": office hours"), waits(id));
        bench.delivery.removeSchedule(office);
        bench.round();
        assertEquals(1, bench.network.broadcasts().size());
    }

    @Test
    void nobodyIsAskedAboutAPointOfCoverTraffic() throws Exception {
        List<SendSchedule> schedules = List.of(until(bench.clock.instant().plusSeconds(60), "office hours"));
        SlotSchedule slots = new SlotSchedule(
                bench.clock, bench.stage.random, bench.stage.settings, bench.stage.pace, schedules, new CoverSlots());
        assertThrows(SlotSchedule.Later.class, () -> slots.take(1, Network.REGTEST, bench.clock.instant()));
        assertFalse(asked.isEmpty());
        asked.clear();
        slots.cover(1, Optional.of(Network.REGTEST));
        slots.openPoint(1);
        assertTrue(slots.take(1, Network.REGTEST, bench.clock.instant()));
        assertEquals(List.of(), asked);
    }
}
