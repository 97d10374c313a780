package org.partyline.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.partyline.api.health.Liveness;

/**
 * Whether the engine's threads still come round. Each is given a task that does nothing; one that has not got to it after a long
 * while hangs. Shorter than that is no failure: a node may take minutes over an answer.
 */
final class EngineThreads implements Liveness {
    static final Duration PATIENCE = Duration.ofMinutes(30);

    private final List<Beat> beats;
    private final BooleanSupplier takesIn;
    private final LongSupplier nanos;

    /** @param threads by what they do @param takesIn whether the thread for what comes lives @param nanos a clock that nobody sets */
    EngineThreads(Map<String, ? extends Executor> threads, BooleanSupplier takesIn, LongSupplier nanos) {
        this.beats = threads.entrySet().stream()
                .map(thread -> new Beat(thread.getKey(), thread.getValue()))
                .toList();
        this.takesIn = takesIn;
        this.nanos = nanos;
    }

    @Override
    public Optional<String> failure() {
        if (!takesIn.getAsBoolean()) {
            return Optional.of("the thread that takes packets in has ended");
        }
        return beats.stream().flatMap(beat -> beat.ask().stream()).findFirst();
    }

    private final class Beat {
        private final String name;
        private final Executor thread;
        private boolean waits;
        private long since;

        Beat(String name, Executor thread) {
            this.name = name;
            this.thread = thread;
        }

        synchronized Optional<String> ask() {
            long now = nanos.getAsLong();
            if (waits) {
                return now - since < PATIENCE.toNanos()
                        ? Optional.empty()
                        : Optional.of("the thread '" + name + "' has hung for "
                                + Duration.ofNanos(now - since).toMinutes() + " minutes");
            }
            waits = true;
            since = now;
            try {
                thread.execute(this::answer);
                return Optional.empty();
            } catch (RejectedExecutionException e) {
                waits = false;
                return Optional.of("the thread '" + name + "' has ended");
            }
        }

        private synchronized void answer() {
            waits = false;
        }
    }
}
