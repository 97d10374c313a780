package org.partyline.messaging.state;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Creates named daemon threads that end with their stage. */
public final class Threads {
    /** Several stages wait one after the other, and the start script gives a server a minute to stop. */
    private static final int PATIENCE_SECONDS = 10;

    private Threads() {}

    /** One thread that also does things later. */
    public static ScheduledExecutorService scheduled(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, factory(name));
        // What is to happen some time does not hold up a stop.
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** So many threads. */
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

    /** Lets what runs come to its end, for a while. */
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

    /** What waits is begun no more, and nobody waits for it any longer. */
    private static void end(ExecutorService threads) {
        for (Runnable waiting : threads.shutdownNow()) {
            if (waiting instanceof Future<?> future) {
                future.cancel(false);
            }
        }
    }
}
