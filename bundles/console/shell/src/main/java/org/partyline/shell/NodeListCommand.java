package org.partyline.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.partyline.api.engine.Nodes.Node;

/** Lists the nodes. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "node-list",
        description = "List the nodes and how each is doing",
        detailedDescription = "partyline:node-list")
final class NodeListCommand extends PartylineCommand {
    @Override
    void run() throws CommandError {
        List<Node> nodes = engine().nodes().list();
        print(new Document(nodes.stream().map(Views.NodeView::of).toList()), () -> NodeText.table(console(), nodes));
    }

    record Document(List<Views.NodeView> nodes) {}
}
