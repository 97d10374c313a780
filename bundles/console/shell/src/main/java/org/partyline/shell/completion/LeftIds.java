package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages.State;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes our own messages that were sent and are not in a block yet. */
public final class LeftIds implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return engine.messages().outbox(false).stream()
                .filter(message -> message.state() == State.SENT || message.state() == State.RELAYED)
                .map(message -> String.valueOf(message.id()))
                .toList();
    }
}
