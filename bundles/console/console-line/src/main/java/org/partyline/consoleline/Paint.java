package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.Terminal;
import org.jline.utils.AttributedString;

/** Formats the console's own output: coloured and wrapped on a terminal, plain for programs. */
public final class Paint {
    /**
     * The variable of a session, and of the server's own environment, that is not empty if the user wants no colours
     * (no-color.org).
     */
    public static final String NO_COLOR = "NO_COLOR";

    private static final int LEAST_ROOM = 20;

    private Paint() {}

    /** Returns whether colours are wanted and the terminal supports them. */
    public static boolean wanted(Session session) {
        return isTerminal(session) && isEmpty(session.get(NO_COLOR));
    }

    private static boolean isEmpty(Object value) {
        return value == null || value.toString().isEmpty();
    }

    /** Returns whether a session has a terminal that supports control sequences. */
    static boolean isTerminal(Session session) {
        Terminal terminal = session.getTerminal();
        return terminal != null
                && terminal.isAnsiSupported()
                && terminal.getType() != null
                && !terminal.getType().toLowerCase(Locale.ROOT).startsWith("dumb");
    }

    /** Returns whether the output of a command appears on the terminal, and does not go into a pipe. */
    private static boolean isSeen(Session session) {
        Process process = Process.Utils.current();
        return isTerminal(session) && (process == null || process.isTty(1));
    }

    static String bold(Session session, String text) {
        return paint(session, "1", text);
    }

    static String dim(Session session, String text) {
        return paint(session, "2", text);
    }

    /** ECMA-48 8.3.117. */
    private static String paint(Session session, String code, String text) {
        return isSeen(session) && wanted(session) ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
    }

    /** Wraps words at spaces to fit beside a column; without a terminal, returns one line. */
    static List<String> lines(Session session, String words, int column) {
        int width = isSeen(session) ? session.getTerminal().getWidth() : 0;
        if (width < 1) {
            return List.of(words);
        }
        int room = Math.max(LEAST_ROOM, width - column - 1);
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ", -1)) {
            if (line.length() > 0 && new AttributedString(line + " " + word).columnLength() > room) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
