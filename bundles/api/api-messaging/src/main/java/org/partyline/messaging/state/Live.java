package org.partyline.messaging.state;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds a dynamic {@code @Reference} to a service of another bundle that may disappear, return or be replaced at any
 * time.
 *
 * <p>An {@linkplain Operations operation} uses the instance that was present when it began, to its end. {@link #unset}
 * waits up to ten seconds for the operations that use the departing instance, since classes of a replaced bundle may no
 * longer be loadable.
 */
public final class Live<T> {
    /** The instance, or none, since a change. */
    private static final class Version<T> {
        final @Nullable T service;
        final long since;
        /** The previous version; null once no operation can see it any more. */
        volatile @Nullable Version<T> previous;

        Version(@Nullable T service, long since, @Nullable Version<T> previous) {
            this.service = service;
            this.since = since;
            this.previous = previous;
        }
    }

    private final Operations operations;
    private final Class<?> published;
    private final T reference;
    private volatile Version<T> newest = new Version<>(null, 0, null);

    public Live(Operations operations, Class<T> type) {
        this(operations, type, type);
    }

    /** @param published the service that a bundle must publish for it */
    Live(Operations operations, Class<T> type, Class<?> published) {
        this.operations = operations;
        this.published = published;
        this.reference = type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    case "toString" -> type.getSimpleName();
                    default -> call(method, arguments);
                }));
    }

    /**
     * The service for its users: each call is an operation, or part of the running one.
     *
     * @throws AbsentException thrown by each call while there is none; names the missing bundle
     */
    public T service() {
        return reference;
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        operations.enter();
        try {
            T service = now();
            if (service == null) {
                throw new AbsentException(operations.missing(published));
            }
            return method.invoke(service, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            operations.leave();
        }
    }

    private @Nullable T now() {
        long known = operations.known();
        Version<T> version = newest;
        while (version.since > known && version.previous != null) {
            version = version.previous;
        }
        return version.since > known ? null : version.service;
    }

    /** The instance itself, as seen by this operation. Use it to compare instances, and {@link #service} for calls. */
    public Optional<T> instance() {
        return Optional.ofNullable(now());
    }

    /** Whether there is an instance for the running operation. */
    public boolean isHere() {
        return now() != null;
    }

    /** Calls the service once if there is one, as one operation. */
    public void notify(Consumer<? super T> task) {
        operations.enter();
        try {
            if (isHere()) {
                task.accept(reference);
            }
        } finally {
            operations.leave();
        }
    }

    /** The missing bundle, in one line; empty if none is missing. */
    public Optional<String> missing() {
        return isHere() ? Optional.empty() : Optional.of(operations.missing(published));
    }

    /** Sets the instance for operations that begin from now on. */
    public void set(T service) {
        synchronized (operations) {
            become(service);
        }
    }

    /**
     * Removes an instance. Waits for a while for the operations that use it, unless one of them is the caller.
     *
     * @param service if another one has replaced it, that one stays
     */
    public void unset(T service) {
        long gone;
        synchronized (operations) {
            if (newest.service == service) {
                become(null);
            }
            gone = goneAt(service);
            if (gone > 0) {
                operations.awaitThoseBefore(gone, service);
            }
            trim();
        }
    }

    /** The change with which an instance was removed; 0 once nobody can use it any more. */
    private long goneAt(T service) {
        long next = 0;
        for (Version<T> version = newest; version != null; version = version.previous) {
            if (version.service == service) {
                return next;
            }
            next = version.since;
        }
        return 0;
    }

    private void become(@Nullable T service) {
        newest = new Version<>(service, operations.change(), newest);
        trim();
    }

    private void trim() {
        long all = operations.knownToAll();
        Version<T> version = newest;
        while (version.since > all && version.previous != null) {
            version = version.previous;
        }
        version.previous = null;
    }
}
