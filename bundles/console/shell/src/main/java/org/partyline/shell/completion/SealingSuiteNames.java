package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes the suites that can seal. */
public final class SealingSuiteNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError {
        return engine.suites().list().stream()
                .filter(suite -> suite.kind().equals("aead") && suite.seals())
                .map(Suite::name)
                .distinct()
                .toList();
    }
}
