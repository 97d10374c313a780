package org.partyline.shell.channel;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Lists the channels. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "channel-list",
        description = "List the channels, of every persona or of one",
        detailedDescription = "partyline:channel-list --persona bob")
@Needs(Role.TALK)
final class ChannelListCommand extends PartylineCommand {
    @Option(name = "--persona", description = "Only this persona's", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Override
    protected void run() throws CommandError, PartylineException {
        List<Channel> channels = persona == null
                ? engine().channels().listAll()
                : engine().channels().list(given(persona));
        if (json()) {
            output().json(new Document(channels.stream().map(ChannelView::of).toList()));
            return;
        }
        Table table = new Table()
                .column("PERSONA")
                .column("CHANNEL")
                .column("NETWORK")
                .column("MODE")
                .column("CARRIER")
                .words("KEY DERIVATION")
                .number("UNREAD")
                .time("LAST MESSAGE (UTC)")
                .words("SENDERS");
        for (Channel channel : channels) {
            table.row(
                    channel.persona(),
                    Table.Cell.of(channel.name(), Style.BOLD),
                    channel.network().label(),
                    ChannelText.mode(channel),
                    ChannelText.carrier(channel),
                    KdfChoice.describe(channel.kdf()),
                    channel.unread(),
                    channel.lastMessage().map(Units::time).orElse("never"),
                    String.join(", ", channel.senders()));
        }
        table.print(console(), "No channels yet: create one with partyline:channel-create NAME, or join one.");
    }

    record Document(List<ChannelView> channels) {}
}
