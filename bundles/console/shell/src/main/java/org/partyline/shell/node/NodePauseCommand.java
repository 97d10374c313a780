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

/** Pauses a node. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "node-pause",
        description = "Pause a node: it is not used until you resume it, even after a restart",
        detailedDescription = "partyline:node-pause core")
@Needs(Role.OPERATE)
final class NodePauseCommand extends PartylineCommand {
    @Argument(name = "NODE", description = "The node", required = true)
    @Completion(NodeNames.class)
    private String name;

    @Override
    protected void run() throws CommandError, PartylineException {
        engine().nodes().pause(name);
        print(
                new Document(name, true),
                "Node " + Sanitizer.line(name) + " is paused: resume it with partyline:node-resume.");
    }

    record Document(String node, boolean paused) {}
}
