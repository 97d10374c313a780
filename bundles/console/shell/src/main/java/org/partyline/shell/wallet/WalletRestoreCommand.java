package org.partyline.shell.wallet;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.LocalWallets;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.RealNetworkNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.SecretPrompt;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Restores a wallet from its words. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "wallet-restore",
        description = "Restore a wallet from its words, and find its coins in the blocks",
        detailedDescription = "partyline:wallet-restore --birthday 2026-05-01\n"
                + "partyline:wallet-restore --network regtest --words-file words.txt --wait")
@Needs(Role.OPERATE)
final class WalletRestoreCommand extends PartylineCommand {
    @Option(
            name = "--network",
            description = "Network of its coins; otherwise the nodes' network",
            valueToShowInHelp = "NAME")
    @Completion(RealNetworkNames.class)
    private @Nullable String network;

    @Option(
            name = WalletCreateCommand.WORDS_FILE,
            description = "File with the words, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String wordsFile;

    @Option(
            name = "--birthday",
            description = "When the wallet was created: a day like 2026-05-01, or how long ago; otherwise all "
                    + "blocks are read",
            valueToShowInHelp = "DAY")
    @Completion(
            values = {"30d", "365d"},
            value = String.class)
    private @Nullable String birthday;

    @Option(name = "--wait", description = "Wait until the blocks are read; Ctrl-C stops the wait, not the reading")
    private boolean wait;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        LocalWallets wallets = engine().localWallets();
        Network where = LocalWalletChoice.fresh(engine(), network);
        Instant now = clock().instant();
        Optional<Instant> made = birthday == null ? Optional.empty() : Optional.of(Units.dayOrMoment(birthday, now));
        if (made.isPresent() && made.get().isAfter(now)) {
            throw new CommandError("--birthday is " + Sanitizer.line(String.valueOf(birthday))
                    + ", which is in the future: give the day the wallet was created");
        }
        char[] words = SecretPrompt.of(context())
                .words(
                        given(wordsFile),
                        "The 12 to 24 words, separated by spaces (not shown)",
                        WalletCreateCommand.WORDS_FILE);
        try {
            // Personas may have been imported from a backup: their coins are searched for, however many empty accounts
            // precede theirs.
            wallets.restore(where, words, made, engine().wallets().accounts());
        } finally {
            Arrays.fill(words, '\0');
        }
        new WalletReading(this, where).end("is restored", wait);
    }
}
