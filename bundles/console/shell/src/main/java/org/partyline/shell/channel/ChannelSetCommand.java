package org.partyline.shell.channel;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.CarrierOrDefault;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.CarrierName;
import org.partyline.shell.message.MessageText;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Changes the default carrier of a channel. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "channel-set",
        description = "Change the default carrier of a channel",
        detailedDescription =
                "partyline:channel-set lobby --carrier rolling\npartyline:channel-set lobby --carrier default")
@Needs(Role.OPERATE)
final class ChannelSetCommand extends PartylineCommand {
    @Argument(name = "CHANNEL", description = "The channel", required = true)
    @Completion(ChannelNames.class)
    private String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(
            name = "--carrier",
            description = "Default carrier of its messages: rolling (they share one mined transaction), confirm "
                    + "(one each) or default (the server's setting)",
            valueToShowInHelp = "NAME")
    @Completion(CarrierOrDefault.class)
    private @Nullable String carrier;

    @Override
    protected void run() throws CommandError, PartylineException {
        if (carrier == null) {
            throw new CommandError("--carrier is missing: give confirm, rolling or default (the server's setting)");
        }
        Channel channel = engine().channels()
                .carrier(given(persona), name, CarrierName.parseOr(engine(), carrier, CarrierOrDefault.DEFAULT));
        print(
                new Document(ChannelView.of(channel)),
                () -> console()
                        .paragraph("New messages to " + Sanitizer.line(channel.name()) + " are sent "
                                + channel.carrier()
                                        .map(own -> "by carrier " + MessageText.carrier(own))
                                        .orElse("by the server's default carrier")
                                + "."));
    }

    record Document(ChannelView channel) {}
}
