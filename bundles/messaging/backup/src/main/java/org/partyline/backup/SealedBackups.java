package org.partyline.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.partyline.api.PartylineException;
import org.partyline.api.PrivateFile;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.identity.BackupFile;
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

    /** Writes a sealed backup. Its path is remembered first: a part of it may be left if the server dies. */
    void write(Path target, byte[] sealed) throws PartylineException {
        KnownBackups.remember(store, target);
        try {
            PrivateFile.write(target.toAbsolutePath(), sealed);
        } catch (IOException e) {
            throw new NoSuchThingException("the file " + target + " cannot be written: " + reason(e));
        }
    }

    /** The content of a backup. The caller wipes it. */
    SecretBytes open(Path source, char[] passphrase) throws PartylineException {
        byte[] bytes;
        try {
            if (Files.size(source) > LONGEST_FILE) {
                throw new NoSuchThingException("the file " + source + " is too large to be a backup");
            }
            if (!Files.isRegularFile(source)) {
                // A device has no size, and perhaps no end.
                throw new NoSuchThingException("the file " + source + " is a directory or a device, not a backup");
            }
            bytes = Files.readAllBytes(source);
        } catch (IOException e) {
            throw new NoSuchThingException("the file " + source + " cannot be read: " + reason(e));
        }
        return file.open(bytes, passphrase);
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException
                ? "there is no such directory or file"
                : e.getClass().getSimpleName();
    }
}
