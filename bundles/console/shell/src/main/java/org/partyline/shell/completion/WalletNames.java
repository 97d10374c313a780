package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes wallet names. */
public final class WalletNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return engine.wallets().list().stream().map(Holding::wallet).distinct().toList();
    }
}
