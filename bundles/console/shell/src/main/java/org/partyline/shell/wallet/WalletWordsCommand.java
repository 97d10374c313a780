package org.partyline.shell.wallet;

import java.util.Arrays;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.LocalWallets.Progress;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.LocalWalletNetworks;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.FileName;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Shows the words of a wallet again. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "wallet-words",
        description = "Show the words of this server's own wallet again, on the terminal or in a new file",
        detailedDescription = "partyline:wallet-words\npartyline:wallet-words --words-file /media/stick/words.txt")
@Needs(Role.OPERATE)
final class WalletWordsCommand extends PartylineCommand {
    @Option(
            name = "--network",
            description = "Network of the wallet; may be omitted if there is only one",
            valueToShowInHelp = "NAME")
    @Completion(LocalWalletNetworks.class)
    private @Nullable String network;

    @Option(
            name = WalletCreateCommand.WORDS_FILE,
            description = "New file for the words, mode 0600, instead of the screen",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String wordsFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Progress wallet = LocalWalletChoice.existing(engine(), network);
        WalletCreateCommand.requireWay(this, wordsFile);
        char[] words = engine().localWallets().words(wallet.network());
        try {
            WordsFile file = wordsFile == null
                    ? null
                    : WordsFile.create(FileName.parse(wordsFile, context().session()));
            if (!json()) {
                console()
                        .line("Wallet " + Sanitizer.line(wallet.name()) + " on "
                                + wallet.network().label() + ":");
            }
            WalletCreateCommand.hand(this, words, file);
            if (json()) {
                console()
                        .json(new Document(
                                wallet.name(), wallet.network().label(), file == null ? null : file.toString()));
            }
        } finally {
            Arrays.fill(words, '\0');
        }
    }

    record Document(String wallet, String network, @Nullable String wordsFile) {}
}
