package org.partyline.shell.command;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Interrupts the thread that created it unless it is closed in time. */
final class Alarm implements AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "command-alarm");
        made.setDaemon(true);
        return made;
    });
    private final Thread runs = Thread.currentThread();
    private boolean rung;
    private boolean closed;

    Alarm(Duration time) {
        thread.schedule(this::ring, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void ring() {
        if (!closed) {
            rung = true;
            runs.interrupt();
        }
    }

    synchronized boolean hasRung() {
        return rung;
    }

    @Override
    public synchronized void close() {
        closed = true;
        thread.shutdownNow();
        if (rung) {
            // Clears this alarm's interrupt, so that nothing else receives it.
            Thread.interrupted();
        }
    }
}
