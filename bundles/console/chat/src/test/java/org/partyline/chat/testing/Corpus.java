package org.partyline.chat.testing;

import java.util.List;

/** Texts that try to make the screen show something false, and harmless ones that resemble them. */
public final class Corpus {
    private static final String ESC = "\u001B";

    /** As message and as name. None is empty, and none contains a line end. */
    public static final List<String> TEXTS = List.of(
            // Control sequences of terminals (ECMA-48, xterm), also with one-character introducers (C1).
            ESC + "[2J" + ESC + "[Hgone",
            ESC + "[31;5mred",
            ESC + "[1A" + ESC + "[2Kover the line above",
            ESC + "[10;10Hsomewhere",
            ESC + "]0;a title" + "\u0007",
            ESC + "]8;;http://example.com" + ESC + "\\a link" + ESC + "]8;;" + ESC + "\\",
            ESC + "]52;c;aGVsbG8=" + "\u0007",
            ESC + "P+q544e" + ESC + "\\",
            ESC + "_G" + ESC + "\\" + ESC + "^x" + ESC + "\\",
            ESC + "[6n" + ESC + "[c" + ESC + "Z",
            ESC + "c" + ESC + "7" + ESC + "8" + ESC + "(0lqqk",
            ESC + "[?1049l" + ESC + "[?25l" + ESC + "[?2004h",
            ESC + "[200~rm -rf" + ESC + "[201~",
            "\u009B2J\u009D0;title\u009C\u0090x\u009C",
            "\u0085next line\u008Dback",
            ESC,
            ESC + ESC + "[",
            // Control characters.
            "ring \u0007\u0007\u0007",
            "\b\b\b\b\b\b\b\b\b\b\b\b\b\bcarol",
            "\u000B\u000C\u000E\u000Fx",
            "tab\ttab\ttab",
            "\u0000\u0001\u007F\u00A0\u0080",
            "\u2028line\u2029paragraph",
            // Directions (Unicode UAX 9).
            "\u202Egnisrever\u202C",
            "\u202D\u202B\u202A never ended",
            "\u2066\u2067\u2068 isolates \u2069\u2069\u2069\u2069",
            "\u200F\u200E\u061C marks",
            "abc \u05E9\u05DC\u05D5\u05DD 123 (4) \u0645\u0631\u062D\u0628\u0627 45",
            "\u05E9\u05DC\u05D5\u05DD",
            "\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064A\u0643\u0645 \u0661\u0662\u0663",
            // Widths on which terminals disagree.
            "\u4F60\u597D \uFF21\uFF22\uFF23 \uD55C\uAD6D\uC5B4",
            "\u4F60".repeat(60),
            "e" + "\u0301".repeat(400),
            "Z\u0351\u036B\u0343\u036A\u0302\u036B\u033D\u034F\u0334\u0319\u0324\u031E\u0349\u035A\u032F\u031Ealgo",
            "\u0301\u0301 begins with marks",
            "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67\u200D\uD83D\uDC66 family",
            "\uD83C\uDDEB\uD83C\uDDF7\uD83C\uDDE9\uD83C\uDDEA flags",
            "\uD83D\uDC4D\uD83C\uDFFD tone, \u2764\uFE0F heart, \u263A\uFE0E face",
            "\u1100\u1161\u11A8 jamo \u115F\u1160\u3164\uFFA0 fillers",
            "\uFDFD \u2E3B \u12031 wide glyphs",
            "\u0BA8\u0BBF \u0915\u094D\u0937\u093F \u0E01\u0E33 clusters",
            // Invisible characters.
            "zero\u200B\u200C\u200D\u2060\uFEFFwidth\u00ADsoft",
            "\uDB40\uDC41\uDB40\uDC42\uDB40\uDC7F tags",
            "\uE000\uF8FF\uDBFF\uDFFD private",
            "\uD800 half \uDC00",
            "\uFFFE\uFFFF\uD83F\uDFFE none",
            "\u2800\u3000\u2003 blanks",
            "\u180B\u180E\uFE00 selectors",
            // Length.
            "w".repeat(300),
            "a ".repeat(150),
            // Imitations.
            "09:52   7d \u2713S bob          \u2502 I said that",
            "\u2500\u2500\u2500 Tuesday, 24 November 2026 \u2500\u2500\u2500",
            "relayed, shown by 2 nodes \u00B7 312 sat",
            "> /quit",
            "\u2713S bob",
            "$(reboot) `reboot` ; reboot",
            "\\u001b[2J \\e[2J %1$s {} \\",
            "</pre>&lt;<script>");

    /** Each looks like {@code bob}, but differs from it. */
    public static final List<String> NAMES_LIKE_BOB = List.of(
            "b\u043Eb",
            "b\u03BFb",
            "b0b",
            "\uFF42\uFF4F\uFF42",
            "bob ",
            " bob",
            "bob\u200B",
            "b\u00ADob",
            "b\u200Dob",
            "bo\u0301b",
            "BOB",
            "bob\u202E",
            "bob\uFE0F",
            "bob\u3164");

    private Corpus() {}
}
