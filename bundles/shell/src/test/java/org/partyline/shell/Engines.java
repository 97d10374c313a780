package org.partyline.shell;

/** Engines without a service. */
final class Engines {
    private Engines() {}

    static Engine none() {
        return new Engine(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }
}
