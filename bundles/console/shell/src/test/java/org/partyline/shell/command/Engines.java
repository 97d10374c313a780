package org.partyline.shell.command;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Function;
import org.partyline.api.engine.Messages;

/** Engines whose services are none, or all of one make. */
public final class Engines {
    private Engines() {}

    /** @param idle the bundles that do not run */
    public static Engine none(String... idle) {
        return new Engine(type -> null, () -> List.of(idle));
    }

    /** As when its bundle is restarted. @param messages null: it is stopped */
    public static void replaceMessages(Engine engine, Messages messages) {
        engine.messages = messages;
    }

    /** A service that does nothing. */
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
