package org.partyline.shell.channel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Join;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Channels.Reading;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.CarrierNames;
import org.partyline.shell.completion.DerivationNames;
import org.partyline.shell.completion.NetworkNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.CarrierName;
import org.partyline.shell.input.NetworkName;
import org.partyline.shell.input.SecretPrompt;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Joins a channel. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "channel-join",
        description = "Join a channel by its invite, or by name and passphrase alone",
        detailedDescription =
                "partyline:channel-join plchan1qyqs…\npartyline:channel-join lobby --kdf ARGON2ID --passphrase-file secret.txt")
@Needs(Role.OPERATE)
final class ChannelJoinCommand extends PartylineCommand {
    @Argument(name = "NAME|INVITE", description = "The invite, plchan1…, or the channel's name", required = true)
    private String nameOrInvite;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(
            name = "--mode",
            description = "ratchet: with forward secrecy, the default; open: readable without earlier packets",
            valueToShowInHelp = "MODE")
    private Mode mode = Mode.RATCHET;

    @Option(
            name = "--carrier",
            description = "Default carrier of its messages: rolling (they share one mined transaction) or confirm "
                    + "(one each); otherwise the server's setting",
            valueToShowInHelp = "NAME")
    @Completion(CarrierNames.class)
    private @Nullable String carrier;

    @Option(name = "--kdf", description = "Key derivation, without an invite", valueToShowInHelp = "NAME")
    @Completion(DerivationNames.class)
    private @Nullable String kdf;

    @Option(name = "--time-cost", description = "Passes, 1 to 255; SCRYPT: r", valueToShowInHelp = "N")
    private @Nullable Integer timeCost;

    @Option(
            name = "--memory",
            description = "Memory in KiB, from 8192; PBKDF2_SHA256: iterations, from 100000; SCRYPT: N, from 8192",
            valueToShowInHelp = "N")
    private @Nullable Integer memory;

    @Option(name = "--parallelism", description = "Lanes, 1 to 255; SCRYPT: p", valueToShowInHelp = "N")
    private @Nullable Integer parallelism;

    @Option(name = "--network", description = "Network, without an invite", valueToShowInHelp = "NAME")
    @Completion(NetworkNames.class)
    private @Nullable String network;

    @Option(
            name = "--passphrase-file",
            description = "File with the channel's passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passphraseFile;

    @Option(name = JoinTerms.OPTION, description = "Do not ask if the key derivation is weaker than the default")
    private boolean acceptWeakKdf;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Join request = new Join(
                given(persona),
                nameOrInvite.strip(),
                mode,
                KdfChoice.parse(engine(), kdf, timeCost, memory, parallelism),
                NetworkName.parse(network),
                CarrierName.parse(engine(), carrier));
        // Before the passphrase: the parameters in an invite come from its author.
        JoinTerms terms = new JoinTerms(console(), !json() && console().canAsk());
        if (!terms.accepted(engine().channels().terms(request), acceptWeakKdf)) {
            return;
        }
        char[] passphrase = SecretPrompt.of(context())
                .existing(given(passphraseFile), "Passphrase of the channel", "--passphrase-file");
        Channel channel;
        try {
            channel = engine().channels().join(request, passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        Reading reading = engine().channels().reading(Optional.of(channel.persona()), channel.name());
        List<Channel> namesakes = engine().channels().listAll().stream()
                .filter(other -> ChannelText.isNamesake(other, channel))
                .toList();
        print(new Document(ChannelView.of(channel)), () -> {
            console().paragraph(ChannelText.joined(channel));
            namesakes.forEach(other -> console().paragraph(Style.BAD, ChannelText.namesake(other)));
            console().paragraph(ChannelText.reading(reading));
        });
    }

    record Document(ChannelView channel) {}
}
