package org.partyline.shell.completion;

import java.util.Collection;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes the accounts of personas for contacts, and the word for the persona's own. */
public final class AccountNames implements Values {
    /** The word for a persona's own account. */
    public static final String DEFAULT = "default";

    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError, PartylineException {
        return Stream.concat(
                        engine.wallets().list().stream()
                                .map(Holding::account)
                                .filter(account -> !account.isEmpty())
                                .distinct(),
                        Stream.of(DEFAULT))
                .toList();
    }
}
