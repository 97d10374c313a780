package org.partyline.shell.completion;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.LocalWallets;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes addresses with a label. */
public final class LabelledAddresses implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        List<String> addresses = new ArrayList<>();
        for (LocalWallets.Progress wallet : engine.localWallets().list()) {
            addresses.addAll(engine.localWallets().labels(wallet.network()).keySet());
        }
        return addresses;
    }
}
