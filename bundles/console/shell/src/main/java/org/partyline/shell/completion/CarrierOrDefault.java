package org.partyline.shell.completion;

import java.util.Collection;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes the available carriers, and the word for the server's default. */
public final class CarrierOrDefault implements Values {
    /** The word for none. */
    public static final String DEFAULT = "default";

    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError {
        return Stream.concat(new CarrierNames().list(engine, session).stream(), Stream.of(DEFAULT))
                .toList();
    }
}
