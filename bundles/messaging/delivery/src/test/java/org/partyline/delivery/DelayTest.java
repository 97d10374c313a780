package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.schedule.Pace;
import org.partyline.api.settings.SendingSettings;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.testkit.messaging.PlainCarrier;

/** When a packet leaves that could leave at once. */
class DelayTest {
    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    /** Draws delays and allows packets as the test says. */
    private static final class Drawn implements Pace {
        volatile Duration delay = Duration.ZERO;
        /** The requested delays. */
        final List<Duration> means = new CopyOnWriteArrayList<>();
        /** The requested limits. */
        final List<String> limits = new CopyOnWriteArrayList<>();

        private final List<Instant> tokens = new ArrayList<>();

        @Override
        public Duration delay(Duration mean, SecureRandom random) {
            means.add(mean);
            return delay;
        }

        @Override
        public RateLimit newRateLimit(int perMinute, int burst) {
            limits.add(perMinute + " a minute, " + burst + " at once");
            return new RateLimit() {
                @Override
                public Instant earliest(Instant now) {
                    return tokens.size() < burst
                            ? now
                            : tokens.get(tokens.size() - burst).plusSeconds(60);
                }

                @Override
                public void take(Instant now) {
                    tokens.add(now);
                }
            };
        }
    }

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void set(Optional<Duration> jitter, Optional<Integer> perMinute, int burst) {
        SendingSettings sending = bench.stage.settings.get().sending();
        bench.stage.settings.sending(new SendingSettings(
                sending.defaultTtl(),
                sending.maxBucket(),
                sending.chainMessages(),
                sending.within(),
                sending.recallsExpired(),
                sending.carrier(),
                jitter,
                perMinute,
                burst,
                sending.rebroadcastAfter()));
    }

    private String reason(long id) throws Exception {
        return bench.stage.outgoing(id).reason();
    }

    /** A text is sealed again then; other packets are not. */
    @Test
    void aDelayThatAFastClockDrewIsDrawnAgainOnceTheClockIsRight() throws Exception {
        Drawn timing = new Drawn();
        timing.delay = Duration.ofMinutes(7);
        bench.stage.put(Pace.class, timing);
        set(Optional.of(Duration.ofMinutes(10)), Optional.empty(), 20);
        bench.clock.pass(Duration.ofDays(1));
        long id = bench.stage.queue(lobby, PacketType.HANDSHAKE_INIT, new byte[20]);
        bench.round();
        assertEquals(State.SEALED, bench.stage.state(id), reason(id));
        bench.pass(Duration.ofDays(-1));
        assertEquals("it leaves at 12:07:00 UTC: a random delay", reason(id));
        bench.pass(Duration.ofMinutes(8));
        assertEquals(State.RELAYED, bench.stage.state(id), reason(id));
    }

    @Test
    void aDelayIsDrawnOnceAndShown() throws Exception {
        Drawn timing = new Drawn();
        timing.delay = Duration.ofMinutes(7);
        bench.stage.put(Pace.class, timing);
        set(Optional.of(Duration.ofMinutes(10)), Optional.empty(), 20);
        long id = bench.stage.queue(lobby, "later");
        bench.round();
        // The test's clock shows 12:00:00.
        String when = "it leaves at 12:07:00 UTC: a random delay";
        assertEquals(when, reason(id), "it says when");
        assertEquals(List.of(Duration.ofMinutes(10)), timing.means, "drawn with the mean that is set");
        Drawn other = new Drawn();
        other.delay = Duration.ofMinutes(1);
        bench.stage.put(Pace.class, other);
        bench.restart();
        bench.add(new PlainCarrier());
        bench.pass(Duration.ofMinutes(6).plusSeconds(59));
        bench.round();
        assertEquals(when, reason(id), "the same time");
        assertEquals(List.of(), other.means, "nothing is drawn again");
        assertEquals(0, bench.network.broadcasts().size());
        bench.pass(Duration.ofSeconds(1));
        assertEquals(State.RELAYED, bench.stage.state(id), "it leaves");
    }

    @Test
    void aBurstIsSlowedDown() throws Exception {
        Drawn timing = new Drawn();
        bench.stage.put(Pace.class, timing);
        set(Optional.empty(), Optional.of(1), 2);
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(bench.stage.queue(lobby, "text " + i));
        }
        bench.round();
        assertEquals("it leaves at 12:01:00 UTC: at most 1 a minute", reason(all.get(2)), "some wait");
        assertEquals(2, bench.network.broadcasts().size(), "no more than the burst");
        assertEquals(List.of("1 a minute, 2 at once"), timing.limits);
        for (int i = 0; i < 2; i++) {
            bench.pass();
        }
        for (long id : all) {
            assertEquals(State.RELAYED, bench.stage.state(id), "all leave");
        }
    }

    @Test
    void nothingIsSentOverACap() throws Exception {
        bench.stage.fees.refusal = "it would pass the cap";
        long id = bench.stage.queue(lobby, "too dear");
        bench.round();
        assertEquals("it would pass the cap", reason(id), "it says which cap");
        assertEquals(List.of(), bench.node.signed);
        bench.pass();
        assertEquals(0, bench.network.broadcasts().size());
        bench.stage.fees.refusal = null;
        bench.pass();
        assertEquals(State.RELAYED, bench.stage.state(id));
        assertTrue(bench.stage.fees.counted.contains(bench.stage.outgoing(id).fee()));
    }
}
