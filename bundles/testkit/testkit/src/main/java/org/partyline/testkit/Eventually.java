package org.partyline.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for events in other threads and processes; the time they take does not affect any test. */
public final class Eventually {
    private static final long MOST = TimeUnit.SECONDS.toNanos(120);
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(5);

    private Eventually() {}

    /** A condition that is expected to become true. */
    @FunctionalInterface
    public interface Condition {
        /** Returns whether it is true now. */
        boolean holds() throws Exception;
    }

    /**
     * Returns once a condition is true.
     *
     * @param what the expected event, for the failure message
     * @param condition checked at once and then repeatedly; an exception ends the waiting
     * @throws AssertionError if it is not true after two minutes, the condition throws a checked exception, or the
     *     thread is interrupted
     */
    public static void that(String what, Condition condition) {
        long begin = System.nanoTime();
        while (!holds(what, condition)) {
            if (System.nanoTime() - begin > MOST) {
                throw new AssertionError("it never came to be: " + what);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while it waited: " + what);
            }
        }
    }

    private static boolean holds(String what, Condition condition) {
        try {
            return condition.holds();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("it was waited in vain: " + what, e);
        }
    }
}
