package org.partyline.consoleline;

import java.util.Optional;
import java.util.function.Function;
import org.apache.karaf.shell.api.console.Session;

/** The consoles that are waiting at their prompt. A service. Thread-safe. */
public interface Prompts {
    /**
     * Shows a line above each prompt; what was typed so far stays. Not where a command runs or asks something, and not where no
     * terminal is. Does not wait for the terminals.
     *
     * @param line what is shown in a session: a line that fits its terminal, with no control characters but those that paint;
     *     empty: nothing. Asked on a thread of its own, when the line is about to be shown
     */
    void above(Function<Session, Optional<String>> line);

    /**
     * Forgets what was typed at all consoles: the history, and what line editors keep beside it. A line that is being typed stays. Waits
     * for at most two seconds for a console that completes a name just now.
     */
    void forget();
}
