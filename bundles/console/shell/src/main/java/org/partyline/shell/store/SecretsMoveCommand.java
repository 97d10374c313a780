package org.partyline.shell.store;

import java.util.Arrays;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.secrets.Unattended.Source;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.SecretPrompt;
import org.partyline.shell.spi.Needs;

/** Chooses how the store is opened at startup. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "secrets-move",
        description =
                "Choose how the store is opened at startup: with a key kept in a given place, or by " + "passphrase",
        detailedDescription = "partyline:secrets-move keyring\npartyline:secrets-move ask")
@Needs(Role.OPERATE)
final class SecretsMoveCommand extends PartylineCommand {
    @Argument(
            name = "PLACE",
            description = "keyring: the desktop's; file: an encrypted file of this server; credential: the service "
                    + "manager's; ask: no place, open it with partyline:unlock",
            required = true)
    private Source place;

    @Option(
            name = "--passphrase-file",
            description = "File with the store's passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passphraseFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Unattended unattended = engine().unattended();
        char[] passphrase = SecretPrompt.of(context())
                .existing(given(passphraseFile), "Passphrase of the store", "--passphrase-file");
        try {
            if (place == Source.ASK) {
                unattended.ask(passphrase);
            } else {
                unattended.moveTo(place, passphrase);
            }
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        print(new Document(place.word()), () -> {
            console().paragraph("From the next start, " + SecretsText.source(place) + ".");
            if (place != Source.ASK) {
                console()
                        .paragraph(
                                "Anyone with access to that place and the server's files can read everything. To undo: "
                                        + "partyline:secrets-move ask.");
            }
        });
    }

    /**
     * How the store is opened.
     *
     * @param source what opens the store at startup
     */
    record Document(String source) {}
}
