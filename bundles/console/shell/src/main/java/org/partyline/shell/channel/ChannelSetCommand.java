package org.partyline.shell.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.CarrierOrDefault;
import org.partyline.shell.completion.ChannelNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.completion.SealerOrDefault;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.CarrierName;
import org.partyline.shell.message.MessageText;
import org.partyline.shell.output.Sanitizer;

/** Changes what holds for one channel. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "channel-set",
        description = "Change the carrier of messages to a channel, or who seals them",
        detailedDescription =
                "partyline:channel-set lobby --carrier rolling\npartyline:channel-set lobby --carrier default\n"
                        + "partyline:channel-set lobby --sealer ID")
final class ChannelSetCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "The channel", required = true)
    @Completion(ChannelNames.class)
    private String name;

    @Option(name = "--persona", description = "Whose channel; otherwise the current one's", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private String persona;

    @Option(
            name = "--carrier",
            description = "Default carrier of messages to it. rolling: each replaces the last transaction; "
                    + "confirm: a transaction of its own; default: as set for the server",
            valueToShowInHelp = "NAME")
    @Completion(CarrierOrDefault.class)
    private String carrier;

    @Option(
            name = "--sealer",
            description = "A sealer of another bundle, whose messages only readers with that bundle can read; "
                    + "default: this program",
            valueToShowInHelp = "ID")
    @Completion(SealerOrDefault.class)
    private String sealer;

    @Override
    protected void run() throws CommandError, PartylineException {
        if (carrier == null && sealer == null) {
            throw new CommandError("--carrier is missing: confirm, rolling, or default for what is set for the server;"
                    + " or --sealer");
        }
        List<String> said = new ArrayList<>();
        Channel channel = null;
        if (carrier != null) {
            channel = engine().channels()
                    .carrier(given(persona), name, CarrierName.parseOr(engine(), carrier, CarrierOrDefault.DEFAULT));
            said.add("Messages to " + Sanitizer.line(channel.name()) + " leave "
                    + channel.carrier()
                            .map(own -> "by the carrier " + MessageText.carrier(own))
                            .orElse("by the carrier that is set for the server")
                    + " from now on.");
        }
        if (sealer != null) {
            channel = engine().channels()
                    .sealer(
                            given(persona),
                            name,
                            Optional.of(sealer).filter(id -> !id.equalsIgnoreCase(CarrierOrDefault.DEFAULT)));
            said.add(sealed(channel));
        }
        print(new Document(ChannelView.of(channel)), () -> said.forEach(console()::paragraph));
    }

    private static String sealed(Channel channel) {
        String name = Sanitizer.line(channel.name());
        return channel.sealer()
                .map(id -> "What is written to " + name + " is sealed by '" + id
                        + "' from now on: only who has the bundle that reads it, too, reads it.")
                .orElse("What is written to " + name + " is sealed by this program from now on.");
    }

    record Document(ChannelView channel) {}
}
