package org.partyline.consoleline;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Session;

/** Announces to a console which full-screen command to run again after its server was restarted. */
public final class Resumption {
    /**
     * The session variable with a {@link Consumer} of the command to run again. Without one, the console ends with its
     * server.
     */
    public static final String VARIABLE = ".partyline.resume";
    /** The session variable with the text that the consumer of the session before the restart received last. */
    public static final String BEFORE = ".partyline.resumed";

    private Resumption() {}

    /**
     * Announces the command.
     *
     * @param line the command to run again; empty if there is none any more
     * @param remembered for {@link #taken}, each without a line break; unlike the line, it is not typed, and so never
     *     appears on the terminal
     */
    @SuppressWarnings("unchecked")
    public static void of(Session session, String line, String... remembered) {
        if (session.get(VARIABLE) instanceof Consumer<?> told) {
            ((Consumer<String>) told)
                    .accept(Stream.concat(Stream.of(line), Stream.of(remembered))
                            .collect(Collectors.joining("\n")));
        }
    }

    /**
     * Returns, once, what the command that is run again here has remembered. Empty if this is not the first command
     * after a restart.
     */
    public static Optional<List<String>> taken(Session session) {
        if (!(session.get(BEFORE) instanceof String announced)) {
            return Optional.empty();
        }
        session.put(BEFORE, null);
        List<String> lines = List.of(announced.split("\n", -1));
        return Optional.of(lines.subList(1, lines.size()));
    }
}
