package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.schedule.Pace;

/** How fast packets leave without configuration, according to the pace. */
class PaceTest {
    private static final int MESSAGES = 45;

    private final DeliveryBench bench = new DeliveryBench();
    private final Told told = new Told();

    /** This number of packets at once, and then one every six seconds; records the requests. */
    private static final class Told implements Pace {
        final List<Duration> means = new CopyOnWriteArrayList<>();
        final List<String> limits = new CopyOnWriteArrayList<>();

        @Override
        public Duration delay(Duration mean, SecureRandom random) {
            means.add(mean);
            return Duration.ofSeconds(4);
        }

        @Override
        public RateLimit newRateLimit(int perMinute, int burst) {
            limits.add(perMinute + "/" + burst);
            return new RateLimit() {
                private int taken;
                private Instant full;

                @Override
                public Instant earliest(Instant now) {
                    return taken < burst ? now : full.plusSeconds(6L * (taken - burst + 1));
                }

                @Override
                public void take(Instant now) {
                    taken++;
                    full = taken == burst ? now : full;
                }
            };
        }
    }

    @BeforeEach
    void ask() {
        bench.stage.put(Pace.class, told);
        bench.stage.nodes.add(bench.network.node("s", Network.SIGNET));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Messages that do not wait for each other. */
    private void sendToManyChannels(Network where) throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            bench.stage.queue(
                    bench.stage.join("channel " + i, Mode.OPEN, where), "hello", "confirm", Duration.ofDays(1), 0);
        }
        bench.round();
    }

    private int out() {
        return bench.network.broadcasts().size();
    }

    @Test
    void onPublicNetworksADelayOf5SecondsABurstOf20Then10AMinute() throws Exception {
        sendToManyChannels(Network.SIGNET);
        assertEquals(Set.of(Duration.ofSeconds(5)), Set.copyOf(told.means), "the mean of every delay");
        assertEquals(MESSAGES, told.means.size(), "one for each packet");
        assertEquals(0, out(), "nothing before its delay");
        bench.pass(Duration.ofSeconds(4));
        assertEquals(20, out(), "the burst");
        assertEquals(List.of("10/20"), told.limits);
        assertTrue(
                bench.stage.allOutgoing().stream()
                        .anyMatch(waiting -> waiting.reason().endsWith("at most 10 a minute")),
                "it is shown");
        for (int second = 1; second <= 60; second++) {
            bench.pass(Duration.ofSeconds(1));
            assertEquals(20 + second / 6, out(), "one in six seconds");
        }
    }

    @Test
    void onNetworksForTestsNothingWaits() throws Exception {
        sendToManyChannels(Network.REGTEST);
        assertEquals(MESSAGES, out());
        assertEquals(List.of(), told.means);
        assertEquals(List.of(), told.limits);
    }
}
