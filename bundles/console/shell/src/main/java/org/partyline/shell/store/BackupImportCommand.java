package org.partyline.shell.store;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Backups.Change;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.engine.Backups.Preview;
import org.partyline.api.json.JsonValues;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.input.FileName;
import org.partyline.shell.input.OriginalServer;
import org.partyline.shell.input.SecretPrompt;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Imports a backup. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "backup-import",
        description = "Add the contents of a backup; existing entries are not changed",
        detailedDescription = "partyline:backup-import partyline.backup --preview\n"
                + "partyline:backup-import partyline.backup --yes --original gone --passphrase-file backup.txt")
@Needs(Role.OPERATE)
final class BackupImportCommand extends PartylineCommand {
    private static final String KEPT = "kept";

    @Argument(name = "FILE", description = "The backup", required = true)
    @Completion(FileCompleter.class)
    private String file;

    @Option(name = "--preview", description = "Show what would change, without changing it")
    private boolean preview;

    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Option(
            name = OriginalServer.OPTION,
            description = OriginalServer.DESCRIPTION,
            valueToShowInHelp = OriginalServer.GONE + "|" + OriginalServer.IN_USE)
    @Completion(
            values = {OriginalServer.GONE, OriginalServer.IN_USE},
            value = String.class)
    private @Nullable String original;

    @Option(
            name = "--passphrase-file",
            description = "File with the backup's passphrase, mode 0600; - for standard input",
            valueToShowInHelp = "FILE")
    @Completion(FileCompleter.class)
    private @Nullable String passphraseFile;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (preview && yes) {
            throw new CommandError("--preview and --yes exclude each other: preview the import or run it");
        }
        if (!preview && (original != null || yes || json() || !console().canAsk())) {
            // A wrong or missing one is rejected before anything is asked.
            OriginalServer.choose(console(), original, false);
        }
        Path path = FileName.parse(file, context().session());
        char[] passphrase = SecretPrompt.of(context())
                .existing(given(passphraseFile), "Passphrase of the backup", "--passphrase-file");
        try {
            run(path, passphrase);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
    }

    private void run(Path path, char[] passphrase) throws CommandError, PartylineException, InterruptedException {
        Preview found = engine().backups().preview(path, passphrase);
        if (!json()) {
            console().line("Backup of " + Units.time(found.made()) + " UTC:");
            table(found.changes());
        }
        if (preview || changing(found) == 0) {
            print(
                    Document.of(path, found, false),
                    preview
                            ? "Nothing was changed. Import it with partyline:backup-import " + Sanitizer.word(file)
                            : "Nothing to import: this server already has all of it.");
            return;
        }
        Original what = OriginalServer.choose(console(), original, console().canAsk() && !yes);
        if (!confirmed(yes, "Import this?")) {
            return;
        }
        Preview done = engine().backups().importFrom(path, passphrase, what);
        print(Document.of(path, done, true), () -> {
            console()
                    .line(console().paint(Style.GOOD, "Imported") + ": " + changing(done) + " added, "
                            + (done.changes().size() - changing(done)) + " kept.");
            next(
                    what == Original.IN_USE
                            ? "partyline:restore-takeover, once the original is gone; until then, added personas only "
                                    + "read."
                            : "partyline:session-list; every contact is offered a new session.");
        });
    }

    private static long changing(Preview preview) {
        return preview.changes().stream()
                .filter(change -> !change.action().equals(KEPT))
                .count();
    }

    private void table(List<Change> changes) {
        Table table = new Table().column("KIND").words("NAME").column("WHAT").words("DETAIL");
        for (Change change : changes) {
            Style style = switch (change.action()) {
                case KEPT -> Style.DIM;
                case "renamed" -> Style.WARN;
                default -> Style.GOOD;
            };
            table.row(
                    change.kind(),
                    Table.Cell.of(change.name(), Style.BOLD),
                    Table.Cell.of(change.action(), style),
                    change.detail());
        }
        table.print(console(), "It is empty.");
    }

    record Document(String file, String made, boolean imported, List<ChangeView> changes) {
        static Document of(Path file, Preview preview, boolean imported) {
            return new Document(
                    file.toString(),
                    JsonValues.iso(preview.made()),
                    imported,
                    preview.changes().stream().map(ChangeView::of).toList());
        }
    }
}
