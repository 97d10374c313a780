package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes outgoing messages that can still be cancelled. */
public final class WaitingIds implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return engine.messages().outbox(false).stream()
                .filter(message -> message.state().isWaiting())
                .map(message -> String.valueOf(message.id()))
                .toList();
    }
}
