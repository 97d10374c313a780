package org.partyline.shell.command;

import java.util.List;
import java.util.function.Function;

/** Engines whose services are none, or all of one make. */
public final class Engines {
    private Engines() {}

    /** @param idle the bundles that do not run */
    public static Engine none(String... idle) {
        return new Engine(type -> null, () -> List.of(idle));
    }

    public static Engine of(Function<Class<?>, Object> make) {
        return new Engine(make, List::of);
    }
}
