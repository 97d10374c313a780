package org.partyline.shell.panic;

import java.util.Arrays;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.SecretPrompt;
import org.partyline.shell.spi.Needs;

/** Sets the duress passphrase. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "duress-set",
        description = "Set a passphrase that erases the server when entered at partyline:unlock",
        detailedDescription = "partyline:duress-set\n"
                + "partyline:duress-set --passphrase-file store.txt --duress-passphrase-file duress.txt")
@Needs(Role.ERASE)
final class DuressSetCommand extends PartylineCommand {
    private static final String STORE = "--passphrase-file";
    private static final String DURESS = "--duress-passphrase-file";

    @Option(
            name = STORE,
            description = "File with the store's passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String storeFile;

    @Option(
            name = DURESS,
            description =
                    "File with the passphrase that erases, at least 8 characters, mode 0600; - for standard " + "input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String duressFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Vault vault = engine().vault();
        if (vault.state() != Store.State.OPEN) {
            throw new CommandError("the store is locked: open it with partyline:unlock");
        }
        if (SecretPrompt.STANDARD_INPUT.equals(storeFile) && SecretPrompt.STANDARD_INPUT.equals(duressFile)) {
            throw new CommandError(
                    "standard input can be read only once: name a file with " + STORE + " or with " + DURESS);
        }
        SecretPrompt passphrases = SecretPrompt.of(context());
        char[] own = passphrases.existing(given(storeFile), "Passphrase of the store", STORE);
        char[] duress = new char[0];
        try {
            duress = passphrases.fresh(given(duressFile), "Passphrase that erases", DURESS);
            vault.setDuress(own, duress);
        } finally {
            Arrays.fill(own, '\0');
            Arrays.fill(duress, '\0');
        }
        print(
                new Document(true),
                "From now on, unlocking with this passphrase erases the server and opens an empty one.");
    }

    record Document(boolean set) {}
}
