package org.partyline.secretskeyring;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.partyline.api.secrets.SecretStore.SecretStoreException;

/** Runs calls that may hang on a separate thread, and stops waiting after a timeout. */
final class KeyringTimeout implements AutoCloseable {
    /** The number of calls that may hang before further ones are not even begun. */
    private static final int THREADS = 4;

    private static final String LATE = "the keyring does not answer: check its desktop session";

    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "partyline-keyring");
                thread.setDaemon(true);
                return thread;
            });

    /** @throws SecretStoreException that of the task, or if it takes longer than the limit */
    <T> T run(Duration limit, Callable<T> task) throws SecretStoreException {
        Future<T> running;
        try {
            running = threads.submit(task);
        } catch (RejectedExecutionException e) {
            throw new SecretStoreException(LATE, e);
        }
        try {
            return running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            throw new SecretStoreException(LATE, e);
        } catch (InterruptedException e) {
            running.cancel(true);
            Thread.currentThread().interrupt();
            throw new SecretStoreException("interrupted while asking the keyring: try again", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SecretStoreException refused) {
                throw refused;
            }
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new SecretStoreException(
                    "the keyring cannot be used: " + cause.getClass().getSimpleName() + "; see the log", cause);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
