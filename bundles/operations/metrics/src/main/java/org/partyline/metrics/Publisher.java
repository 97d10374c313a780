package org.partyline.metrics;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the server at random times at least a period apart: between them the same bytes are served, however often
 * they are requested.
 */
final class Publisher implements Supplier<Published>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Supplier<Published> look;
    private final Duration period;
    private final RandomGenerator random;
    private final ScheduledExecutorService thread;
    private final Faults faults = new Faults("a check of the server for metrics", LOG::error);
    private volatile @Nullable Published published;

    Publisher(Supplier<Published> look, Duration period, RandomGenerator random) {
        this(look, period, random, Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "partyline-metrics");
            thread.setDaemon(true);
            return thread;
        }));
    }

    Publisher(Supplier<Published> look, Duration period, RandomGenerator random, ScheduledExecutorService thread) {
        this.look = look;
        this.period = period;
        this.random = random;
        this.thread = thread;
    }

    /** Measures for the first time, soon. */
    void start() {
        thread.execute(this::round);
    }

    private void round() {
        try {
            published = look.get();
        } catch (RuntimeException | Error e) {
            // Not thrown further: it would end the measurements.
            faults.met(e);
        }
        try {
            thread.schedule(this::round, gap().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("metrics have stopped");
        }
    }

    /** One to two periods. */
    Duration gap() {
        return period.plusMillis((long) (random.nextDouble() * period.toMillis()));
    }

    /** The published data; null before the first measurement. */
    @Override
    public @Nullable Published get() {
        return published;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
