package org.partyline.chat.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jline.utils.WCWidth;

/** Measures and cuts text by terminal columns, never within a user-perceived character. */
public final class Columns {
    /** Emoji that are wide since Unicode 9; JLine's table is older. */
    private static final String WIDE =
            "\u231A\u231B\u23E9\u23EA\u23EB\u23EC\u23F0\u23F3\u25FD\u25FE\u2614\u2615\u2648\u2649\u264A\u264B\u264C"
                    + "\u264D\u264E\u264F\u2650\u2651\u2652\u2653\u267F\u2693\u26A1\u26AA\u26AB\u26BD\u26BE\u26C4\u26C5\u26CE\u26D4\u26EA\u26F2"
                    + "\u26F3\u26F5\u26FA\u26FD\u2705\u270A\u270B\u2728\u274C\u274E\u2753\u2754\u2755\u2757\u2795\u2796\u2797\u27B0\u27BF\u2B1B\u2B1C"
                    + "\u2B50\u2B55";

    private static final Pattern CHARACTER = Pattern.compile("\\X");
    /** Left-to-right embedding and its end (Unicode UAX 9): neither terminals nor JLine give them a column. */
    private static final String EMBED = "\u202A";

    private static final String END = "\u202C";

    private Columns() {}

    /** Returns the width of a text in columns. */
    public static int of(String text) {
        return text.codePoints().map(Columns::width).sum();
    }

    /** Returns the width of a character on modern terminals, in columns. */
    public static int width(int c) {
        return WIDE.indexOf(c) >= 0 ? 2 : Math.max(0, WCWidth.wcwidth(c));
    }

    /** Returns the user-perceived characters, one after the other. */
    public static List<String> characters(String text) {
        List<String> all = new ArrayList<>();
        Matcher matcher = CHARACTER.matcher(text);
        while (matcher.find()) {
            all.add(matcher.group());
        }
        return all;
    }

    /** Returns the beginning that fits; {@code …} replaces the rest. */
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

    /** Cuts or pads a text to exactly this width. */
    public static String fit(String text, int width) {
        String cut = cut(text, width);
        return cut + " ".repeat(Math.max(0, width - of(cut)));
    }

    /**
     * Breaks one paragraph at spaces, and within words that are longer than a line.
     *
     * @return at least one line, none wider than {@code width}
     */
    public static List<String> wrap(String paragraph, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int used = 0;
        /* Where the last space of the line ends, in chars of the line; 0 if there is none. */
        int blank = 0;
        for (String character : characters(paragraph)) {
            String shown = of(character) > width ? "?" : character;
            int more = of(shown);
            if (used + more > width) {
                if (shown.equals(" ")) {
                    // The line break replaces the space.
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

    /** Encloses a part of incoming text, so that right-to-left letters move nothing beside it. */
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
