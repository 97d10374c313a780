package org.partyline.api.engine;

import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a text that is too long for one message. */
public final class TextPieces {
    /** Shorter pieces than this help nobody. */
    public static final int LEAST = 40;

    private TextPieces() {}

    /**
     * Cuts behind a blank where there is one in the second half of a piece, else between two characters as people see them; the pieces
     * together are the text.
     *
     * @param limit of a piece, in bytes of UTF-8
     */
    public static List<String> of(String text, int limit) {
        BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
        characters.setText(text);
        List<String> pieces = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int most = start + fitting(text.substring(start), limit);
            int cut = most == text.length() ? most : cut(text, start, most, characters);
            pieces.add(text.substring(start, cut));
            start = cut;
        }
        return pieces;
    }

    private static int cut(String text, int start, int most, BreakIterator characters) {
        for (int at = most; at > start + (most - start) / 2; at = text.offsetByCodePoints(at, -1)) {
            if (Character.isWhitespace(text.codePointBefore(at))) {
                return at;
            }
        }
        int between = characters.isBoundary(most) ? most : characters.preceding(most);
        // Else what people see as one character has more bytes than a message.
        return between > start ? between : most;
    }

    /** How much of a text fits, in whole code points. */
    private static int fitting(String text, int limit) {
        int at = 0;
        int bytes = 0;
        while (at < text.length()) {
            int next = text.offsetByCodePoints(at, 1);
            bytes += text.substring(at, next).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > limit) {
                break;
            }
            at = next;
        }
        return at;
    }
}
