package org.partyline.itests.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.partyline.consolesocket.client.CommandStreams;
import org.partyline.consolesocket.client.ConsoleClient;

/**
 * Runs commands in a server's console over the socket in its home, as the start script does: one connection for each.
 */
final class SocketConsole {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "console");
        thread.setDaemon(true);
        return thread;
    });

    private final Path home;

    SocketConsole(Path home) {
        this.home = home;
    }

    /** Runs one line of the console's language. @throws IOException if there is no answer */
    Reply run(String line, Duration limit) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (ConsoleClient client = ConsoleClient.connect(home)) {
            Future<Integer> status =
                    THREADS.submit(() -> client.run(line, new CommandStreams(InputStream.nullInputStream(), out, err)));
            return new Reply(
                    status.get(limit.toSeconds(), TimeUnit.SECONDS),
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        } catch (TimeoutException e) {
            throw new IOException(
                    "no end of '" + line + "'",
                    new TimeoutException("it took over " + limit.toSeconds() + " s; so far: "
                            + out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8)));
        } catch (ExecutionException e) {
            throw new IOException("the connection broke during '" + line + "'", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during '" + line + "'", e);
        }
    }
}
