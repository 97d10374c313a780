package org.partyline.api;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The characters that are invisible, or change how others look: names must not contain them, and reactions must not
 * begin with them.
 */
public final class VisibleText {
    /** Letters, marks and symbols without a picture: fillers of Hangul, Khmer's inherent vowels, Braille's empty cell, a joiner. */
    private static final Set<Integer> BLANK = Set.of(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0);

    /** Check marks and arrows that say on a screen how far a name is trusted. */
    private static final Set<Integer> MARKS = Set.of(0x2713, 0x2714, 0x2705, 0x2611, 0x1F5F8, 0x1F5F9, 0x21BB, 0x27F3);

    private VisibleText() {}

    /**
     * Whether a character shows nothing: controls, formats (which turn the direction of writing, too), separators of lines, spaces but the
     * usual one, fillers, variation selectors, and what Unicode keeps for such (Default_Ignorable_Code_Point).
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

    /** Whether a letter, mark or symbol has no picture, whatever stands beside it. */
    public static boolean isBlank(int c) {
        return BLANK.contains(c)
                || c == 0x2065
                || c >= 0xFFF0 && c <= 0xFFF8
                || c >= 0xE0000 && c <= 0xE00FF
                || c >= 0xE01F0 && c <= 0xE0FFF;
    }

    /** Whether a character only says which picture of the one before it is meant. */
    public static boolean isSelector(int c) {
        return c >= 0xFE00 && c <= 0xFE0F || c >= 0xE0100 && c <= 0xE01EF || c >= 0x180B && c <= 0x180F;
    }

    /**
     * Whether a text can be a name: of so many bytes of UTF-8, with nothing in it that cannot be seen, no mark of the screen, and no space around it.
     *
     * @param most bytes
     */
    public static boolean isName(String text, int most) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        return length >= 1
                && length <= most
                && text.equals(text.strip())
                && text.codePoints().noneMatch(c -> isInvisible(c) || MARKS.contains(c));
    }

    /** What can be seen of a name that someone else chose, marks of the screen replaced; empty where that is nothing. */
    public static String visible(String name) {
        StringBuilder seen = new StringBuilder(name.length());
        name.codePoints()
                .filter(c -> !isInvisible(c))
                .forEach(c -> seen.appendCodePoint(MARKS.contains(c) ? 0xFFFD : c));
        return seen.toString().strip();
    }
}
