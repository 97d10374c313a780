package org.partyline.shell.completion;

import java.util.Arrays;
import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.Network;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;

/** Networks that a wallet of this server itself may be on. */
public final class RealNetworkNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) {
        return Arrays.stream(Network.values())
                .filter(network -> network != Network.EMBEDDED)
                .map(Network::label)
                .toList();
    }
}
