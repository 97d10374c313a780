package org.partyline.consoleline;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds names that look like another one, by the skeletons of Unicode UTS 39, ignoring case and punctuation. */
public final class Lookalikes {
    private static final Map<Integer, String> SAME = read();

    /** Letters and symbols without a visible glyph. */
    private static final Set<Integer> FILLERS =
            Set.of(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFD);

    /** Marks that the program itself writes before or after a name. */
    private static final Pattern MARKS = Pattern.compile("\\s*(\\([^)]*\\)|[✓✔☑✅↻\uFFFD!?]+\\s*[SsXB1]?)\\s*$");

    /** Scripts that are used together in one name. */
    private static final Set<UnicodeScript> EAST_ASIAN = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.HANGUL,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.LATIN);

    private Lookalikes() {}

    private static Map<Integer, String> read() {
        Map<Integer, String> same = new HashMap<>();
        try (InputStream in = Lookalikes.class.getResourceAsStream("confusables.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int equals = line.indexOf('=');
                if (!line.startsWith("#") && equals > 0) {
                    StringBuilder looks = new StringBuilder();
                    for (String point : line.substring(0, equals).split(" ")) {
                        looks.appendCodePoint(Integer.parseInt(point, 16));
                    }
                    for (String point : line.substring(equals + 1).split(",")) {
                        same.put(Integer.parseInt(point, 16), looks.toString());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return same;
    }

    /**
     * Returns whether a name mixes scripts, contains invisible characters, or looks like one that became known before
     * it.
     *
     * @param name the name to check
     * @param known names in the order in which they became known, the most trusted first; those after the name itself
     *     do not count
     */
    public static boolean isSuspect(String name, List<String> known) {
        if (isMixed(name) || hides(name)) {
            return true;
        }
        int own = known.indexOf(name);
        Set<String> looks = skeletons(name);
        return known.subList(0, own < 0 ? known.size() : own).stream()
                // A name that is itself deceptive is not worth imitating.
                .filter(other -> !isMixed(other) && !hides(other))
                .anyMatch(other -> skeletons(other).stream().anyMatch(looks::contains));
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
                || name.codePoints().anyMatch(c -> switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.ENCLOSING_MARK,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> true;
                    case Character.SPACE_SEPARATOR -> c != ' ';
                    default -> FILLERS.contains(c);
                });
    }

    /**
     * Returns the common forms of names that look alike: with and without a mark at their end, as written and in lower
     * case.
     */
    private static Set<String> skeletons(String name) {
        Set<String> all = new HashSet<>();
        for (String seen : List.of(name, MARKS.matcher(name).replaceAll(""))) {
            if (!seen.isEmpty()) {
                // A capital I looks like a lower-case l, and a capital A stands for a lower-case a.
                all.add(reduced(skeleton(skeleton(seen).toLowerCase(Locale.ROOT))));
                all.add(reduced(skeleton(seen.toLowerCase(Locale.ROOT))));
            }
        }
        return all;
    }

    /** UTS 39 section 4, without accents. */
    private static String skeleton(String name) {
        StringBuilder skeleton = new StringBuilder();
        Normalizer.normalize(name, Normalizer.Form.NFKD)
                .codePoints()
                .forEach(c -> skeleton.append(SAME.getOrDefault(c, Character.toString(c))));
        return Normalizer.normalize(skeleton, Normalizer.Form.NFKD);
    }

    /** Returns only letters and digits, if there are any. */
    private static String reduced(String skeleton) {
        StringBuilder letters = new StringBuilder();
        skeleton.toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .forEach(letters::appendCodePoint);
        return (letters.isEmpty() ? skeleton : letters.toString()).replace("vv", "w");
    }
}
