package org.partyline.api.engine;

import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a text that is too long for one message. */
public final class TextPieces {
    /** The minimum length: shorter pieces are useless. */
    public static final int LEAST = 40;

    private TextPieces() {}

    /**
     * Cuts after a blank if the second half of a piece has one, otherwise between two characters as people see them.
     * Together, the pieces are the text.
     *
     * @param limit the maximum length of a piece, in bytes of UTF-8
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
        // Otherwise a single visible character has more bytes than a message.
        return between > start ? between : most;
    }

    /** The length of the longest part that fits, in whole code points. */
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
