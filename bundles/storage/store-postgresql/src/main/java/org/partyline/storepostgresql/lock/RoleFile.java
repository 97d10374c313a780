package org.partyline.storepostgresql.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

/** Records the role of this server for the start script: a word on the first line, a sentence on the second. */
final class RoleFile {
    /** The role of a server. */
    enum Role {
        LEADER,
        /** It leads for at most a few more seconds, because the database does not answer. */
        SILENT,
        STANDBY,
        /** It cannot tell, because the database cannot be used. */
        WAITING
    }

    private final Path file;
    private String written = "";

    RoleFile(Path file) {
        this.file = file;
    }

    /** @return whether that is a change */
    boolean write(Role role, String sentence) throws IOException {
        String text = role.name().toLowerCase(Locale.ROOT) + "\n" + sentence + "\n";
        if (text.equals(written)) {
            return false;
        }
        replace(file, text);
        written = text;
        return true;
    }

    /** Replaces a file with mode 0600 completely or not at all. */
    static void replace(Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling("." + file.getFileName());
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unfinished, text);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
