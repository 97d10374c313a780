package org.partyline.shell;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.karaf.shell.api.console.Session;

/** Reads the name of a file. */
final class FileName {
    private FileName() {}

    /** The whole name: the server's directory is not the operator's. */
    static Path parse(String name, Session session) throws CommandError {
        try {
            return session.currentDir().resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new CommandError("'" + Sanitizer.line(name) + "' is no name of a file", e);
        }
    }
}
