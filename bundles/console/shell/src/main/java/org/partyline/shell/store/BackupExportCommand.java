package org.partyline.shell.store;

import java.nio.file.Path;
import java.util.Arrays;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Backups.Summary;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.FileName;
import org.partyline.shell.input.SecretPrompt;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Writes a backup. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "backup-export",
        description = "Write personas, contacts, channels and settings to an encrypted file, without messages "
                + "and sessions",
        detailedDescription = "partyline:backup-export /media/stick/partyline.backup")
@Needs(Role.OPERATE)
final class BackupExportCommand extends PartylineCommand {
    @Argument(name = "FILE", description = "The file; must not exist yet", required = true)
    @Completion(FileCompleter.class)
    private String file;

    @Option(
            name = "--passphrase-file",
            description = "File with the backup's own passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passphraseFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Path path = FileName.parse(file, context().session());
        char[] passphrase = SecretPrompt.of(context())
                .fresh(given(passphraseFile), "Passphrase of the backup", "--passphrase-file");
        Summary summary;
        try {
            summary = engine().backups().exportTo(path, passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        print(Document.of(summary), () -> {
            console()
                    .paragraph("Backup " + Sanitizer.line(summary.file().toString()) + ": "
                            + Units.count(summary.personas(), "persona") + ", "
                            + Units.count(summary.contacts(), "contact") + ", "
                            + Units.count(summary.channels(), "channel") + ", " + Units.count(summary.bytes(), "byte")
                            + ".");
            console()
                    .paragraph("Anyone with the file and its passphrase can act as these personas: store them "
                            + "separately, and not on this machine.");
        });
    }

    record Document(String file, long bytes, int personas, int contacts, int channels) {
        static Document of(Summary summary) {
            return new Document(
                    summary.file().toString(),
                    summary.bytes(),
                    summary.personas(),
                    summary.contacts(),
                    summary.channels());
        }
    }
}
