package org.partyline.shell.command;

import java.util.Collection;
import java.util.List;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.shell.error.CommandError;

/**
 * Provides the values that complete an option or argument. A class of it, with no arguments, is named by
 * {@code @Completion}.
 */
public interface Values {
    /**
     * The values there are now. Failing is no harm: then nothing completes.
     *
     * @throws CommandError if a service is not running
     * @throws PartylineException if the store is locked
     */
    Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException;

    /**
     * The same where it depends on what stands before it.
     *
     * @param arguments of the command, without its options, before the one that is completed
     */
    default Collection<String> list(Engine engine, Session session, List<String> arguments)
            throws CommandError, PartylineException {
        return list(engine, session);
    }
}
