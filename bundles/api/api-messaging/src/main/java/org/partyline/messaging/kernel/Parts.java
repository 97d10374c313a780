package org.partyline.messaging.kernel;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.ratchet.Chains;

/**
 * The services of other bundles, each of which may go, come back, or be replaced while the kernel runs. The kernel holds a
 * {@link #reference} of each for as long as it lives; one that is unavailable answers with an {@link AbsentException} that says what is
 * waited for.
 *
 * <p>An operation, which is whatever is done between {@link #enter} and {@link #leave}, works with the services that were there when it
 * began, to its end: nothing vanishes in the middle of it. Who takes a service away waits a while for the operations that use it, since
 * classes of a bundle that is replaced may not be loaded any more.
 */
public final class Parts {
    /** What is read and sent by. */
    public static final List<Class<?>> NODES = List.of(NodeDirectory.class);

    private static final Duration MOST_WAIT = Duration.ofSeconds(10);

    private final Outages outages;
    private final Providers providers;
    private final Duration mostWait;
    private final ThreadLocal<Operation> operation = new ThreadLocal<>();
    /** Sets of services that operations began with, the present one last. */
    private final List<Present> used = new ArrayList<>();

    private Present present = new Present(Map.of());
    /** The chains that memory was made with; what it holds is theirs. */
    private Chains madeWith;

    /** The services that are here at a time. */
    private static final class Present {
        final Map<Class<?>, Object> services;
        int users;

        Present(Map<Class<?>, Object> services) {
            this.services = Map.copyOf(services);
        }
    }

    private static final class Operation {
        final Present present;
        int depth = 1;

        Operation(Present present) {
            this.present = present;
        }
    }

    /** Tells which of our bundles is stopped, and since when. */
    @FunctionalInterface
    public interface Outages {
        /** {@code it waits for bundle org.partyline.fees, stopped since 10:00:00 UTC}; empty when all of these are active. */
        Optional<String> first(List<String> bundles);
    }

    /**
     * Which parts there are.
     *
     * @param bundles of ours that provide each, by their short names, the first one itself; those behind it may be what is missing
     * @param reading what packets are told apart and opened with, and what memory is made with
     * @param sending what a message leaves with
     * @param later what comes once all others are here
     */
    public record Providers(
            Map<Class<?>, List<String>> bundles, List<Class<?>> reading, List<Class<?>> sending, Set<Class<?>> later) {}

    public Parts(Outages outages, Providers providers) {
        this(outages, providers, MOST_WAIT);
    }

    /** @param mostWait how long who takes a service away waits for the operations that use it */
    public Parts(Outages outages, Providers providers, Duration mostWait) {
        this.outages = outages;
        this.providers = providers;
        this.mostWait = mostWait;
    }

    /** What packets are told apart and opened with, and what memory is made with. */
    public List<Class<?>> reading() {
        return providers.reading();
    }

    /** What a message leaves with. */
    public List<Class<?>> sending() {
        return providers.sending();
    }

    /** A service that is the one which is here at each call. */
    public <T> T reference(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    case "toString" -> type.getSimpleName();
                    default -> call(type, method, arguments);
                }));
    }

    private Object call(Class<?> type, Method method, Object[] arguments) throws Throwable {
        // A call by itself is an operation, too.
        enter();
        try {
            Object service = operation.get().present.services.get(type);
            if (service == null) {
                throw new AbsentException(reason(type));
            }
            return method.invoke(service, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            leave();
        }
    }

    /** An operation begins, or one in it. */
    public void enter() {
        Operation running = operation.get();
        if (running != null) {
            running.depth++;
            return;
        }
        synchronized (this) {
            present.users++;
            operation.set(new Operation(present));
        }
    }

    /** The operation ends that began last. */
    public void leave() {
        Operation running = operation.get();
        if (--running.depth > 0) {
            return;
        }
        operation.remove();
        synchronized (this) {
            if (--running.present.users == 0) {
                used.remove(running.present);
                notifyAll();
            }
        }
    }

    /** All that a stage offers is here from now on. */
    public synchronized void put(List<Stage.Offer<?>> offers) {
        Map<Class<?>, Object> next = new HashMap<>(present.services);
        offers.forEach(offer -> next.put(offer.type(), offer.service()));
        become(next);
    }

    /** All that a stage offered goes; see {@link #remove(Class, Object)}. */
    public synchronized void remove(List<Stage.Offer<?>> offers) {
        Map<Class<?>, Object> next = new HashMap<>(present.services);
        offers.forEach(offer -> next.remove(offer.type(), offer.service()));
        become(next);
        if (operation.get() == null) {
            long end = System.nanoTime() + mostWait.toNanos();
            offers.forEach(offer -> awaitUsers(offer.type(), offer.service(), end));
        }
    }

    /** A service is here from now on. */
    public synchronized <T> void put(Class<T> type, T service) {
        Map<Class<?>, Object> next = new HashMap<>(present.services);
        next.put(type, service);
        become(next);
    }

    /**
     * A service goes. Waits for the operations that work with it, for a while, unless it is one of them that lets it go.
     *
     * @param service another one may have taken its place, which stays
     */
    public synchronized <T> void remove(Class<T> type, T service) {
        if (present.services.get(type) == service) {
            Map<Class<?>, Object> next = new HashMap<>(present.services);
            next.remove(type);
            become(next);
        }
        if (operation.get() == null) {
            awaitUsers(type, service, System.nanoTime() + mostWait.toNanos());
        }
    }

    private void become(Map<Class<?>, Object> services) {
        if (present.users > 0) {
            used.add(present);
        }
        present = new Present(services);
    }

    private void awaitUsers(Class<?> type, Object service, long end) {
        try {
            while (used.stream().anyMatch(before -> before.services.get(type) == service)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Map<Class<?>, Object> services() {
        Operation running = operation.get();
        return running == null ? present.services : running.present.services;
    }

    /** Whether all of these are here, for the operation that runs. */
    public boolean has(Collection<Class<?>> types) {
        return services().keySet().containsAll(types);
    }

    /** Whether every one is here that the kernel begins with. */
    public boolean isComplete() {
        return providers.bundles().keySet().stream()
                .filter(type -> !providers.later().contains(type))
                .allMatch(services()::containsKey);
    }

    /** Unlocked was made: what is in it belongs to the chains of now. */
    public void made() {
        Chains chains = (Chains) services().get(Chains.class);
        synchronized (this) {
            madeWith = chains;
        }
    }

    /** Whether memory belongs to chains that are not here any more, and must be made anew. */
    public boolean isMadeByOthers() {
        Chains chains = (Chains) services().get(Chains.class);
        synchronized (this) {
            return madeWith != null && madeWith != chains;
        }
    }

    /** Whether packets can be told apart and opened now, and memory is good for that. */
    public boolean canRead() {
        return has(providers.reading()) && !isMadeByOthers();
    }

    /** What of these is unavailable, and why, in one line; empty when all are here. */
    public Optional<String> missing(Collection<Class<?>> types) {
        Map<Class<?>, Object> here = services();
        return types.stream()
                .filter(type -> !here.containsKey(type))
                .findFirst()
                .map(this::reason);
    }

    /**
     * Refuses to begin what needs these.
     *
     * @throws AbsentException says what is waited for
     */
    public void require(Collection<Class<?>> types) {
        missing(types).ifPresent(reason -> {
            throw new AbsentException(reason);
        });
    }

    /** A piece of work that is done with the same services to its end. */
    @FunctionalInterface
    public interface Piece<X extends Exception> {
        void run() throws X;
    }

    /**
     * Does what must not be left half, for want of a service, with those that are here now.
     *
     * @param types without which it is not begun
     * @throws AbsentException says what is waited for; nothing was done
     */
    public <X extends Exception> void with(Collection<Class<?>> types, Piece<X> piece) throws X {
        enter();
        try {
            require(types);
            piece.run();
        } finally {
            leave();
        }
    }

    /** The same for what reads or changes memory. */
    public void requireReading() {
        require(providers.reading());
        if (isMadeByOthers()) {
            throw new AbsentException("it waits until chains are loaded by a bundle that was replaced");
        }
    }

    /** Why a bundle of ours does not run, as {@link Outages} says it; empty when it does, or is not there. @param bundle its name */
    public Optional<String> outage(String bundle) {
        return outages.first(List.of(bundle));
    }

    private String reason(Class<?> type) {
        List<String> bundles = providers.bundles().getOrDefault(type, List.of("kernel"));
        return outages.first(bundles)
                .orElse("it waits for bundle org.partyline." + bundles.get(0) + ", which is not running");
    }
}
