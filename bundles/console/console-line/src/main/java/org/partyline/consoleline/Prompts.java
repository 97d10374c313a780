package org.partyline.consoleline;

import java.util.Optional;
import java.util.function.Function;
import org.apache.karaf.shell.api.console.Session;

/** The consoles that are waiting at their prompt. A service. Thread-safe. */
public interface Prompts {
    /**
     * Shows a line above each prompt; text typed so far stays. Skips consoles in which a command is running or asking a
     * question, and those without a terminal. Does not wait for the terminals.
     *
     * @param line returns the line to show in a session, which fits its terminal and has no control characters other
     *     than colour codes; empty to show nothing. Called on a separate thread, when the line is about to be shown
     */
    void above(Function<Session, Optional<String>> line);

    /**
     * Wipes typed text in all consoles: the history, and the line editors' other copies. A line that is being typed
     * stays. Waits at most two seconds for a console that is completing a name.
     */
    void forget();
}
