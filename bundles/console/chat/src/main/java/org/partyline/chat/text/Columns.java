package org.partyline.chat.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jline.utils.WCWidth;

/** Measures and cuts text by the columns that it takes on a terminal, and never between what people see as one character. */
public final class Columns {
    private static final Pattern CHARACTER = Pattern.compile("\\X");
    /** Left-to-right embedding and its end (Unicode UAX 9): terminals and JLine both give them no column. */
    private static final String EMBED = "\u202A";

    private static final String END = "\u202C";

    private Columns() {}

    /** The columns that a text takes. */
    public static int of(String text) {
        return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
    }

    /** What people see as characters, one after the other. */
    public static List<String> characters(String text) {
        List<String> all = new ArrayList<>();
        Matcher matcher = CHARACTER.matcher(text);
        while (matcher.find()) {
            all.add(matcher.group());
        }
        return all;
    }

    /** As much of the beginning as fits; {@code …} stands for the rest. */
    public static String cut(String text, int width) {
        if (of(text) <= width) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int used = 0;
        for (String character : characters(text)) {
            int more = of(character);
            if (used + more > width - 1) {
                break;
            }
            kept.append(character);
            used += more;
        }
        return width < 1 ? "" : kept + "…";
    }

    /** Exactly so many columns: cut, or filled with blanks. */
    public static String fit(String text, int width) {
        String cut = cut(text, width);
        return cut + " ".repeat(Math.max(0, width - of(cut)));
    }

    /**
     * Breaks one paragraph at blanks, and within words that are longer than a line.
     *
     * @return at least one line, none wider than {@code width}
     */
    public static List<String> wrap(String paragraph, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int used = 0;
        /* Where the last blank of the line ends, in characters of the line; 0: there is none. */
        int blank = 0;
        for (String character : characters(paragraph)) {
            String shown = of(character) > width ? "?" : character;
            int more = of(shown);
            if (used + more > width) {
                if (shown.equals(" ")) {
                    // The end of the line stands for it.
                    lines.add(line.toString());
                    line.setLength(0);
                    used = 0;
                    blank = 0;
                    continue;
                }
                String rest = blank > 0 ? line.substring(blank) : "";
                lines.add((blank > 0 ? line.substring(0, blank) : line.toString()).stripTrailing());
                line.setLength(0);
                line.append(rest);
                used = of(rest);
                blank = 0;
            }
            line.append(shown);
            used += more;
            if (shown.equals(" ")) {
                blank = line.length();
            }
        }
        lines.add(line.toString());
        return lines;
    }

    /** A piece of somebody's text, so that letters written from right to left move nothing beside it. */
    public static String enclosed(String piece) {
        boolean turns = piece.codePoints().anyMatch(c -> switch (Character.getDirectionality(c)) {
            case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
                    Character.DIRECTIONALITY_ARABIC_NUMBER -> true;
            default -> false;
        });
        return turns ? EMBED + piece + END : piece;
    }
}
