package org.partyline.shell.store;

import java.util.Arrays;
import java.util.List;
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
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Opens the store. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "unlock",
        description = "Open the store with its passphrase, and read the packets collected meanwhile",
        detailedDescription = "partyline:unlock\npartyline:unlock --passphrase-file /run/secrets/partyline")
@Needs(Role.OPERATE)
final class UnlockCommand extends PartylineCommand {
    @Option(
            name = "--passphrase-file",
            description = "File with the store's passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passphraseFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Vault vault = engine().vault();
        if (vault.state() == Store.State.NEW) {
            throw StoreLockedException.of(Store.State.NEW);
        }
        if (vault.state() == Store.State.OPEN) {
            print(new Document("open", 0, vault.dropped(), vault.warnings()), "The store is already open.");
            return;
        }
        long collected = vault.collected();
        long dropped = vault.dropped();
        char[] passphrase = SecretPrompt.of(context())
                .existing(given(passphraseFile), "Passphrase of the store", "--passphrase-file");
        try {
            vault.unlock(passphrase);
            // As after a duress passphrase, whose store is new: otherwise, the doctor would reveal that its passphrase
            // was never rated.
            NewPassphrase.of(engine(), passphrase).remember();
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        List<String> warnings = vault.warnings();
        print(new Document("open", collected, dropped, warnings), () -> {
            console()
                    .line("The store is open. Collected while it was locked: " + Units.count(collected, "packet") + "."
                            + (dropped == 0
                                    ? ""
                                    : " Dropped for lack of space: " + Units.count(dropped, "packet")
                                            + "; the blocks are read again."));
            int deriving = vault.deriving();
            if (deriving > 0) {
                console().paragraph(StoreText.reading(deriving) + " (partyline:status).");
            }
            warnings.forEach(warning ->
                    console().hanging(console().paint(Style.WARN, "Warning") + "  ", Sanitizer.line(warning)));
        });
    }

    record Document(String store, long collectedPackets, long droppedPackets, List<String> warnings) {}
}
