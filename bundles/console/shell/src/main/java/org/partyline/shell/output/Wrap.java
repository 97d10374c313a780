package org.partyline.shell.output;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.AttributedString;

/** Wraps text by terminal columns, of which wide characters take two. */
public final class Wrap {
    private Wrap() {}

    /** Returns the width of a text without escape sequences, in columns. */
    static int columns(String text) {
        return Sanitizer.isPlain(text) ? text.length() : new AttributedString(text).columnLength();
    }

    /** Cuts a text after this many columns, and marks the cut with a sign. */
    public static String shortened(String text, int most) {
        return columns(text) <= most
                ? text
                : new AttributedString(text).columnSubSequence(0, most - 1).toString() + "…";
    }

    /**
     * Breaks a text at spaces, and within words longer than a line.
     *
     * @param width columns, at least 1
     * @return at least one line
     */
    static List<String> words(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            paragraph(paragraph, Math.max(1, width), lines);
        }
        return lines;
    }

    private static void paragraph(String text, int width, List<String> lines) {
        if (columns(text) <= width) {
            lines.add(text);
            return;
        }
        String line = "";
        for (String word : text.split(" ", -1)) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (columns(longer) <= width) {
                line = longer;
                continue;
            }
            if (!line.isEmpty()) {
                lines.add(line);
            }
            line = word;
            if (columns(word) > width) {
                List<AttributedString> pieces = new AttributedString(word).columnSplitLength(width);
                pieces.subList(0, pieces.size() - 1).forEach(piece -> lines.add(piece.toString()));
                line = pieces.get(pieces.size() - 1).toString();
            }
        }
        lines.add(line);
    }
}
