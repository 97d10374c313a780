package org.partyline.consolesocket;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Interrupts a command whose deadline has passed. */
final class Watchdog implements AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "console-deadline");
        made.setDaemon(true);
        return made;
    });
    private final InputWait waiting;
    private final Runnable interrupt;
    private final long limit;
    private final long begun = System.nanoTime();
    private final long waitedBefore;
    private volatile boolean passed;

    /**
     * @param interrupt called repeatedly until this is closed: the command may not have begun, or may misinterpret one
     *     interruption
     */
    Watchdog(Duration limit, InputWait waiting, Runnable interrupt) {
        this.waiting = waiting;
        this.interrupt = interrupt;
        this.limit = limit.toNanos();
        this.waitedBefore = waiting.waited();
        thread.schedule(this::look, this.limit, TimeUnit.NANOSECONDS);
    }

    private void look() {
        long left = limit - (System.nanoTime() - begun - (waiting.waited() - waitedBefore));
        if (left <= 0) {
            passed = true;
            interrupt.run();
        }
        thread.schedule(this::look, Math.max(left, TimeUnit.MILLISECONDS.toNanos(200)), TimeUnit.NANOSECONDS);
    }

    boolean hasPassed() {
        return passed;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
