package org.partyline.api;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Finds characters that are invisible or change how others look. Names must not contain them, and reactions must not
 * begin with them.
 */
public final class VisibleText {
    /**
     * Letters, marks and symbols without a glyph: Hangul fillers, Khmer's inherent vowels, Braille's empty cell, a
     * joiner.
     */
    private static final Set<Integer> BLANK = Set.of(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0);

    /** Check marks and arrows that the screen uses to show the trust in a name. */
    private static final Set<Integer> MARKS = Set.of(0x2713, 0x2714, 0x2705, 0x2611, 0x1F5F8, 0x1F5F9, 0x21BB, 0x27F3);

    private VisibleText() {}

    /**
     * Whether a character is invisible: controls, format characters (including those that change the direction of
     * writing), line separators, spaces other than the usual one, fillers, variation selectors, and code points that
     * Unicode reserves for such characters (Default_Ignorable_Code_Point).
     */
    public static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE -> true;
            case Character.SPACE_SEPARATOR -> c != ' ';
            default -> isBlank(c) || isSelector(c);
        };
    }

    /** Whether a letter, mark or symbol has no glyph, whatever its neighbours are. */
    public static boolean isBlank(int c) {
        return BLANK.contains(c)
                || c == 0x2065
                || c >= 0xFFF0 && c <= 0xFFF8
                || c >= 0xE0000 && c <= 0xE00FF
                || c >= 0xE01F0 && c <= 0xE0FFF;
    }

    /** Whether a character only selects a variant of the one before it. */
    public static boolean isSelector(int c) {
        return c >= 0xFE00 && c <= 0xFE0F || c >= 0xE0100 && c <= 0xE01EF || c >= 0x180B && c <= 0x180F;
    }

    /**
     * Whether a text can be a name: within a number of bytes of UTF-8, without invisible characters, marks of the
     * screen, or surrounding space.
     *
     * @param most the maximum number of bytes
     */
    public static boolean isName(String text, int most) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        return length >= 1
                && length <= most
                && text.equals(text.strip())
                && text.codePoints().noneMatch(c -> isInvisible(c) || MARKS.contains(c));
    }

    /**
     * The visible part of a name that someone else chose, with the marks of the screen replaced; empty if nothing is
     * visible.
     */
    public static String visible(String name) {
        StringBuilder seen = new StringBuilder(name.length());
        name.codePoints()
                .filter(c -> !isInvisible(c))
                .forEach(c -> seen.appendCodePoint(MARKS.contains(c) ? 0xFFFD : c));
        return seen.toString().strip();
    }
}
