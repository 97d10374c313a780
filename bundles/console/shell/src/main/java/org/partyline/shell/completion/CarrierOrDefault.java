package org.partyline.shell.completion;

import java.util.Collection;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** The carriers that are here, and the word for none of a channel's own. */
public final class CarrierOrDefault implements Values {
    /** The word for none. */
    public static final String DEFAULT = "default";

    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError {
        return Stream.concat(new CarrierNames().list(engine, session).stream(), Stream.of(DEFAULT))
                .toList();
    }
}
