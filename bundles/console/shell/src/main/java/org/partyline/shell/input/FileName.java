package org.partyline.shell.input;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;

/** Parses a file name. */
public final class FileName {
    private FileName() {}

    /** Resolves the name: the server's directory is not the operator's. */
    public static Path parse(String name, Session session) throws CommandError {
        try {
            return session.currentDir().resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new CommandError("'" + Sanitizer.line(name) + "' is not a file name", e);
        }
    }
}
