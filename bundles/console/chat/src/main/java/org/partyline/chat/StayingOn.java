package org.partyline.chat;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.consoleline.KeepAlive;

/** Reports once a minute that a console is in use: otherwise, an SSH connection without key presses would be closed. */
final class StayingOn implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "partyline-chat-keep-alive");
        thread.setDaemon(true);
        return thread;
    });

    StayingOn(Session session) {
        this(session, EVERY);
    }

    StayingOn(Session session, Duration every) {
        timer.scheduleWithFixedDelay(
                () -> KeepAlive.of(session), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
