package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes the available carriers. */
public final class CarrierNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError {
        return engine.messages().carriers().stream().map(Carrier::id).toList();
    }
}
