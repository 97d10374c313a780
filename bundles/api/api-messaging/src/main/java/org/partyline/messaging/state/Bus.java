package org.partyline.messaging.state;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.partyline.api.store.StoreException;

/**
 * Carries events from later stages to earlier ones, so that no stage refers to a later one. An event is a value with a
 * type of its own; anyone with to do with it listens to that type.
 */
public final class Bus {
    private final Map<Class<?>, List<Consumer<Object>>> listeners = new ConcurrentHashMap<>();
    private final Map<Class<?>, List<Participant<Object>>> participants = new ConcurrentHashMap<>();

    /**
     * An event: something that waiting work may have needed has changed: a message, a node, or coins. The sender tries
     * all of it again.
     */
    public record Retry() {}

    /** A service was added or has returned: work that waited for it continues. */
    public record PartsReturned() {}

    /** More packets are expected than before: unmatched ones are tried again. */
    public record Expected() {}

    /** A node was found to be on another chain: see {@link InitialSync#distrusted}. Nodes do not tell it again. */
    public record Distrusted() {}

    /** A message was queued: the sender looks at once. */
    public record Queued() {}

    /**
     * Listens to events from now on.
     *
     * @param type of the events, exactly this class
     * @param listener called on the thread of whoever tells, often under the state lock: it must not block
     * @return ends it
     */
    public <E> Listening on(Class<E> type, Consumer<? super E> listener) {
        return add(listeners, type, event -> listener.accept(type.cast(event)));
    }

    /** A subscription, which ends when it is closed. */
    @FunctionalInterface
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    private static <L> Listening add(Map<Class<?>, List<L>> all, Class<?> type, L listener) {
        List<L> same = all.computeIfAbsent(type, key -> new CopyOnWriteArrayList<>());
        same.add(listener);
        return () -> same.remove(listener);
    }

    /**
     * The unlocked state must be rebuilt from the store: its chains were replaced, or it could not be read when the
     * store was opened. Told under the lock, by {@link #publishWithin}.
     */
    public record Outdated() {}

    /** Stores data in the transaction of an event. */
    @FunctionalInterface
    public interface Participant<E> {
        /** Part of the teller's transaction, which fails when this does. */
        void take(E event) throws StoreException;
    }

    /**
     * Participates in the transaction in which events of a type are announced. @param type exactly this class @return
     * ends it
     */
    public <E> Listening within(Class<E> type, Participant<? super E> participant) {
        return add(participants, type, event -> participant.take(type.cast(event)));
    }

    /**
     * Tells an event, which holds the caller's transaction, to all who take part in it.
     *
     * @param bundle whose part it is above all, by its short name
     * @throws AbsentException when nobody takes part
     */
    public void publishWithin(Object event, String bundle) throws StoreException {
        List<Participant<Object>> all = participants.getOrDefault(event.getClass(), List.of());
        if (all.isEmpty()) {
            throw new AbsentException("it waits for bundle org.partyline." + bundle + ", which must also record it");
        }
        for (Participant<Object> participant : all) {
            participant.take(event);
        }
    }

    /** Tells an event to all who listen to its type, in the order in which they came. */
    public void publish(Object event) {
        listeners.getOrDefault(event.getClass(), List.of()).forEach(listener -> listener.accept(event));
    }
}
