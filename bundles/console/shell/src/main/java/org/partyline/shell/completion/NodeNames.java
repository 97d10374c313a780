package org.partyline.shell.completion;

import java.util.Collection;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Values;
import org.partyline.shell.error.CommandError;

/** Completes node names. */
public final class NodeNames implements Values {
    @Override
    public Collection<String> list(Engine engine, Session session) throws CommandError {
        return engine.nodes().list().stream().map(Node::name).toList();
    }
}
