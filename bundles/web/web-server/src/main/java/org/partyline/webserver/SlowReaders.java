package org.partyline.webserver;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Disconnects a client that does not read its response. The JDK's own limit ({@code maxRspTime}) would also end a
 * response that should stay open, so each write has a limit instead.
 */
final class SlowReaders implements AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "partyline-web-slow-readers");
        made.setDaemon(true);
        return made;
    });
    private final long millis;

    /** @param millis the maximum time of a write */
    SlowReaders(long millis) {
        this.millis = millis;
    }

    /** Writes to a client. */
    @FunctionalInterface
    interface Write {
        void run() throws IOException;
    }

    /** A write in progress. */
    private static final class Writing {
        private final Thread writer = Thread.currentThread();
        private boolean going = true;
        private boolean tooSlow;

        /**
         * An interrupt closes the connection. It must not reach the thread later, when it would close something else.
         */
        synchronized void disconnect() {
            if (going) {
                tooSlow = true;
                writer.interrupt();
            }
        }

        synchronized void end() {
            going = false;
            if (tooSlow) {
                Thread.interrupted();
            }
        }
    }

    /** @throws IOException if the client has disconnected, or reads too slowly */
    void limit(Write write) throws IOException {
        Writing writing = new Writing();
        Future<?> limit = schedule(writing);
        try {
            write.run();
        } finally {
            limit.cancel(false);
            writing.end();
        }
    }

    private Future<?> schedule(Writing writing) throws IOException {
        try {
            return thread.schedule(writing::disconnect, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            throw new IOException("the web server has stopped", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
