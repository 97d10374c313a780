package org.partyline.consoleline;

import java.util.function.Consumer;
import org.apache.karaf.shell.api.console.Session;

/** Announces to a console which full-screen command to run again after its server was restarted. */
public final class Resumption {
    /**
     * The session variable with a {@link Consumer} of the command to run again. Without one its console ends with its
     * server.
     */
    public static final String VARIABLE = ".partyline.resume";

    private Resumption() {}

    /** @param line to be run again; empty: nothing any more */
    @SuppressWarnings("unchecked")
    public static void of(Session session, String line) {
        if (session.get(VARIABLE) instanceof Consumer<?> told) {
            ((Consumer<String>) told).accept(line);
        }
    }
}
