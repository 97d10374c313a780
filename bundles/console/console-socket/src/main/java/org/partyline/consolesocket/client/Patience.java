package org.partyline.consolesocket.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long a client waits for a server that hangs before it closes the connection. */
final class Patience implements AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "console-patience");
        made.setDaemon(true);
        return made;
    });
    private final Runnable end;
    private Optional<Duration> limit = Optional.empty();
    private @Nullable Future<?> alarm;
    private Optional<Duration> passed = Optional.empty();

    /** @param end ends the connection */
    Patience(Runnable end) {
        this.end = end;
    }

    /** Waits for this long from now on. @param time empty for no limit */
    synchronized void wait(Optional<Duration> time) {
        pause();
        limit = time;
        if (thread.isShutdown()) {
            // The input's thread may reach the end of its input after the connection ended.
            return;
        }
        time.ifPresent(most -> alarm = thread.schedule(() -> pass(most), most.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Pauses the limit while the server waits. */
    synchronized void pause() {
        if (alarm != null) {
            alarm.cancel(false);
        }
    }

    /**
     * Restarts the limit once the server has the input it waited for. @param least the minimum time, if there is a
     * limit
     */
    synchronized void goOn(Duration least) {
        wait(limit.map(most -> most.compareTo(least) < 0 ? least : most));
    }

    private synchronized void pass(Duration after) {
        passed = Optional.of(after);
        end.run();
    }

    /** Returns the time that has passed without an answer; empty if the limit has not expired. */
    synchronized Optional<Duration> passed() {
        return passed;
    }

    @Override
    public synchronized void close() {
        thread.shutdownNow();
    }
}
