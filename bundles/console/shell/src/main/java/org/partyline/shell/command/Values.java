package org.partyline.shell.command;

import java.util.Collection;
import java.util.List;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.shell.error.CommandError;

/**
 * Provides the values that complete an option or argument. {@code @Completion} names a class that implements it, with
 * no constructor arguments.
 */
public interface Values {
    /**
     * Returns the present values. It may fail: then nothing is completed.
     *
     * @throws CommandError if a service is not running
     * @throws PartylineException if the store is locked
     */
    Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException;

    /**
     * Like {@link #list(Engine, Session)}, if the values depend on the preceding arguments.
     *
     * @param arguments the command's preceding arguments, without options
     */
    default Collection<String> list(Engine engine, Session session, List<String> arguments)
            throws CommandError, PartylineException {
        return list(engine, session);
    }
}
