package org.partyline.chat.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Finds names that may be meant to be taken for another one (Unicode UTS 39, in small). */
public final class Lookalikes {
    /** Letters, and below each the Latin ones that they look like. */
    private static final String FOREIGN = "аеорсухіјѕһԁԛԝкмтвнгпзԍӏαορεικτυχνηωγ";

    private static final String LATIN = "aeopcyxijshdqwkmtbhrn3glaopeiktuxvnwy";

    private static final Map<Integer, String> SAME = new HashMap<>();

    /** Scripts that stand in one name together. */
    private static final Set<UnicodeScript> EAST_ASIAN = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.HANGUL,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.LATIN);

    static {
        for (int i = 0; i < FOREIGN.length(); i++) {
            SAME.put((int) FOREIGN.charAt(i), String.valueOf(LATIN.charAt(i)));
        }
        SAME.put((int) '0', "o");
        SAME.put((int) '1', "l");
        SAME.put((int) '|', "l");
        SAME.put((int) 'ı', "i");
        SAME.put((int) 'ɑ', "a");
        SAME.put((int) 'ɡ', "g");
    }

    private Lookalikes() {}

    /**
     * Whether a name mixes scripts or shows less than it holds, or looks like one that is known and is not it.
     *
     * @param name as it was given
     * @param known names of others
     */
    public static boolean isSuspect(String name, Collection<String> known) {
        if (isMixed(name) || hides(name)) {
            return true;
        }
        String looks = skeleton(name);
        return known.stream()
                .anyMatch(other -> !other.equals(name) && skeleton(other).equals(looks));
    }

    private static boolean isMixed(String name) {
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        name.codePoints()
                .filter(Character::isLetter)
                .mapToObj(UnicodeScript::of)
                .filter(script -> script != UnicodeScript.COMMON && script != UnicodeScript.INHERITED)
                .forEach(scripts::add);
        return scripts.size() > 1 && !EAST_ASIAN.containsAll(scripts);
    }

    private static boolean hides(String name) {
        return !name.equals(name.strip())
                || !new Words(each -> each).line(name).equals(name)
                || name.codePoints().anyMatch(c -> switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> true;
                    case Character.SPACE_SEPARATOR -> c != ' ';
                    default -> false;
                });
    }

    /** What two names have in common that look alike. */
    static String skeleton(String name) {
        StringBuilder skeleton = new StringBuilder();
        // Before letters are made small: a capital I looks like a small l.
        String folded = Normalizer.normalize(name.replace('I', 'l'), Normalizer.Form.NFKD)
                .toLowerCase(Locale.ROOT);
        folded.codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK && !Character.isWhitespace(c))
                .forEach(c -> skeleton.append(SAME.getOrDefault(c, Character.toString(c))));
        return skeleton.toString().replace("rn", "m").replace("vv", "w");
    }
}
