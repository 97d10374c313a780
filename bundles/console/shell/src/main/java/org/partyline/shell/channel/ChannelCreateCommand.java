package org.partyline.shell.channel;

import java.util.Arrays;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Create;
import org.partyline.api.engine.Channels.Mode;
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
import org.partyline.shell.spi.Needs;

/** Creates a channel. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "channel-create",
        description = "Create a channel and show its invite, as text and QR code",
        detailedDescription =
                "partyline:channel-create lobby\n"
                        + "partyline:channel-create chatter --carrier rolling\n"
                        + "partyline:channel-create vault --mode open --kdf ARGON2ID --memory 131072 --passphrase-file secret.txt")
@Needs(Role.OPERATE)
final class ChannelCreateCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "The channel's name, 1 to 64 bytes", required = true)
    private String name;

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

    @Option(name = "--kdf", description = "Key derivation; otherwise ARGON2ID", valueToShowInHelp = "NAME")
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

    @Option(
            name = "--network",
            description = "Network; may be omitted if all nodes are on one network",
            valueToShowInHelp = "NAME")
    @Completion(NetworkNames.class)
    private @Nullable String network;

    @Option(
            name = "--passphrase-file",
            description = "File with the channel's passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passphraseFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Create request = new Create(
                given(persona),
                name,
                mode,
                KdfChoice.parse(engine(), kdf, timeCost, memory, parallelism).orElse(KdfParameters.ARGON2ID_DEFAULT),
                NetworkName.parse(network),
                CarrierName.parse(engine(), carrier));
        char[] passphrase = SecretPrompt.of(context())
                .fresh(given(passphraseFile), "Passphrase of the channel", "--passphrase-file");
        Channel channel;
        try {
            channel = engine().channels().create(request, passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        String invite = engine().channels().invite(given(persona), channel.name());
        print(new Document(ChannelView.of(channel), invite), () -> {
            console().paragraph(ChannelText.joined(channel));
            ChannelText.invite(console(), invite);
        });
    }

    record Document(ChannelView channel, String invite) {}
}
