package org.partyline.shell.completion;

import java.util.Arrays;
import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.Network;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;

/** Completes the Bitcoin networks. */
public final class NetworkNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) {
        return Arrays.stream(Network.values()).map(Network::label).toList();
    }
}
