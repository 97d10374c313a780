package org.partyline.shell.output;

import java.util.regex.Pattern;

/**
 * Makes incoming text (messages, nicknames, a node's name) safe for a terminal: without control characters, escape
 * sequences, and characters that change the writing direction (Unicode TR 36).
 */
public final class Sanitizer {
    private static final Pattern PLAIN_WORD = Pattern.compile("[\\p{L}\\p{N}_./][\\p{L}\\p{N}_./-]*");
    private static final char REPLACEMENT = '\uFFFD';

    private Sanitizer() {}

    /**
     * Returns the text on one line: line ends and tabs become spaces, other invisible characters a replacement
     * character.
     */
    public static String line(String text) {
        return clean(text, false);
    }

    /** Returns a name as it is typed in a command: quoted if necessary. */
    public static String word(String name) {
        String shown = line(name);
        return PLAIN_WORD.matcher(shown).matches()
                ? shown
                : '"' + shown.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Returns the text with its line ends. */
    public static String block(String text) {
        return clean(text.replace("\r\n", "\n").replace('\r', '\n'), true);
    }

    /**
     * Whether a text has only visible ASCII characters and spaces. A table of a thousand rows has tens of thousands of
     * cells, most of them plain. A loop, because streams are slow until they are compiled.
     */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static String clean(String text, boolean lines) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\n' && lines) {
                clean.append('\n');
            } else if (c == '\n' || c == '\t' || c == '\r' || c == 0x2028 || c == 0x2029) {
                clean.append(' ');
            } else if (hidden(c)) {
                clean.append(REPLACEMENT);
            } else {
                clean.appendCodePoint(c);
            }
        });
        return clean.toString();
    }

    /** Joiners (U+200C, U+200D) stay: several scripts and emoji need them. */
    private static boolean hidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE -> true;
            case Character.FORMAT -> c != 0x200C && c != 0x200D;
            default -> false;
        };
    }
}
