package org.partyline.shell.completion;

import java.util.Arrays;
import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.Network;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;

/** Completes networks on which this server may have its own wallet. */
public final class RealNetworkNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) {
        return Arrays.stream(Network.values())
                .filter(network -> network != Network.EMBEDDED)
                .map(Network::label)
                .toList();
    }
}
