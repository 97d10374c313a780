package org.partyline.messaging.mailbox;

import java.text.Normalizer;
import java.util.Locale;

/** Finds a persona's name in a text: {@code @name}, in any case. */
public final class Mentions {
    private Mentions() {}

    /**
     * Whether a text mentions someone, and the characters before the sign and after the name do not make it part of
     * another word.
     */
    public static boolean of(String text, String name) {
        if (name.isBlank() || text.chars().noneMatch(Mentions::mayBeSign)) {
            return false;
        }
        String words = folded(text);
        String wanted = "@" + folded(name);
        for (int at = words.indexOf(wanted); at >= 0; at = words.indexOf(wanted, at + 1)) {
            int end = at + wanted.length();
            boolean begins = at == 0 || !isWord(words.codePointBefore(at));
            boolean ends = end == words.length() || !isWord(words.codePointAt(end));
            if (begins && ends) {
                return true;
            }
        }
        return false;
    }

    /** Whether a character is the sign, or becomes it by folding: most texts have none, and need no folding. */
    private static boolean mayBeSign(int c) {
        return c == '@' || c == '\uFF20' || c == '\uFE6B';
    }

    /** The form in which texts are compared. */
    public static String folded(String text) {
        String upper = Normalizer.normalize(text, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT);
        return Normalizer.normalize(upper.toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
    }

    private static boolean isWord(int c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }
}
