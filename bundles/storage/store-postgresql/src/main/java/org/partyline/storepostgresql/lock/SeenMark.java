package org.partyline.storepostgresql.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, across restarts of this standby, how far it saw the leader's store come. Without it, a copy of the database from the time when
 * this server led last would match this server's own token, and the keys that the other one has used since would be used again (PROTOCOL 5,
 * "State that may be old").
 */
final class SeenMark {
    /** More than any leader says. */
    private static final int LONGEST = 200;

    private final Path file;
    /** Null until the file was read. */
    private @Nullable String kept;

    /** @param file in a directory that may not exist yet */
    SeenMark(Path file) {
        this.file = file;
    }

    /** The furthest mark since {@link #forget}; empty: none, or it cannot be read. */
    String read() {
        if (kept == null) {
            try {
                kept = Files.exists(file) && Files.size(file) <= LONGEST
                        ? Files.readString(file).strip()
                        : "";
            } catch (IOException e) {
                kept = "";
            }
        }
        return kept;
    }

    /** Keeps a mark if it is further than what is kept. */
    void keep(String mark) throws IOException {
        if (mark.length() < LONGEST && Lead.further(read(), mark).equals(mark) && !mark.equals(kept)) {
            if (Files.isDirectory(file.getParent())) {
                RoleFile.replace(file, mark + "\n");
            }
            kept = mark;
        }
    }

    /** This server's own token says more from now on. */
    void forget() throws IOException {
        if (!read().isEmpty()) {
            Files.deleteIfExists(file);
            kept = "";
        }
    }
}
