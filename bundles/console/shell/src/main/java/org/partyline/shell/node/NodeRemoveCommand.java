package org.partyline.shell.node;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.NodeNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Removes a node. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "node-remove",
        description = "Remove a node and its configuration file; pending messages move to another node",
        detailedDescription = "partyline:node-remove core")
@Needs(Role.OPERATE)
final class NodeRemoveCommand extends PartylineCommand {
    @Argument(name = "NODE", description = "The node", required = true)
    @Completion(NodeNames.class)
    private String name;

    @Override
    protected void run() throws CommandError, PartylineException {
        engine().nodes().remove(name);
        print(new Document(name, true), "Node " + Sanitizer.line(name) + " is removed.");
    }

    record Document(String node, boolean removed) {}
}
