package org.partyline.chat.text;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.partyline.api.VisibleText;

/**
 * Makes incoming text safe for the fixed positions of a screen. The console's own cleaning has removed control
 * sequences; this removes characters whose width differs between terminals, and long runs of marks above and below a
 * letter.
 */
public final class Words {
    private static final int MOST_MARKS = 3;
    private static final char UNKNOWN = '\uFFFD';
    private static final int JOINER = 0x200D;
    private static final int NON_JOINER = 0x200C;
    private static final int FIRST_REGION = 0x1F1E6;
    private static final int LAST_REGION = 0x1F1FF;

    /**
     * Joiners have no meaning between letters of these scripts, and combine several emoji into one whose width is
     * unpredictable.
     */
    private static final Set<UnicodeScript> UNJOINED = EnumSet.of(
            UnicodeScript.COMMON,
            UnicodeScript.INHERITED,
            UnicodeScript.LATIN,
            UnicodeScript.GREEK,
            UnicodeScript.CYRILLIC,
            UnicodeScript.UNKNOWN);

    private final UnaryOperator<String> cleaning;

    /** @param cleaning the console's function that makes a text harmless on one line */
    public Words(UnaryOperator<String> cleaning) {
        this.cleaning = cleaning;
    }

    /** Returns the text on one line. */
    public String line(String text) {
        return steady(cleaning.apply(text));
    }

    /** Returns each line of the text. */
    public List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1)) {
            lines.add(line(line));
        }
        return List.copyOf(lines);
    }

    private static String steady(String text) {
        StringBuilder steady = new StringBuilder(text.length());
        int[] all = text.codePoints().toArray();
        int marks = 0;
        boolean base = false;
        for (int i = 0; i < all.length; i++) {
            int c = all[i];
            int type = Character.getType(c);
            if (type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK) {
                marks++;
                if (marks <= MOST_MARKS && !VisibleText.isSelector(c) && c != 0x034F) {
                    steady.append(base ? "" : "\u25CC").appendCodePoint(c);
                    base = true;
                }
                continue;
            }
            if (type == Character.ENCLOSING_MARK || isTone(c)) {
                continue;
            }
            if (c == JOINER || c == NON_JOINER) {
                if (i > 0 && i + 1 < all.length && joins(all[i - 1]) && joins(all[i + 1])) {
                    steady.appendCodePoint(c);
                }
                continue;
            }
            marks = 0;
            base = true;
            if (c >= FIRST_REGION && c <= LAST_REGION) {
                steady.append((char) ('A' + c - FIRST_REGION));
            } else if (VisibleText.isBlank(c) || type == Character.PRIVATE_USE || type == Character.UNASSIGNED) {
                steady.append(UNKNOWN);
            } else {
                steady.appendCodePoint(c);
            }
        }
        return steady.toString();
    }

    private static boolean joins(int c) {
        return !UNJOINED.contains(UnicodeScript.of(c)) || Character.getType(c) == Character.NON_SPACING_MARK;
    }

    private static boolean isTone(int c) {
        return c >= 0x1F3FB && c <= 0x1F3FF;
    }
}
