package org.partyline.shell.node;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.json.NodeView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.NodeNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.spi.Needs;

/** Shows the details of one node, or of all. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "node-status",
        description = "Show the details of a node, or of every node",
        detailedDescription = "partyline:node-status embedded")
@Needs(Role.EVERYONE)
final class NodeStatusCommand extends PartylineCommand {
    @Argument(name = "NODE", description = "Only this node")
    @Completion(NodeNames.class)
    private @Nullable String name;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Node> nodes = name == null
                ? engine().nodes().list()
                : List.of(engine().nodes().get(name));
        print(new NodeListCommand.Document(nodes.stream().map(NodeView::of).toList()), () -> {
            if (nodes.isEmpty()) {
                NodeText.table(console(), nodes, engine().idleNodes());
            }
            String between = null;
            for (Node node : nodes) {
                if (between != null) {
                    console().line(between);
                }
                NodeText.details(console(), node);
                between = "";
            }
        });
    }
}
