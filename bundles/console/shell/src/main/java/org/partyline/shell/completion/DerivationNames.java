package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes key derivations. */
public final class DerivationNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError {
        return engine.suites().list().stream()
                .filter(suite -> suite.kind().equals("kdf"))
                .map(Suite::name)
                .distinct()
                .toList();
    }
}
