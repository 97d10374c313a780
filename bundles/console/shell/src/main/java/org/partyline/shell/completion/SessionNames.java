package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Sessions;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes contacts with a session that can be closed. */
public final class SessionNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return engine.contacts().listAll().stream()
                .filter(contact ->
                        contact.session() == Sessions.State.OPEN || contact.session() == Sessions.State.OPENING)
                .map(Contact::name)
                .distinct()
                .toList();
    }
}
