package org.partyline.shell.node;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.json.NodeView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Lists the nodes. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "node-list",
        description = "List the nodes and their states",
        detailedDescription = "partyline:node-list")
@Needs(Role.EVERYONE)
final class NodeListCommand extends PartylineCommand {
    @Override
    protected void run() throws CommandError {
        List<Node> nodes = engine().nodes().list();
        print(
                new Document(nodes.stream().map(NodeView::of).toList()),
                () -> NodeText.table(console(), nodes, engine().idleNodes()));
    }

    record Document(List<NodeView> nodes) {}
}
