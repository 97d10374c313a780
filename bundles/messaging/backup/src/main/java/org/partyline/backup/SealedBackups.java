package org.partyline.backup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.partyline.api.PartylineException;
import org.partyline.api.PrivateFile;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.BackupFile.DamagedBackupException;
import org.partyline.api.store.Store;

/** Reads and writes backup files, sealed with a passphrase, and remembers their paths. */
final class SealedBackups {
    private static final int LONGEST_FILE = 65 * 1024 * 1024;

    private final BackupFile file;
    private final Store store;

    SealedBackups(BackupFile file, Store store) {
        this.file = file;
        this.store = store;
    }

    /** Seals the content of a backup. */
    byte[] seal(SecretBytes content, char[] passphrase) throws PartylineException {
        return file.seal(content, passphrase);
    }

    /**
     * Writes a sealed backup; of two at the same time with the same path, only one. Its path is remembered first: a
     * part of it may be left if the server dies.
     */
    synchronized void write(Path target, byte[] sealed) throws PartylineException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchThingException("the file " + target + " already exists: choose another name");
        }
        KnownBackups.remember(store, target);
        try {
            PrivateFile.write(target.toAbsolutePath(), sealed);
        } catch (IOException e) {
            throw new NoSuchThingException("the file " + target + " cannot be written: " + reason(e)
                    + "; make room or choose another directory");
        }
    }

    /** Reads a sealed backup. */
    byte[] read(Path source) throws NoSuchThingException {
        try {
            if (Files.size(source) > LONGEST_FILE) {
                throw new NoSuchThingException(
                        "the file " + source + " is too large to be a backup: give the file that backup-export wrote");
            }
            if (!Files.isRegularFile(source)) {
                // A device has no size, and perhaps no end.
                throw new NoSuchThingException("the file " + source
                        + " is a directory or a device, not a backup: give the file that backup-export wrote");
            }
            return Files.readAllBytes(source);
        } catch (IOException e) {
            throw new NoSuchThingException("the file " + source + " cannot be read: " + reason(e)
                    + "; give the file that backup-export wrote");
        }
    }

    /** The content of a sealed backup. The caller wipes it. */
    SecretBytes open(byte[] sealed, char[] passphrase) throws DamagedBackupException {
        return file.open(sealed, passphrase);
    }

    /** In words: the system's message is often only the path. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such directory or file";
        }
        if (e instanceof AccessDeniedException) {
            return "the server's user has no permission";
        }
        String said = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return said == null ? e.getClass().getSimpleName() : said;
    }
}
