package org.partyline.engine.kernel;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.partyline.api.store.StoreException;

/**
 * What a later stage has to tell an earlier one goes by here, so that no stage holds one that comes after it. An event is a value
 * with a type of its own; whoever has to do with it listens to that type.
 */
public final class Bus {
    private final Map<Class<?>, List<Consumer<Object>>> listeners = new ConcurrentHashMap<>();
    private final Map<Class<?>, List<Participant<Object>>> participants = new ConcurrentHashMap<>();

    /** What waits may go now: a message came, a node, or coins. The sender tries all of it again. */
    public record Retry() {}

    /** There is something to send: the sender looks at once. */
    public record Queued() {}

    /**
     * Listens to events from now on.
     *
     * @param type of the events, exactly this class
     * @param listener called on the thread of whoever tells, often under the engine's lock: it must not block
     */
    public <E> void on(Class<E> type, Consumer<? super E> listener) {
        listeners
                .computeIfAbsent(type, key -> new CopyOnWriteArrayList<>())
                .add(event -> listener.accept(type.cast(event)));
    }

    /** What has to be stored together with what is told. */
    @FunctionalInterface
    public interface Participant<E> {
        /** Part of the teller's transaction, which fails when this does. */
        void take(E event) throws StoreException;
    }

    /** Takes part in the transaction that events of a type are told within. @param type exactly this class */
    public <E> void within(Class<E> type, Participant<? super E> participant) {
        participants
                .computeIfAbsent(type, key -> new CopyOnWriteArrayList<>())
                .add(event -> participant.take(type.cast(event)));
    }

    /** Tells an event, which holds the caller's transaction, to all who take part in it. */
    public void publishWithin(Object event) throws StoreException {
        for (Participant<Object> participant : participants.getOrDefault(event.getClass(), List.of())) {
            participant.take(event);
        }
    }

    /** Tells an event to all who listen to its type, in the order in which they came. */
    public void publish(Object event) {
        listeners.getOrDefault(event.getClass(), List.of()).forEach(listener -> listener.accept(event));
    }
}
