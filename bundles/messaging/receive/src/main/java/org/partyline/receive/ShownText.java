package org.partyline.receive;

/**
 * Takes out of another bundle's texts what is not for eyes, before they are stored: control characters, halves of surrogates, and what turns
 * the direction of writing round (Unicode TR 36). Whoever shows them sees to that again.
 */
final class ShownText {
    private static final int REPLACEMENT = 0xFFFD;
    private static final int NON_JOINER = 0x200C;
    private static final int JOINER = 0x200D;

    private ShownText() {}

    /** On one line. */
    static String line(String text) {
        return clean(text, false);
    }

    /** With its line ends and tabs. */
    static String block(String text) {
        return clean(text, true);
    }

    private static String clean(String text, boolean lines) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean space = c == '\n' || c == '\t';
            if (space && !lines) {
                clean.append(' ');
            } else {
                clean.appendCodePoint(space || isForEyes(c) ? c : REPLACEMENT);
            }
        });
        return clean.toString();
    }

    /** Joiners stay: several scripts and emoji need them. */
    private static boolean isForEyes(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            case Character.FORMAT -> c == NON_JOINER || c == JOINER;
            default -> true;
        };
    }
}
