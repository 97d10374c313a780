package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes persona names. */
public final class PersonaNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return engine.personas().list().stream().map(Persona::name).toList();
    }
}
