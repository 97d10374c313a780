package org.partyline.messaging.state;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.partyline.api.Network;
import org.partyline.api.store.StoreException;

/**
 * Carries events from later stages to earlier ones, so that no stage refers to a later one. Each kind of event is a
 * type of its own, to which listeners subscribe.
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

    /** A channel was left: the packets that opened its chains were read and erased, and may be needed once more. */
    public record ChannelLeft(Network network) {}

    /** A node was found to be on another chain: see {@link InitialSync#distrusted}. Nodes do not report it again. */
    public record Distrusted() {}

    /** A message was queued: the sender processes it at once. */
    public record Queued() {}

    /**
     * Subscribes to events.
     *
     * @param type of the events, exactly this class
     * @param listener called on the publisher's thread, often under the state lock: it must not block
     * @return ends the subscription
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
     * store was opened. Published under the lock, by {@link #publishWithin}.
     */
    public record Outdated() {}

    /** Stores data in the transaction of an event. */
    @FunctionalInterface
    public interface Participant<E> {
        /** Part of the publisher's transaction, which fails if this does. */
        void take(E event) throws StoreException;
    }

    /**
     * Participates in the transaction in which events of a type are published. @param type exactly this class @return
     * ends the participation
     */
    public <E> Listening within(Class<E> type, Participant<? super E> participant) {
        return add(participants, type, event -> participant.take(type.cast(event)));
    }

    /**
     * Publishes an event that holds the caller's transaction to all participants.
     *
     * @param bundle the bundle mainly responsible, by its short name
     * @throws AbsentException if there is no participant
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

    /** Publishes an event to all listeners of its type, in the order of their subscriptions. */
    public void publish(Object event) {
        listeners.getOrDefault(event.getClass(), List.of()).forEach(listener -> listener.accept(event));
    }
}
