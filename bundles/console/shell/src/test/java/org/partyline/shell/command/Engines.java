package org.partyline.shell.command;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Function;
import org.partyline.api.engine.Messages;

/** Engines without services, or with uniform ones. */
public final class Engines {
    private Engines() {}

    /** @param idle the bundles that are not running */
    public static Engine none(String... idle) {
        return new Engine(type -> null, () -> List.of(idle));
    }

    /** Simulates a restart of its bundle. @param messages null if it is stopped */
    public static void replaceMessages(Engine engine, Messages messages) {
        engine.messages = messages;
    }

    /** Returns a service that does nothing. */
    public static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    throw new AssertionError(method + " was called");
                }));
    }

    public static Engine of(Function<Class<?>, Object> make) {
        return new Engine(make, List::of);
    }
}
