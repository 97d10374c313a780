package org.partyline.shell.command;

import java.util.function.Function;

/** Engines whose services are none, or all of one make. */
public final class Engines {
    private Engines() {}

    static Engine none() {
        return of(type -> null);
    }

    public static Engine of(Function<Class<?>, Object> make) {
        return new Engine(make);
    }
}
