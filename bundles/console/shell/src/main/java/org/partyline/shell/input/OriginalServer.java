package org.partyline.shell.input;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Backups.Original;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;

/** Asks whether the server that made a backup is still in use, unless an option says so. */
public final class OriginalServer {
    /** The option. */
    public static final String OPTION = "--original";
    /** The option's description. */
    public static final String DESCRIPTION =
            "The server that made the backup. gone: not used any more, every session is opened anew; in-use: "
                    + "still running, this server only reads until partyline:restore-takeover";
    /** It is no longer in use. */
    public static final String GONE = "gone";
    /** It is still in use. */
    public static final String IN_USE = "in-use";

    private OriginalServer() {}

    /**
     * Returns the option's value, otherwise the answer.
     *
     * @param option null if not given
     * @param ask whether someone can answer
     * @throws CommandError if the option has another value, or is missing and nobody can answer
     */
    public static Original choose(Console console, @Nullable String option, boolean ask)
            throws CommandError, InterruptedException {
        if (option == null && !ask) {
            throw new CommandError("the state of the server that made the backup is unknown: add " + OPTION + " " + GONE
                    + " if it is no longer used, or " + OPTION + " " + IN_USE + " so that this server only reads");
        }
        String answer = option;
        if (answer == null) {
            console.paragraph("Two servers that send with the same keys end each other's sessions. If the server that "
                    + "made the backup is in use, this one only reads.");
            answer = console.choose("Is that server gone or in-use?", List.of(GONE, IN_USE), IN_USE);
        }
        return switch (answer) {
            case GONE -> Original.GONE;
            case IN_USE -> Original.IN_USE;
            default ->
                throw new CommandError(
                        OPTION + " must be " + GONE + " or " + IN_USE + ", not '" + Sanitizer.line(answer) + "'");
        };
    }
}
