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
 * <p>An {@linkplain Operations operation} works with the instance that was there when it began, to its end. {@link #unset} waits for the
 * operations that use the instance that goes, for up to ten seconds, since classes of a bundle that is replaced may not be loaded any more.
 */
public final class Live<T> {
    /** An instance, or none, since a change. */
    private static final class Version<T> {
        final @Nullable T service;
        final long since;
        /** The one before; none once nobody can see it any more. */
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

    /** @param published what a bundle has to publish for it */
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
     * The service as its users hold it: each call is an operation, or part of the one that runs.
     *
     * @throws AbsentException by each call while there is none; it says which bundle is missing
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

    /** The instance itself, as this operation sees it. To tell one from another; calls go by {@link #service}. */
    public Optional<T> instance() {
        return Optional.ofNullable(now());
    }

    /** Whether there is one, for the operation that runs. */
    public boolean isHere() {
        return now() != null;
    }

    /** Tells it something, if there is one: one operation. */
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

    /** Which bundle is missing, in one line; empty while there is one. */
    public Optional<String> missing() {
        return isHere() ? Optional.empty() : Optional.of(operations.missing(published));
    }

    /** The instance from now on, for operations that begin. */
    public void set(T service) {
        synchronized (operations) {
            become(service);
        }
    }

    /**
     * An instance goes. Waits for the operations that use it, for a while, unless it is one of them that lets it go.
     *
     * @param service another one may have taken its place, which stays
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

    /** The change with which an instance went; 0 when nobody can use it any more. */
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
