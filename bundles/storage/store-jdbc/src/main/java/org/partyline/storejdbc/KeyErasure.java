package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.partyline.api.Overwriting;
import org.partyline.api.store.StoreException;

/**
 * Orders the erasure of a key file with the writing of new secrets: after an erasure none is written, by whatever was
 * running then, until the file is destroyed and a new store may begin. Thread-safe.
 */
final class KeyErasure {
    private final Path file;
    private boolean erased;

    KeyErasure(Path file) {
        this.file = file;
    }

    /** Overwrites all secrets in place, also while the file is open elsewhere. */
    synchronized void overwrite() throws IOException {
        // Before, so that a failed erasure counts. Without a file there is no store yet that could be erased.
        erased |= Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        KeyFile.overwrite(file);
    }

    /**
     * Writes a new secret.
     *
     * @throws StoreException if the file was erased meanwhile
     */
    synchronized void add(KeyFile keys, byte[] secret) throws IOException, StoreException {
        if (erased) {
            throw new StoreException("the store's keys were erased: it is being destroyed");
        }
        keys.add(secret);
    }

    /** Overwrites and deletes the file. Does nothing if it does not exist. */
    synchronized void destroy() throws IOException {
        Overwriting.delete(file);
        erased = false;
    }
}
