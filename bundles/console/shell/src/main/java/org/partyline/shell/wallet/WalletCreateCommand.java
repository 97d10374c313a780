package org.partyline.shell.wallet;

import java.util.Arrays;
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
import org.partyline.shell.input.FileName;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Creates a wallet of this server's own. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "wallet-create",
        description =
                "Create a wallet of this server's own and show its words once; they are the backup of its " + "coins",
        detailedDescription = "partyline:wallet-create\n"
                + "partyline:wallet-create --network signet --words 24 --words-file /media/stick/words.txt")
@Needs(Role.OPERATE)
final class WalletCreateCommand extends PartylineCommand {
    static final String WORDS_FILE = "--words-file";

    @Option(
            name = "--network",
            description = "Network of its coins; otherwise the nodes' network",
            valueToShowInHelp = "NAME")
    @Completion(RealNetworkNames.class)
    private @Nullable String network;

    @Option(name = "--words", description = "Number of words: 12, 15, 18, 21 or 24; otherwise 12")
    @Completion(
            values = {"12", "24"},
            value = String.class)
    private int words = 12;

    @Option(
            name = WORDS_FILE,
            description = "New file for the words, mode 0600, instead of the screen",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String wordsFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        LocalWallets wallets = engine().localWallets();
        requireWay(this, wordsFile);
        Network where = LocalWalletChoice.fresh(engine(), network);
        WordsFile file = wordsFile == null
                ? null
                : WordsFile.create(FileName.parse(wordsFile, context().session()));
        char[] made = create(wallets, where, file);
        try {
            String name = LocalWalletChoice.existing(engine(), where.label()).name();
            if (!json()) {
                console().line("Wallet " + name + " on " + where.label() + " is created.");
            }
            // If this fails, the words are not lost: partyline:wallet-words.
            hand(this, made, file);
            print(
                    new Document(name, where.label(), words, file == null ? null : file.toString()),
                    () -> next("partyline:wallet-address; each persona has its own account."));
        } finally {
            Arrays.fill(made, '\0');
        }
    }

    private char[] create(LocalWallets wallets, Network where, @Nullable WordsFile file) throws PartylineException {
        boolean done = false;
        try {
            char[] made = wallets.create(where, words);
            done = true;
            return made;
        } finally {
            if (!done && file != null) {
                file.remove();
            }
        }
    }

    /** Requires that the words go to a person's screen or to a file, and nowhere else. */
    static void requireWay(PartylineCommand command, @Nullable String wordsFile) throws CommandError {
        if (wordsFile == null && (command.json() || !command.console().canAsk())) {
            throw new CommandError(
                    "the words are shown only on a terminal: name a new file for them with " + WORDS_FILE + " FILE");
        }
    }

    /** Writes the words to the file, or shows them on the screen. */
    static void hand(PartylineCommand command, char[] words, @Nullable WordsFile file)
            throws CommandError, InterruptedException {
        if (file == null) {
            WordsText.show(command.console(), words);
            return;
        }
        file.write(words);
        if (!command.json()) {
            command.console()
                    .paragraph("The words are in " + Sanitizer.line(file.toString())
                            + ". Anyone who has them can spend the coins: move the file off this machine.");
        }
    }

    /**
     * The new wallet.
     *
     * @param words number of words @param wordsFile null if they were shown on the screen
     */
    record Document(
            String wallet,
            String network,
            int words,
            @Nullable String wordsFile) {}
}
