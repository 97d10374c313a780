package org.partyline.messaging.state;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Creates named daemon threads that stop with their stage. */
public final class Threads {
    /** Several stages wait one after the other, and the start script gives a server a minute to stop. */
    private static final int PATIENCE_SECONDS = 10;

    private Threads() {}

    /** One thread that can also run delayed tasks. */
    public static ScheduledExecutorService scheduled(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, factory(name));
        // A delayed task does not hold up a stop.
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** A fixed number of threads. */
    public static ExecutorService fixed(String name, int threads) {
        return Executors.newFixedThreadPool(threads, factory(name));
    }

    private static ThreadFactory factory(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Lets running tasks finish, for a while. */
    public static void stop(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                end(threads);
            }
        } catch (InterruptedException e) {
            end(threads);
            Thread.currentThread().interrupt();
        }
    }

    /** Drops waiting tasks, and cancels those who wait for them. */
    private static void end(ExecutorService threads) {
        for (Runnable waiting : threads.shutdownNow()) {
            if (waiting instanceof Future<?> future) {
                future.cancel(false);
            }
        }
    }
}
