package org.partyline.shell.web;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.web.WebToken;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes token names. */
public final class TokenNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return engine.webAccess().tokens().stream().map(WebToken::name).toList();
    }
}
