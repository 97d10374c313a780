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

/** Removes the duress passphrase. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "duress-remove",
        description = "Remove the passphrase that erases the server",
        detailedDescription = "partyline:duress-remove\npartyline:duress-remove --passphrase-file store.txt")
@Needs(Role.ERASE)
final class DuressRemoveCommand extends PartylineCommand {
    private static final String STORE = "--passphrase-file";

    @Option(
            name = STORE,
            description = "File with the store's passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String storeFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Vault vault = engine().vault();
        if (vault.state() != Store.State.OPEN) {
            throw new CommandError("the store is locked: open it with partyline:unlock");
        }
        char[] own = SecretPrompt.of(context()).existing(given(storeFile), "Passphrase of the store", STORE);
        try {
            vault.removeDuress(own);
        } finally {
            Arrays.fill(own, '\0');
        }
        print(new Document(true), "No passphrase erases this server.");
    }

    record Document(boolean removed) {}
}
