package org.partyline.messaging.state;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Checks whether threads still make progress. Each is given a task that does nothing; a thread that has not run it
 * after a long time hangs. A shorter delay is not a failure: a node may take minutes to answer.
 */
public final class ThreadWatchdog {
    static final Duration PATIENCE = Duration.ofMinutes(30);

    private final List<Beat> beats;
    private final LongSupplier nanos;

    /** @param threads by their purpose @param nanos a monotonic clock */
    public ThreadWatchdog(Map<String, ? extends Executor> threads, LongSupplier nanos) {
        this.beats = threads.entrySet().stream()
                .map(thread -> new Beat(thread.getKey(), thread.getValue()))
                .toList();
        this.nanos = nanos;
    }

    /** The thread that hangs or has ended, in one line; empty: all make progress. */
    public Optional<String> failure() {
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
                        : Optional.of("the thread '" + name + "' has not responded for "
                                + Duration.ofNanos(now - since).toMinutes() + " minutes");
            }
            waits = true;
            since = now;
            try {
                thread.execute(this::answer);
                return Optional.empty();
            } catch (RejectedExecutionException e) {
                waits = false;
                return Optional.of("the thread '" + name + "' has stopped");
            }
        }

        private synchronized void answer() {
            waits = false;
        }
    }
}
