package org.partyline.storepostgresql.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, across restarts of this standby, how far it saw the leader's store advance. Otherwise a copy of the
 * database from the time when this server last led would match this server's own token, and keys that the other one has
 * used since would be used again (PROTOCOL 5, "State that may be old").
 */
final class SeenMark {
    /** Longer than any leader's mark. */
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

    /** Stores a mark if it is further than the stored one. */
    void keep(String mark) throws IOException {
        if (mark.length() < LONGEST && Lead.further(read(), mark).equals(mark) && !mark.equals(kept)) {
            if (Files.isDirectory(file.getParent())) {
                RoleFile.replace(file, mark + "\n");
            }
            kept = mark;
        }
    }

    /** Called when this server's own token is newer. */
    void forget() throws IOException {
        if (!read().isEmpty()) {
            Files.deleteIfExists(file);
            kept = "";
        }
    }
}
