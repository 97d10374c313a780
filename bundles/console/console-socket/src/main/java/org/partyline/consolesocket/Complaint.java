package org.partyline.consolesocket;

import java.util.regex.Pattern;
import org.apache.karaf.shell.support.CommandException;
import org.partyline.api.Faults;
import org.partyline.consoleline.ConsoleClosedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The error message of a failed command, for standard error. It is not logged, and an unexpected error is named only by
 * its kind: a command line may contain a message.
 */
final class Complaint {
    private static final Logger LOG = LoggerFactory.getLogger(Complaint.class);
    private static final String BEGINNING = "Error: ";
    /** Karaf's own commands print colour codes even if the output is not a terminal (ECMA-48 5.4). */
    private static final Pattern PAINT = Pattern.compile("\u001B\\[[0-?]*[ -/]*[@-~]");

    private Complaint() {}

    static String of(Throwable failure) {
        String said = PAINT.matcher(text(failure)).replaceAll("").strip();
        return said.startsWith(BEGINNING) ? said : BEGINNING + said;
    }

    private static String text(Throwable failure) {
        if (failure instanceof CommandException refusal && refusal.getNiceHelp() != null) {
            return refusal.getNiceHelp();
        }
        if (failure instanceof Error
                || failure instanceof RuntimeException && !(failure instanceof ConsoleClosedException)) {
            LOG.error("The console failed: {}", Faults.trace(failure));
            return "internal error (" + Faults.kind(failure) + "): see the log";
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
