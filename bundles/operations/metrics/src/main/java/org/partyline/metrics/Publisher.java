package org.partyline.metrics;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.store.Forgetful;
import org.partyline.api.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the server at random times at least a period apart: between them the same bytes are served, however often
 * they are requested. Values of a store are not served once it is locked, nor after another passphrase opened another
 * store: then the server is measured again at once.
 */
final class Publisher implements Supplier<Published>, Forgetful, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Supplier<Published> look;
    private final Supplier<Optional<Store.State>> store;
    private final Duration period;
    private final RandomGenerator random;
    private final ScheduledExecutorService thread;
    private final Faults faults = new Faults("a check of the server for metrics", LOG::error);
    /** How often the store was locked; guarded by this. */
    private int locks;

    private volatile @Nullable Measured measured;

    private record Measured(Published published, Optional<Store.State> store) {}

    /** @param store the store's state; empty if nobody knows */
    Publisher(
            Supplier<Published> look, Supplier<Optional<Store.State>> store, Duration period, RandomGenerator random) {
        this(look, store, period, random, Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "partyline-metrics");
            thread.setDaemon(true);
            return thread;
        }));
    }

    Publisher(
            Supplier<Published> look,
            Supplier<Optional<Store.State>> store,
            Duration period,
            RandomGenerator random,
            ScheduledExecutorService thread) {
        this.look = look;
        this.store = store;
        this.period = period;
        this.random = random;
        this.thread = thread;
    }

    /** Measures for the first time, soon. */
    void start() {
        thread.execute(this::round);
    }

    private void round() {
        measure();
        try {
            thread.schedule(this::round, gap().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("metrics have stopped");
        }
    }

    private void measure() {
        int before = locks();
        Optional<Store.State> state = store.get();
        try {
            publish(new Measured(look.get(), state), before);
        } catch (RuntimeException | Error e) {
            // Not thrown further: it would end the measurements.
            faults.met(e);
        }
    }

    private synchronized int locks() {
        return locks;
    }

    private synchronized void publish(Measured now, int before) {
        // Otherwise some of it may be from before a lock, after which the server is measured again.
        if (locks == before) {
            measured = now;
        }
    }

    private void again() {
        measured = null;
        try {
            thread.execute(this::measure);
        } catch (RejectedExecutionException e) {
            LOG.debug("metrics have stopped");
        }
    }

    @Override
    public synchronized void forget() {
        locks++;
        again();
    }

    /** One to two periods. */
    Duration gap() {
        return period.plusMillis((long) (random.nextDouble() * period.toMillis()));
    }

    /** The published data; null before the first measurement, and until the next after the store was locked or opened. */
    @Override
    public @Nullable Published get() {
        Measured now = measured;
        if (now != null && !now.store().equals(store.get())) {
            again();
            return null;
        }
        return now == null ? null : now.published();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
