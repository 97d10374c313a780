package org.partyline.messaging.state;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Publishes a stage's services, each under its interface, while its bundle runs. */
public final class Offers implements AutoCloseable {
    private final Map<Class<?>, Object> services = new LinkedHashMap<>();
    private final Deque<ServiceRegistration<?>> registered = new ArrayDeque<>();

    /** Adds a service. */
    public <T> Offers add(Class<T> type, T service) {
        services.put(type, service);
        return this;
    }

    /** All services, in the order in which they were added. */
    public Map<Class<?>, Object> all() {
        return Map.copyOf(services);
    }

    /** The service of a type. */
    public <T> T get(Class<T> type) {
        return type.cast(Objects.requireNonNull(services.get(type), type::getName));
    }

    /** Publishes them; work that waited for one of them continues. */
    public void publish(BundleContext context, Bus bus) {
        services.keySet().forEach(type -> registered.push(register(context, type)));
        bus.publish(new Bus.PartsReturned());
    }

    private <T> ServiceRegistration<T> register(BundleContext context, Class<T> type) {
        return context.registerService(type, get(type), new Hashtable<>());
    }

    /** Withdraws them, the last one first. Returns when nobody uses them any more. */
    @Override
    public void close() {
        while (!registered.isEmpty()) {
            registered.pop().unregister();
        }
    }
}
