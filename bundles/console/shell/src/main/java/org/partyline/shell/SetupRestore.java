package org.partyline.shell;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Backups.Preview;

/** A setup that begins with a backup: its personas, contacts and channels come from there. Opened before anything is made. */
final class SetupRestore implements AutoCloseable {
    /** The file's option. */
    static final String OPTION = "--restore";
    /** Its passphrase's. */
    static final String PASSPHRASE_OPTION = "--restore-passphrase-file";

    private final Path file;
    private final char[] passphrase;
    private final Preview content;

    private SetupRestore(Path file, char[] passphrase, Preview content) {
        this.file = file;
        this.passphrase = passphrase;
        this.content = content;
    }

    /**
     * Opens the backup, so that a wrong passphrase or a damaged file is found now.
     *
     * @param name of the file, as the operator gives it
     */
    static SetupRestore open(Context context, Backups backups, String name, Optional<String> passphraseFile)
            throws Refusal, PartylineException, InterruptedException {
        return open(context, backups, FileName.parse(name, context.session()), passphraseFile);
    }

    /**
     * The same where somebody is there to ask: what will not do is said, and asked for again.
     *
     * @param option the file's name; null: it is asked for
     * @param complain says what is wrong
     * @return empty: there is no backup
     */
    static Optional<SetupRestore> ask(
            Context context,
            Backups backups,
            String option,
            Optional<String> passphraseFile,
            Consumer<Exception> complain)
            throws Refusal, PartylineException, InterruptedException {
        String name = option;
        String last = "";
        while (true) {
            if (name == null) {
                name = context.console().ask("A backup to begin with, its file, or nothing for a new start", last);
            }
            if (name.isEmpty()) {
                return Optional.empty();
            }
            Optional<Path> file = readable(name, context, complain);
            if (file.isPresent()) {
                try {
                    return Optional.of(open(context, backups, file.get(), passphraseFile));
                } catch (PartylineException e) {
                    if (passphraseFile.isPresent()) {
                        throw e;
                    }
                    complain.accept(e);
                    last = name;
                }
            }
            name = null;
        }
    }

    private static Optional<Path> readable(String name, Context context, Consumer<Exception> complain) {
        try {
            Path file = FileName.parse(name, context.session());
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw new Refusal("there is no file " + Shown.line(name) + " that can be read");
            }
            return Optional.of(file);
        } catch (Refusal e) {
            complain.accept(e);
            return Optional.empty();
        }
    }

    private static SetupRestore open(Context context, Backups backups, Path file, Optional<String> passphraseFile)
            throws Refusal, PartylineException, InterruptedException {
        char[] passphrase =
                Passphrases.of(context).existing(passphraseFile, "Passphrase of the backup", PASSPHRASE_OPTION);
        try {
            return new SetupRestore(file, passphrase, backups.preview(file, passphrase));
        } catch (PartylineException | RuntimeException e) {
            Arrays.fill(passphrase, '\0');
            throw e;
        }
    }

    /** Brings in what the backup holds; the store is open. */
    void into(Backups backups) throws PartylineException {
        backups.importFrom(file, passphrase);
    }

    /** What came, in one line. */
    String summary() {
        return "Restored from the backup of " + Units.time(content.made()) + " UTC: " + count("persona") + ", "
                + count("contact") + ", " + count("channel") + ". They pay from the accounts that they had.";
    }

    private String count(String kind) {
        long count = content.changes().stream()
                .filter(change -> change.kind().equals(kind))
                .count();
        return count + " " + kind + (count == 1 ? "" : "s");
    }

    @Override
    public void close() {
        Arrays.fill(passphrase, '\0');
    }
}
