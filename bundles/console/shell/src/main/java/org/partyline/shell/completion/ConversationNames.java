package org.partyline.shell.completion;

import java.util.Collection;
import java.util.TreeSet;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes channel and contact names. */
public final class ConversationNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        TreeSet<String> names = new TreeSet<>(new ChannelNames().list(engine, session));
        names.addAll(new ContactNames().list(engine, session));
        return names;
    }
}
