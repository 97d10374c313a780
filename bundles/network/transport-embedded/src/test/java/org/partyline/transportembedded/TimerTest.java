package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.transport.NodeStatus;
import org.partyline.testkit.HandSetClock;

class TimerTest {
    @TempDir
    Path home;

    /** Runs the scheduled tasks when the test says so. */
    private static final class Timer extends ScheduledThreadPoolExecutor {
        private final List<Runnable> tasks = new ArrayList<>();
        private final List<Long> periods = new ArrayList<>();
        private final List<ScheduledFuture<?>> futures = new ArrayList<>();

        Timer() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
            tasks.add(task);
            periods.add(unit.toMillis(period));
            // Never due within a test.
            futures.add(super.scheduleAtFixedRate(task, 1, 1, TimeUnit.DAYS));
            return futures.get(futures.size() - 1);
        }
    }

    private static EmbeddedSettings every(Duration interval) {
        EmbeddedSettings s = TestNode.SETTINGS;
        return new EmbeddedSettings(
                interval,
                s.maxScriptBytes(),
                s.maxOutputs(),
                s.relayFee(),
                s.incrementalFee(),
                s.mempoolVbytes(),
                s.mempoolExpiry());
    }

    /** Throws on request when a block is created, which reads the clock. */
    private static final class FailingClock extends Clock {
        private final HandSetClock below = new HandSetClock(Instant.parse("2026-11-24T12:00:00Z"));
        private Error failure;

        @Override
        public Instant instant() {
            if (failure != null) {
                throw failure;
            }
            return below.instant();
        }

        @Override
        public ZoneId getZone() {
            return below.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void anErrorIsNotTheEndOfTheTimerAndTheStatusSaysSo() throws Exception {
        Timer timer = new Timer();
        FailingClock clock = new FailingClock();
        try (EmbeddedNode node =
                new EmbeddedNode("alpha", home, every(Duration.ofSeconds(60)), clock, TestNode.seeded(1), timer)) {
            clock.failure = new OutOfMemoryError("secret words");
            timer.tasks.get(0).run();
            assertEquals(NodeStatus.State.UNREACHABLE, node.transport().status().state());
            assertEquals(
                    "node alpha could not create its last block (OutOfMemoryError); it is tried again, see the log",
                    node.transport().status().detail());

            clock.failure = null;
            timer.tasks.get(0).run();
            assertEquals(1, node.ledger().tip().height());
            assertEquals(NodeStatus.State.READY, node.transport().status().state());
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void theTimerMakesBlocksAndFollowsTheSettings() throws Exception {
        Timer timer = new Timer();
        try (EmbeddedNode node = new EmbeddedNode(
                "alpha",
                home,
                every(Duration.ofSeconds(60)),
                new HandSetClock(Instant.parse("2026-11-24T12:00:00Z")),
                TestNode.seeded(1),
                timer)) {
            assertEquals(List.of(60_000L), timer.periods);
            timer.tasks.get(0).run();
            timer.tasks.get(0).run();
            assertEquals(2, node.ledger().tip().height());

            node.change(every(Duration.ofSeconds(5)));
            assertTrue(timer.futures.get(0).isCancelled());
            assertEquals(List.of(60_000L, 5_000L), timer.periods);

            node.change(every(Duration.ZERO));
            assertTrue(timer.futures.get(1).isCancelled());
            assertEquals(2, timer.periods.size());
        } finally {
            timer.shutdownNow();
        }
        // A stopped node's last tick is harmless.
        timer.tasks.get(1).run();
    }
}
