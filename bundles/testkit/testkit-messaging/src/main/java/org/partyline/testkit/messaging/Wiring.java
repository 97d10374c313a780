package org.partyline.testkit.messaging;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.StateParticipant;
import org.partyline.messaging.state.StateServices;

/**
 * Connects components as Declarative Services does: a service that is put is passed to each component with a method
 * {@code setX} for its type, and one that is removed is passed to {@code unsetX}. Participants in the state, of which
 * there are several, are passed to {@code addX}.
 */
public final class Wiring {
    private final StateServices state;
    private final Map<Class<?>, Object> present = new LinkedHashMap<>();
    /** Services of types with several instances. */
    private final Map<Object, Class<?>> several = new LinkedHashMap<>();

    private final List<Object> components = new ArrayList<>();
    private final Map<Class<?>, Live<?>> own = new LinkedHashMap<>();

    /** @param state whose services of the layers below are connected, too, unless a component does it */
    public Wiring(StateServices state) {
        this.state = state;
    }

    /** Returns a proxy for the service that is available at each call, for the test's own objects. */
    public synchronized <T> T reference(Class<T> type) {
        return live(type).service();
    }

    /** Returns the same in the form that stages hold. */
    @SuppressWarnings("unchecked")
    public synchronized <T> Live<T> live(Class<T> type) {
        return (Live<T>) own.computeIfAbsent(type, first -> protocol(first) == null ? begun(first) : protocol(first));
    }

    private <T> Live<T> begun(Class<T> type) {
        Live<T> live = state.live(type);
        if (present.containsKey(type)) {
            live.set(type.cast(present.get(type)));
        }
        return live;
    }

    private Live<?> protocol(Class<?> type) {
        try {
            for (Field field : Protocols.class.getFields()) {
                if (field.getGenericType() instanceof ParameterizedType generic
                        && generic.getActualTypeArguments()[0] == type) {
                    return (Live<?>) field.get(state.protocols());
                }
            }
            return null;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the available service, or null. */
    public synchronized <T> T get(Class<T> type) {
        return type.cast(present.get(type));
    }

    /** Replaces the available service. */
    public <T> void put(Class<T> type, T service) {
        List<Object> all;
        Live<?> live;
        if (areSeveral(type)) {
            synchronized (this) {
                several.put(service, type);
                all = List.copyOf(components);
            }
            all.forEach(component -> call(component, "add", type, service));
            return;
        }
        synchronized (this) {
            present.put(type, service);
            all = List.copyOf(components);
            live = protocol(type) == null ? own.get(type) : protocol(type);
        }
        if (live != null) {
            set(live, service);
        }
        all.forEach(component -> call(component, "set", type, service));
    }

    @SuppressWarnings("unchecked")
    private static <T> void set(Live<T> live, Object service) {
        live.set((T) service);
    }

    @SuppressWarnings("unchecked")
    private static <T> void unset(Live<T> live, Object service) {
        live.unset((T) service);
    }

    private static boolean areSeveral(Class<?> type) {
        return StateParticipant.class.isAssignableFrom(type);
    }

    /** Removes a service. */
    public <T> void take(Class<T> type, T service) {
        List<Object> all;
        Live<?> live;
        if (areSeveral(type)) {
            synchronized (this) {
                several.remove(service);
                all = List.copyOf(components);
            }
            all.forEach(component -> call(component, "remove", type, service));
            return;
        }
        synchronized (this) {
            present.remove(type, service);
            all = List.copyOf(components);
            live = protocol(type) == null ? own.get(type) : protocol(type);
        }
        all.forEach(component -> call(component, "unset", type, service));
        if (live != null) {
            unset(live, service);
        }
    }

    /** Passes available and future services to a component. */
    public void add(Object component) {
        Map<Class<?>, Object> now;
        Map<Object, Class<?>> participants;
        synchronized (this) {
            components.add(component);
            now = new LinkedHashMap<>(present);
            participants = new LinkedHashMap<>(several);
        }
        participants.forEach((service, type) -> call(component, "add", type, service));
        now.forEach((type, service) -> call(component, "set", type, service));
    }

    /** Publishes a component's services. */
    public void publish(Offers offers) {
        offers.all().forEach(this::putAny);
    }

    @SuppressWarnings("unchecked")
    private <T> void putAny(Class<T> type, Object service) {
        put(type, (T) service);
    }

    /** Withdraws them. */
    public void withdraw(Offers offers) {
        offers.all().forEach(this::takeAny);
    }

    @SuppressWarnings("unchecked")
    private <T> void takeAny(Class<T> type, Object service) {
        take(type, (T) service);
    }

    /** Stops passing services to a component. */
    public synchronized void remove(Object component) {
        components.remove(component);
    }

    private static void call(Object component, String how, Class<?> type, Object service) {
        try {
            Method method = component.getClass().getMethod(how + type.getSimpleName(), type);
            method.invoke(component, service);
        } catch (NoSuchMethodException e) {
            // It does not refer to the service.
            return;
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError("cannot connect " + type, e);
        }
    }
}
