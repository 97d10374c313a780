package org.partyline.audit;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Removes secrets from entries, since the log is not encrypted. It replaces, in this order:
 *
 * <ol>
 * <li>a whole detail of more than 1,000 characters: the log is for plain words;
 * <li>control and format characters, line ends and unpaired surrogates: by a space;
 * <li>text in quotation marks, since messages quote names: by dots;
 *   <li>cards and invites, 32 or more hex digits in a row, and 40 or more letters and digits in a row (keys, tokens,
 *       addresses): by {@code [redacted]}.
 * </ol>
 */
final class Redaction {
    /** Longest detail in characters. */
    static final int MAX_DETAIL = 1000;
    /** Longest event name in characters. */
    static final int MAX_EVENT = 64;

    private static final String MARK = "[redacted]";
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");
    /** One inside a word is not a quotation mark. */
    private static final String APOSTROPHE = "(?<=[\\p{L}\\p{N}])'(?=[\\p{L}\\p{N}])";

    private static final String CLOSING = "'(?![\\p{L}\\p{N}])";
    /** Ends at the last closing mark before another opening one: a name may contain one, such as <i>James' tent</i>. */
    private static final Pattern SINGLE_QUOTED = Pattern.compile(
            "(?<![\\p{L}\\p{N}])'.*?" + CLOSING + "(?!(?:[^']|" + APOSTROPHE + ")*+(?<=\\S)" + CLOSING + ")");

    private static final Pattern DOUBLE_QUOTED = Pattern.compile("\"[^\"]*\"|“[^”]*”|«[^»]*»|‘[^’]*’");
    private static final Pattern KEY =
            Pattern.compile("(?i:pl(?:card|chan)1[0-9a-z]+)|[0-9a-fA-F]{32,}|[0-9A-Za-z]{40,}");
    private static final Pattern NOT_A_NAME = Pattern.compile("[^a-z-]");

    private Redaction() {}

    /** @param detail null counts as empty */
    static String detail(String detail) {
        if (detail == null) {
            return "";
        }
        if (detail.length() > MAX_DETAIL) {
            return "[a detail of " + detail.length() + " characters was left out]";
        }
        String line = UNPRINTABLE.matcher(detail).replaceAll(" ").strip();
        String unnamed = SINGLE_QUOTED.matcher(line).replaceAll("'…'");
        unnamed = DOUBLE_QUOTED.matcher(unnamed).replaceAll("\"…\"");
        return KEY.matcher(unnamed).replaceAll(MARK);
    }

    /** A name of 1 to 64 lower-case letters and hyphens for any input: an event is never lost because of its name. */
    static String event(String event) {
        if (event == null || event.isBlank()) {
            return "unnamed";
        }
        String cut = event.length() > MAX_EVENT ? event.substring(0, MAX_EVENT) : event;
        return NOT_A_NAME.matcher(cut.toLowerCase(Locale.ROOT)).replaceAll("-");
    }
}
