package org.partyline.shell.command;

import java.util.Set;
import java.util.function.Predicate;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Units;

/** Counts the messages that a command would erase before they are sent, for its question. */
public final class Unsent {
    private static final Set<String> WRITTEN = Set.of("message", "reply");

    private Unsent() {}

    /**
     * Returns a sentence with their number, and a space; empty if there are none, or this is not known now.
     *
     * @param confirmed whether nothing is asked @param erased selects the messages that would be erased
     */
    public static String sentence(Engine engine, boolean confirmed, Predicate<Outgoing> erased)
            throws PartylineException {
        if (confirmed) {
            return "";
        }
        try {
            long count = engine.messages().outbox(false).stream()
                    .filter(message -> message.state().isWaiting() && WRITTEN.contains(message.kind()))
                    .filter(erased)
                    .count();
            return count == 0
                    ? ""
                    : Units.count(count, "message") + (count == 1 ? " has" : " have") + " not been sent yet. ";
        } catch (CommandError e) {
            return "";
        }
    }
}
