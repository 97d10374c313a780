package org.partyline.shell.store;

import java.util.Arrays;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreLockedException;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.SecretPrompt;
import org.partyline.shell.spi.Needs;

/** Changes the store's passphrase. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "passphrase-change",
        description = "Change the store's passphrase; asks for the old one and, twice, for the new one",
        detailedDescription = "partyline:passphrase-change\n"
                + "partyline:passphrase-change --old-passphrase-file old.txt --new-passphrase-file new.txt")
@Needs(Role.ERASE)
final class PassphraseChangeCommand extends PartylineCommand {
    private static final String OLD = "--old-passphrase-file";
    private static final String NEW = "--new-passphrase-file";

    @Option(
            name = OLD,
            description = "File with the current passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String oldFile;

    @Option(
            name = NEW,
            description = "File with the new one, at least 8 characters, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String newFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Vault vault = engine().vault();
        if (vault.state() == Store.State.NEW) {
            throw StoreLockedException.of(Store.State.NEW);
        }
        if (SecretPrompt.STANDARD_INPUT.equals(oldFile) && SecretPrompt.STANDARD_INPUT.equals(newFile)) {
            throw new CommandError("standard input can be read only once: name a file with " + OLD + " or with " + NEW);
        }
        SecretPrompt passphrases = SecretPrompt.of(context());
        char[] before = passphrases.existing(given(oldFile), "Current passphrase of the store", OLD);
        char[] after = new char[0];
        NewPassphrase set;
        try {
            after = passphrases.fresh(given(newFile), "New passphrase of the store", NEW);
            vault.changePassphrase(before, after);
            set = NewPassphrase.of(engine(), after);
        } finally {
            Arrays.fill(before, '\0');
            Arrays.fill(after, '\0');
        }
        set.remember();
        print(new Document(true), () -> {
            console().line("The passphrase is changed. The old one no longer opens the store.");
            set.warn(console());
        });
    }

    record Document(boolean changed) {}
}
