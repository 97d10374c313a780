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

    /** @param end what ends the connection */
    Patience(Runnable end) {
        this.end = end;
    }

    /** Waits for so long from now on. @param time empty: forever */
    synchronized void wait(Optional<Duration> time) {
        pause();
        limit = time;
        if (thread.isShutdown()) {
            // The input's thread may come to the end of its input after the connection ended.
            return;
        }
        time.ifPresent(most -> alarm = thread.schedule(() -> pass(most), most.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** It is the server that waits now. */
    synchronized void pause() {
        if (alarm != null) {
            alarm.cancel(false);
        }
    }

    /** The server has what it waited for. @param least so long it has at least, where there is a limit */
    synchronized void goOn(Duration least) {
        wait(limit.map(most -> most.compareTo(least) < 0 ? least : most));
    }

    private synchronized void pass(Duration after) {
        passed = Optional.of(after);
        end.run();
    }

    /** The time that has passed without an answer; empty: none has. */
    synchronized Optional<Duration> passed() {
        return passed;
    }

    @Override
    public synchronized void close() {
        thread.shutdownNow();
    }
}
