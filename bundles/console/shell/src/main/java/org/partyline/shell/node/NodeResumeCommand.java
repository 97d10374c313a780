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

/** Resumes a node. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "node-resume",
        description = "Resume a paused node",
        detailedDescription = "partyline:node-resume core")
@Needs(Role.OPERATE)
final class NodeResumeCommand extends PartylineCommand {
    @Argument(name = "NODE", description = "The node", required = true)
    @Completion(NodeNames.class)
    private String name;

    @Override
    protected void run() throws CommandError, PartylineException {
        engine().nodes().resume(name);
        print(new Document(name, true), "Node " + Sanitizer.line(name) + " is resumed.");
    }

    record Document(String node, boolean resumed) {}
}
