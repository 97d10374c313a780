package org.partyline.storejdbc;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A scheduler whose repeated task runs only when a test says so. */
final class HandScheduler extends ScheduledThreadPoolExecutor {
    private Runnable task;
    private ScheduledFuture<?> repeated;
    long seconds;

    HandScheduler() {
        super(1, runnable -> {
            Thread thread = new Thread(runnable, "hand scheduler");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
        task = command;
        seconds = unit.toSeconds(delay);
        repeated = schedule(() -> {}, 1000, TimeUnit.DAYS);
        return repeated;
    }

    boolean isCancelled() {
        return repeated.isCancelled();
    }

    void tick() {
        task.run();
    }
}
