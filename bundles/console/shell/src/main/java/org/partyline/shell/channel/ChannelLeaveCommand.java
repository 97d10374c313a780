package org.partyline.shell.channel;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.command.Unsent;
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

    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Channels channels = engine().channels();
        Optional<Channel> channel = channels.list(given(persona)).stream()
                .filter(one -> one.name().equals(name))
                .findFirst();
        String which = Sanitizer.line(name);
        // The refusal of a name that is none is the service's.
        if (channel.isEmpty() || confirmed(yes, question(channel.get()))) {
            channels.leave(given(persona), name);
            print(new Document(name, true), "Left " + which + ": its keys and messages are erased on this server.");
        }
    }

    private String question(Channel channel) throws PartylineException {
        return Unsent.sentence(
                        engine(),
                        yes,
                        message -> !message.direct()
                                && message.persona().equals(channel.persona())
                                && message.channel().equals(channel.name()))
                + "Leave " + Sanitizer.line(channel.name()) + ", and erase its keys and messages?";
    }

    record Document(String channel, boolean left) {}
}
