package org.partyline.shell.channel;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Leaves a channel. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "channel-leave",
        description = "Leave a channel and erase its keys and messages on this server",
        detailedDescription = "partyline:channel-leave lobby")
@Needs(Role.OPERATE)
final class ChannelLeaveCommand extends PartylineCommand {
    @Argument(name = "CHANNEL", description = "The channel", required = true)
    @Completion(ChannelNames.class)
    private String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        engine().channels().leave(given(persona), name);
        print(
                new Document(name, true),
                "Left " + Sanitizer.line(name) + ": its keys and messages are erased on this server.");
    }

    record Document(String channel, boolean left) {}
}
