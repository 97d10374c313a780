package org.partyline.consolesocket;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.parsing.GogoParser;

/** What a command that failed has to say, for standard error. It is written to no log: a command line may hold a message. */
final class Complaint {
    private static final String BEGINNING = "Error: ";
    /** Karaf paints what its own commands say, whoever reads it (ECMA-48 5.4). */
    private static final Pattern PAINT = Pattern.compile("\u001B\\[[0-?]*[ -/]*[@-~]");

    private static final String KARAFS_PARSER = GogoParser.class.getName();

    private Complaint() {}

    static String of(Throwable failure) {
        String said = PAINT.matcher(text(failure)).replaceAll("").strip();
        return said.startsWith(BEGINNING) ? said : BEGINNING + said;
    }

    private static String text(Throwable failure) {
        if (failure instanceof CommandException refusal && refusal.getNiceHelp() != null) {
            return refusal.getNiceHelp();
        }
        if (isOfSomethingOpen(failure)) {
            return "a quotation mark or a bracket is open: nothing was done";
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /**
     * Whether more lines could make the command whole: a quotation mark or a bracket is open. Two parsers look for that before
     * anything is run. Karaf's fails as it happens to fail, beyond the end of the text; Gogo's has a class that its bundle keeps
     * for itself.
     */
    static boolean isOfSomethingOpen(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getSimpleName().equals("EOFError") || isOfKarafsParser(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfKarafsParser(Throwable cause) {
        return Arrays.stream(cause.getStackTrace())
                .map(StackTraceElement::getClassName)
                .filter(name -> !name.startsWith("java."))
                .findFirst()
                .filter(KARAFS_PARSER::equals)
                .isPresent();
    }
}
