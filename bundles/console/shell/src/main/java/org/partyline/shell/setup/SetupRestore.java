package org.partyline.shell.setup;

import java.nio.file.Path;
import java.util.Arrays;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.engine.Backups.Preview;
import org.partyline.shell.output.Units;

/**
 * Sets up a server from a backup with its personas, contacts and channels. The backup is opened before anything is
 * created.
 */
final class SetupRestore implements AutoCloseable {
    /** The option for the file. */
    static final String OPTION = "--restore";
    /** The option for its passphrase. */
    static final String PASSPHRASE_OPTION = "--restore-passphrase-file";

    private final Path file;
    private final char[] passphrase;
    private final Preview content;
    private final Original original;

    private SetupRestore(Path file, char[] passphrase, Preview content, Original original) {
        this.file = file;
        this.passphrase = passphrase;
        this.content = content;
        this.original = original;
    }

    /**
     * Opens the backup, so that a wrong passphrase or a damaged file is detected now.
     *
     * @param passphrase wiped when the result is closed, or if the backup does not open
     * @param original what happened to the server that made the backup
     */
    static SetupRestore open(Backups backups, Path file, char[] passphrase, Original original)
            throws PartylineException {
        try {
            return new SetupRestore(file, passphrase, backups.preview(file, passphrase), original);
        } catch (PartylineException | RuntimeException e) {
            Arrays.fill(passphrase, '\0');
            throw e;
        }
    }

    /** Imports the backup's content into the open store. */
    void into(Backups backups) throws PartylineException {
        backups.importFrom(file, passphrase, original);
    }

    /** Returns whether nothing is sent yet, because the original is in use. */
    boolean onlyReads() {
        return original == Original.IN_USE;
    }

    /** Returns what was imported, in one line. */
    String summary() {
        return "Restored from the backup of " + Units.time(content.made()) + " UTC: " + count("persona") + ", "
                + count("contact") + ", " + count("channel") + ". They pay from the same accounts as before."
                + (onlyReads()
                        ? " They only read until partyline:restore-takeover, because the original is in use."
                        : " Every contact is offered a new session.");
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
