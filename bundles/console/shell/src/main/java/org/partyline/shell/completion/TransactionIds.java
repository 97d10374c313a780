package org.partyline.shell.completion;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes the transactions of our own messages. */
public final class TransactionIds implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return engine.messages().outbox(true).stream()
                .map(Outgoing::parts)
                .flatMap(List::stream)
                .map(part -> part.transaction().map(Object::toString))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }
}
