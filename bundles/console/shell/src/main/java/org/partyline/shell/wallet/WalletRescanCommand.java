package org.partyline.shell.wallet;

import java.time.Instant;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.LocalWalletNetworks;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Reads the blocks again for a wallet. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "wallet-rescan",
        description = "Read the blocks again to find coins that this server's own wallet missed",
        detailedDescription = "partyline:wallet-rescan --wait\npartyline:wallet-rescan --since 30d")
@Needs(Role.OPERATE)
final class WalletRescanCommand extends PartylineCommand {
    @Option(
            name = "--network",
            description = "Network of the wallet; may be omitted if there is only one",
            valueToShowInHelp = "NAME")
    @Completion(LocalWalletNetworks.class)
    private @Nullable String network;

    @Option(
            name = "--since",
            description = "Where to start: a day like 2026-05-01, or how long ago; otherwise the wallet's birthday",
            valueToShowInHelp = "DAY")
    @Completion(
            values = {"7d", "30d"},
            value = String.class)
    private @Nullable String since;

    @Option(name = "--wait", description = "Wait until the blocks are read; Ctrl-C stops the wait, not the reading")
    private boolean wait;

    @Override
    protected void run() throws CommandError, PartylineException {
        Network where = LocalWalletChoice.existing(engine(), network).network();
        Optional<Instant> from =
                since == null ? Optional.empty() : Optional.of(Units.dayOrMoment(since, clock().instant()));
        engine().localWallets().rescan(where, from);
        new WalletReading(this, where).end("is reading its blocks again", wait);
    }
}
