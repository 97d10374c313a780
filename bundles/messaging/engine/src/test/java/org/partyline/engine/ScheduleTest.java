package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.fees.FeePolicy;
import org.partyline.api.schedule.SendSchedule;
import org.partyline.delivery.SlotSchedule;
import org.partyline.engine.kernel.Whiteboard;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Other bundles may hold packets back, and say what they pay; cover traffic asks nobody. */
class ScheduleTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("a");
    private final List<SendSchedule.Departure> asked = new ArrayList<>();
    private TestServer alice;

    @BeforeEach
    void oneServer() throws Exception {
        alice = TestServer.fresh(clock, node);
        alice.join("lobby", Mode.OPEN);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    private SendSchedule until(Instant time, String reason) {
        return departure -> {
            asked.add(departure);
            return Optional.of(new SendSchedule.Hold(time, reason));
        };
    }

    private String waits() throws Exception {
        alice.kick();
        alice.round();
        assertEquals(0, network.broadcasts().size());
        return alice.messages().outbox(false).get(0).reason();
    }

    @Test
    void theLatestOfThoseWhoHoldBackCounts() throws Exception {
        Instant hour = clock.instant().plus(Duration.ofHours(1));
        SendSchedule office = until(hour, "office hours");
        alice.delivery().addSchedule(office, Map.of());
        alice.delivery().addSchedule(until(hour.minusSeconds(60), "an earlier one"), Map.of());
        alice.delivery()
                .addSchedule(
                        departure -> {
                            throw new IllegalStateException("broken");
                        },
                        Map.of());
        alice.send("lobby", "hello");
        assertTrue(waits().endsWith(": office hours"), waits());
        assertEquals(new SendSchedule.Departure(Network.REGTEST, clock.instant()), asked.get(0));
        alice.delivery().removeSchedule(office);
        assertTrue(waits().endsWith(": an earlier one"), waits());
        clock.pass(Duration.ofMinutes(59));
        alice.kick();
        alice.round();
        assertEquals(1, network.broadcasts().size());
    }

    @Test
    void whatIsHeldBackLeavesWhenTheBundleGoes() throws Exception {
        SendSchedule office = until(clock.instant().plus(Duration.ofHours(1)), "office hours");
        alice.delivery().addSchedule(office, Map.of());
        alice.send("lobby", "hello");
        waits();
        alice.delivery().removeSchedule(office);
        alice.round();
        assertEquals(1, network.broadcasts().size());
    }

    @Test
    void nobodyIsAskedAboutAPointOfCoverTraffic() throws Exception {
        Whiteboard<SendSchedule> schedules = new Whiteboard<>();
        schedules.add(until(clock.instant().plusSeconds(60), "office hours"), Map.of());
        SlotSchedule slots = new SlotSchedule(
                alice.engine.stageContext.clock(),
                alice.engine.stageContext.random(),
                alice.engine.stageContext.settings(),
                new FixedTiming(),
                schedules);
        assertThrows(SlotSchedule.Later.class, () -> slots.take(1, Network.REGTEST, clock.instant()));
        assertFalse(asked.isEmpty());
        asked.clear();
        slots.cover(1, Optional.of(Network.REGTEST));
        slots.openPoint(1);
        assertTrue(slots.take(1, Network.REGTEST, clock.instant()));
        assertEquals(List.of(), asked);
    }

    @Test
    void aPolicysRateIsPaidAndShown() throws Exception {
        alice.settings.set("fee-band", "0");
        FeePolicy policy = market -> Optional.of(new FeeRate(3_000));
        alice.feesStage().addFeePolicy(policy, Map.of());
        assertEquals(new FeeRate(3_000), alice.fees().status().get(0).rate());
        alice.feesStage().removeFeePolicy(policy);
        assertTrue(alice.fees().status().get(0).rate().compareTo(new FeeRate(3_000)) < 0);
    }

    @Test
    void aReasonIsAShortLine() {
        assertThrows(IllegalArgumentException.class, () -> new SendSchedule.Hold(Instant.EPOCH, ""));
        assertThrows(IllegalArgumentException.class, () -> new SendSchedule.Hold(Instant.EPOCH, "two\nlines"));
        assertThrows(IllegalArgumentException.class, () -> new SendSchedule.Hold(Instant.EPOCH, "x".repeat(201)));
    }
}
