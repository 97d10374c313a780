package org.partyline.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what other threads and processes will do; how long that takes is no part of any test. */
public final class Eventually {
    private static final long MOST = TimeUnit.SECONDS.toNanos(120);
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(5);

    private Eventually() {}

    /** Something that comes to be. */
    @FunctionalInterface
    public interface Condition {
        /** Whether it is so now. */
        boolean holds() throws Exception;
    }

    /**
     * Returns once something is so.
     *
     * @param what is waited for; is in the failure
     * @param condition is looked at at once, and again and again; what it throws ends the waiting
     * @throws AssertionError when it is not so after two minutes, the condition throws a checked exception, or the thread is interrupted
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
