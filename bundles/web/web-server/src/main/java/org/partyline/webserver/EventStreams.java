package org.partyline.webserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.web.WebEvents;
import org.partyline.api.web.WebProblem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends open-ended responses (server-sent events), each on a separate thread, so that they delay no other call. */
final class EventStreams implements AutoCloseable {
    /** The maximum number of streams. */
    static final int MOST = 64;
    /** The time without an event after which a comment is sent, so that no proxy takes the connection for idle. */
    static final Duration QUIET = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
    /** How often to check whether the reader is still authorised. */
    private static final Duration ROUND = Duration.ofSeconds(1);

    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final long IDLE_SECONDS = 5;

    private final Clock clock;
    private final SlowReaders slow;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread made = new Thread(task, "partyline-web-stream");
                made.setDaemon(true);
                return made;
            });

    EventStreams(Clock clock, SlowReaders slow) {
        this.clock = clock;
        this.slow = slow;
    }

    /** Decides whether the reader of a stream may still receive events. */
    @FunctionalInterface
    interface Admission {
        /** @throws PartylineException if it may not */
        void check() throws PartylineException;
    }

    /**
     * Sends events from now on, and finally closes them and the exchange. The headers are sent before.
     *
     * @throws WebProblem if there are too many streams
     */
    void run(HttpExchange exchange, WebEvents events, Admission admission, SlowReaders.Write headers)
            throws WebProblem {
        try {
            threads.execute(() -> send(exchange, events, admission, headers));
        } catch (RejectedExecutionException e) {
            events.close();
            throw new WebProblem(
                    503,
                    "Not available",
                    MOST + " streams of events are open, the maximum: close one of them",
                    Map.of("Retry-After", "10"));
        }
    }

    private void send(HttpExchange exchange, WebEvents events, Admission admission, SlowReaders.Write headers) {
        try {
            try (events) {
                slow.limit(headers);
                send(exchange.getResponseBody(), events, admission);
            } finally {
                slow.limit(exchange::close);
            }
        } catch (IOException e) {
            LOG.debug("the reader of a stream of events has gone");
        } catch (PartylineException | UnavailableException e) {
            LOG.debug("a stream of events ended: its reader may not be answered now");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("a stream of events ended: {}", Faults.trace(e));
        }
    }

    private void send(OutputStream out, WebEvents events, Admission admission)
            throws PartylineException, InterruptedException, IOException {
        Instant last = clock.instant();
        write(out, COMMENT);
        while (!threads.isShutdown()) {
            List<WebEvents.Event> next = events.next(ROUND);
            admission.check();
            for (WebEvents.Event event : next) {
                // Again before each: its reader may accept them slowly.
                admission.check();
                write(out, text(event));
            }
            Instant now = clock.instant();
            if (!next.isEmpty()) {
                last = now;
            } else if (now.isBefore(last) || !now.isBefore(last.plus(QUIET))) {
                // The clock may also have been set back.
                write(out, COMMENT);
                last = now;
            }
        }
    }

    private void write(OutputStream out, byte[] bytes) throws IOException {
        slow.limit(() -> {
            out.write(bytes);
            out.flush();
        });
    }

    private static byte[] text(WebEvents.Event event) {
        return ("id: " + event.id() + "\ndata: " + event.data() + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
