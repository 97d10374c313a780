package org.partyline.storejdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.partyline.api.PrivateFile;
import org.partyline.api.panic.EraseJournal;

/**
 * The empty store that replaces one erased by its duress passphrase, in a file of the home: written before anything is
 * erased, so that an interrupted server shows it at its next start. The file exists only during the erasure, and has no
 * effect without the erase journal.
 */
final class NextStore {
    private static final String NAME = "erasing-next";

    private final Path file;
    private final EraseJournal journal;

    /** @param home the server's home */
    NextStore(Path home) {
        file = home.resolve(NAME);
        journal = new EraseJournal(home);
    }

    void write(Head head) throws IOException {
        PrivateFile.write(file, head.text());
    }

    Optional<Head> read() throws IOException {
        try {
            return Head.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Keeps it if the erasure is still to be continued, which would otherwise erase the empty store. */
    void forget() throws IOException {
        if (!journal.pending().contains(ErasableStore.NAME)) {
            PrivateFile.delete(file);
        }
    }
}
