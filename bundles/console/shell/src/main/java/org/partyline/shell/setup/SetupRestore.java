package org.partyline.shell.setup;

import java.nio.file.Path;
import java.util.Arrays;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Backups.Original;
import org.partyline.api.engine.Backups.Preview;
import org.partyline.shell.output.Units;

/** Sets up a server from a backup with its personas, contacts and channels. Opened before anything is made. */
final class SetupRestore implements AutoCloseable {
    /** The file's option. */
    static final String OPTION = "--restore";
    /** Its passphrase's. */
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
     * Opens the backup, so that a wrong passphrase or a damaged file is found now.
     *
     * @param passphrase wiped with what is returned, or when it does not open
     * @param original what became of the server that it was made on
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

    /** Brings in what the backup holds; the store is open. */
    void into(Backups backups) throws PartylineException {
        backups.importFrom(file, passphrase, original);
    }

    /** Whether nothing is sent yet, because the original is in use. */
    boolean onlyReads() {
        return original == Original.IN_USE;
    }

    /** What came, in one line. */
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
