package org.partyline.messaging.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.partyline.api.Faults;
import org.partyline.api.engine.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies listeners of events, on one thread. A message that arrived before an earlier one of the same sender is held
 * back briefly, so that listeners receive a sender's messages in order.
 */
public final class EventHub {
    private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);

    private final Faults faults = new Faults("notifying listeners", LOG::error);
    private final ScheduledExecutorService thread;
    private final Supplier<Duration> hold;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final Map<Integer, Line> lines = new HashMap<>();

    private record Follower(Messages.Query query, Consumer<Messages.Event> listener) {}

    /** The state of one chain; used only by the hub's thread. */
    private static final class Line {
        private final TreeMap<Integer, Optional<Messages.Event>> waiting = new TreeMap<>();
        private int next;
        private boolean timed;
    }

    /**
     * @param thread runs the listeners, one at a time
     * @param hold how long a message waits for an earlier one
     */
    public EventHub(ScheduledExecutorService thread, Supplier<Duration> hold) {
        this.thread = thread;
        this.hold = hold;
    }

    public AutoCloseable follow(Messages.Query query, Consumer<Messages.Event> listener) {
        Follower follower = new Follower(query, listener);
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    /** Publishes an event at once. */
    public void publish(Messages.Event event) {
        run(() -> emit(event));
    }

    /** Starts to order the messages of a chain, from this position on. */
    public void startLine(int chain, int next) {
        run(() -> lines.computeIfAbsent(chain, number -> new Line()).next = next);
    }

    public void endLine(int chain) {
        run(() -> {
            Line line = lines.remove(chain);
            if (line != null) {
                line.waiting.values().forEach(event -> event.ifPresent(this::emit));
            }
        });
    }

    /**
     * Records that a position of a chain has arrived.
     *
     * @param event the event to publish; empty for a fragment, or a packet without a message
     */
    public void arrived(int chain, int position, Optional<Messages.Event> event) {
        run(() -> {
            Line line = lines.computeIfAbsent(chain, number -> new Line());
            if (position < line.next) {
                event.ifPresent(this::emit);
                return;
            }
            line.waiting.put(position, event);
            flush(chain, line);
        });
    }

    /** Drops the events that are held back, because the store is locked. */
    public void forget() {
        run(lines::clear);
    }

    private void flush(int chain, Line line) {
        while (!line.waiting.isEmpty() && line.waiting.firstKey() <= line.next) {
            line.next = Math.max(line.next, line.waiting.firstKey() + 1);
            line.waiting.pollFirstEntry().getValue().ifPresent(this::emit);
        }
        if (!line.waiting.isEmpty() && !line.timed) {
            line.timed = true;
            int gap = line.next;
            thread.schedule(
                    () -> faults.survive(() -> giveUpGap(chain, line, gap)),
                    hold.get().toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void giveUpGap(int chain, Line line, int gap) {
        line.timed = false;
        if (lines.get(chain) != line) {
            return;
        }
        // A later gap has its own waiting time.
        if (line.next == gap && !line.waiting.isEmpty()) {
            line.next = line.waiting.firstKey();
        }
        flush(chain, line);
    }

    private void emit(Messages.Event event) {
        for (Follower follower : new ArrayList<>(followers)) {
            if (!matches(follower.query(), event)) {
                continue;
            }
            try {
                follower.listener().accept(event);
            } catch (RuntimeException | Error e) {
                LOG.warn("a listener for messages failed: {}", Faults.reason(e));
            }
        }
    }

    private static boolean matches(Messages.Query query, Messages.Event event) {
        String persona = event.message()
                .map(Messages.Message::persona)
                .or(() -> event.outgoing().map(Messages.Outgoing::persona))
                .or(() -> event.change().map(Messages.Change::persona))
                .orElse("");
        String channel = event.message()
                .map(Messages.Message::channel)
                .or(() -> event.outgoing().map(Messages.Outgoing::channel))
                .or(() -> event.change().map(Messages.Change::channel))
                .orElse("");
        boolean direct = event.message()
                .map(Messages.Message::direct)
                .or(() -> event.outgoing().map(Messages.Outgoing::direct))
                .or(() -> event.change().map(Messages.Change::direct))
                .orElse(false);
        boolean place = query.contact().isPresent()
                ? direct && query.contact().get().equals(channel)
                : query.channel().map(name -> !direct && name.equals(channel)).orElse(true);
        boolean sender = query.from().isEmpty()
                || event.message()
                        .map(m -> m.sender().equals(query.from().get()))
                        .orElse(false);
        return sender && place && query.persona().map(persona::equals).orElse(true);
    }

    private void run(Runnable task) {
        try {
            thread.execute(() -> faults.survive(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("messaging has stopped");
        }
    }
}
