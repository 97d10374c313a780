package org.partyline.nodes;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repeats a task with a variable pause. */
final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private static final Duration AFTER_A_FAULT = Duration.ofMinutes(1);

    private final Faults faults = new Faults("a round", LOG::error);
    private final ScheduledExecutorService thread;
    private final Runnable round;
    private final Supplier<Duration> pause;
    private Duration planned = AFTER_A_FAULT;
    private @Nullable Future<?> next;
    private long plan;

    /** @param round may throw anything: the next round runs anyway */
    Rounds(ScheduledExecutorService thread, Runnable round, Supplier<Duration> pause) {
        this.thread = thread;
        this.round = round;
        this.pause = pause;
    }

    /** Schedules the next round. */
    synchronized void start() {
        faults.survive(() -> planned = pause.get());
        long mine = ++plan;
        try {
            next = thread.schedule(() -> run(mine), planned.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("no more rounds: the bundle is stopping");
        }
    }

    private void run(long mine) {
        synchronized (this) {
            if (mine != plan) {
                return;
            }
            next = null;
        }
        try {
            faults.survive(round);
        } finally {
            start();
        }
    }

    /** Reschedules the next round if the pause has changed; a running round does that itself. */
    synchronized void changed() {
        if (next != null && !pause.get().equals(planned)) {
            next.cancel(false);
            start();
        }
    }
}
