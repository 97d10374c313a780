package org.partyline.consoleline;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.Nullable;

/** Formats every failure as one line, {@code Error: …}: red on a terminal, plain elsewhere. */
final class ErrorLines {
    static final String STOPPED =
            "the server stopped or is no longer the leader, and closed this console before the command finished. "
                    + "The command may or may not have been done: check before you repeat it";

    private static final String BEGINNING = "Error: ";
    /** Karaf's own commands print colour codes even if the output is not a terminal (ECMA-48 5.4). */
    private static final Pattern PAINT = Pattern.compile("\u001B\\[[0-?]*[ -/]*[@-~]");

    private static final Pattern KARAFS_BEGINNING =
            Pattern.compile("^(?:(?:Error: )?Error executing command(?: [a-z]+:[a-z-]+)?: )+");

    private ErrorLines() {}

    static CommandException of(Session session, String message, @Nullable Throwable cause) {
        String line = BEGINNING + message;
        return new CommandException(Paint.wanted(session) ? "\u001B[31m" + line + "\u001B[0m" : line, line, cause);
    }

    /** Returns the error of a command whose console was closed while it ran. */
    static CommandException stopped(Session session) {
        return of(session, STOPPED, null);
    }

    /** Converts an exception of a command to our form. */
    static CommandException of(Session session, Throwable failure) {
        boolean refused = failure instanceof CommandException;
        if (refused
                && plain(((CommandException) failure).getNiceHelp()).startsWith(BEGINNING)
                && !KARAFS_BEGINNING
                        .matcher(plain(((CommandException) failure).getNiceHelp()))
                        .find()) {
            return (CommandException) failure;
        }
        String said = refused ? ((CommandException) failure).getNiceHelp() : failure.getMessage();
        return of(session, said == null ? failure.getClass().getSimpleName() : line(said), failure);
    }

    private static String line(String said) {
        List<String> lines = plain(said)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("Try <command> --help"))
                .toList();
        String line = KARAFS_BEGINNING.matcher(String.join(" ", lines)).replaceFirst("");
        return line.startsWith(BEGINNING) ? line.substring(BEGINNING.length()) : line;
    }

    static String plain(String painted) {
        return PAINT.matcher(painted).replaceAll("");
    }
}
