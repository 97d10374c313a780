package org.partyline.messaging.control;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.partyline.api.VisibleText;

/** Validates reactions: one grapheme, UTF-8, at most 16 bytes (PROTOCOL 6.1). */
public final class Reactions {
    /** The maximum number of bytes. */
    public static final int MOST_BYTES = 16;

    /** An extended grapheme cluster (Unicode Annex 29). */
    private static final Pattern GRAPHEME = Pattern.compile("\\X");

    private static final int JOINER = 0x200D;

    private Reactions() {}

    /** Whether a text is one visible grapheme that does not change the text around it. */
    public static boolean isReaction(String text) {
        return !text.isEmpty()
                && text.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES
                && GRAPHEME.matcher(text).matches()
                && isBase(text.codePointAt(0))
                && text.codePoints().skip(1).allMatch(Reactions::isPart);
    }

    /** Whether a grapheme may begin with this. A mark without a base would change the look of the text before it. */
    private static boolean isBase(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.PRIVATE_USE -> false;
            // Emoji of Unicode versions after this Java's are unassigned here.
            default -> !VisibleText.isBlank(c);
        };
    }

    /**
     * Whether a grapheme may continue with this: marks, skin tones, joined emoji, but nothing that is invisible or
     * changes the direction of writing.
     */
    private static boolean isPart(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.PRIVATE_USE -> false;
            case Character.FORMAT -> c == JOINER;
            default -> true;
        };
    }
}
