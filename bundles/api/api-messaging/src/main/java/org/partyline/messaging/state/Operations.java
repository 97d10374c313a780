package org.partyline.messaging.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Tracks running operations and the service instances that they use. An operation is everything between {@link #enter}
 * and {@link #leave}; to its end, it sees the services that were present when it began ({@link Live}), so that nothing
 * vanishes in the middle. Thread-safe.
 */
public final class Operations {
    private static final Duration MOST_WAIT = Duration.ofSeconds(10);

    /** Names the missing bundle. */
    public interface Outages {
        /**
         * {@code it waits for bundle org.partyline.fees, which is stopped since 10:00:00 UTC}; empty if no stopped
         * bundle provides it.
         *
         * @param service the name of the interface
         */
        Optional<String> missing(String service);

        /** The same for a bundle, by its short name. */
        Optional<String> stopped(String bundle);

        /**
         * The number of bundles that declare a service, running or not.
         *
         * @param service the name of the interface
         */
        int providers(String service);

        /** Whether everything that starts automatically was started: bundles that are not running now are stopped. */
        boolean hasBooted();
    }

    private static final class Operation {
        final long began;
        int depth = 1;

        Operation(long began) {
            this.began = began;
        }
    }

    /** A service that is being removed. @param end when waiting for its users ends, by {@code System.nanoTime} */
    private record Leaving(Object service, long end) {}

    private final Outages outages;
    private final Duration mostWait;
    private final ThreadLocal<Operation> operation = new ThreadLocal<>();
    /** The number of running operations, by the number of changes before they began. */
    private final TreeMap<Long, Integer> running = new TreeMap<>();
    /** Several callers may wait for the users of one service: together they wait no longer than one would. */
    private final List<Leaving> leaving = new ArrayList<>();
    /** The number of times that a service was added or removed. */
    private long changes;

    public Operations(Outages outages) {
        this(outages, MOST_WAIT);
    }

    /** @param mostWait how long to wait for the operations that use a departing service */
    public Operations(Outages outages, Duration mostWait) {
        this.outages = outages;
        this.mostWait = mostWait;
    }

    /** Begins an operation, or a nested one. */
    public void enter() {
        Operation now = operation.get();
        if (now != null) {
            now.depth++;
            return;
        }
        synchronized (this) {
            running.merge(changes, 1, Integer::sum);
            operation.set(new Operation(changes));
        }
    }

    /** Ends the operation that began last. */
    public void leave() {
        Operation now = operation.get();
        if (--now.depth > 0) {
            return;
        }
        operation.remove();
        synchronized (this) {
            if (running.merge(now.began, -1, Integer::sum) == 0) {
                running.remove(now.began);
                notifyAll();
            }
        }
    }

    /** The missing bundle, in one line. @param service the name of its interface */
    String missing(Class<?> service) {
        return outages.missing(service.getName())
                .orElse("it waits for a bundle that provides " + service.getSimpleName() + ", which is not running");
    }

    /** Why a bundle of ours is not running; empty if it is, or is not installed. @param bundle its short name */
    public Optional<String> outage(String bundle) {
        return outages.stopped(bundle);
    }

    /** The number of bundles that declare a service, running or not. */
    public int providers(Class<?> service) {
        return outages.providers(service.getName());
    }

    /** Whether everything that starts automatically was started: bundles that are not running now are stopped. */
    public boolean hasBooted() {
        return outages.hasBooted();
    }

    /** The number of changes that this thread's operation has seen. */
    long known() {
        Operation now = operation.get();
        return now == null ? Long.MAX_VALUE : now.began;
    }

    /** Counts the addition or removal of a service. Hold the monitor. @return the number of this change */
    long change() {
        return ++changes;
    }

    /** The number of changes that every running operation has seen. Hold the monitor. */
    long knownToAll() {
        return running.isEmpty() ? changes : running.firstKey();
    }

    /**
     * Waits for a while for the operations that began before a change, unless this thread is in one.
     *
     * @param service the service that was removed with it
     */
    synchronized void awaitThoseBefore(long change, Object service) {
        if (operation.get() != null) {
            return;
        }
        long end = end(service);
        try {
            while (knownToAll() < change) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long end(Object service) {
        long now = System.nanoTime();
        leaving.removeIf(gone -> now - gone.end() > mostWait.toNanos());
        for (Leaving gone : leaving) {
            if (gone.service() == service) {
                return gone.end();
            }
        }
        Leaving next = new Leaving(service, now + mostWait.toNanos());
        leaving.add(next);
        return next.end();
    }
}
