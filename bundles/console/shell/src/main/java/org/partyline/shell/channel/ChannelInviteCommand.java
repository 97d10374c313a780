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
import org.partyline.shell.spi.Needs;

/** Shows a channel's invite. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "channel-invite",
        description = "Show a channel's invite, as text and QR code; it does not contain the passphrase",
        detailedDescription = "partyline:channel-invite lobby")
@Needs(Role.OPERATE)
final class ChannelInviteCommand extends PartylineCommand {
    @Argument(name = "CHANNEL", description = "The channel", required = true)
    @Completion(ChannelNames.class)
    private String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        String invite = engine().channels().invite(given(persona), name);
        print(new Document(name, invite), () -> ChannelText.invite(console(), invite));
    }

    record Document(String channel, String invite) {}
}
