package org.partyline.shell.output;

/** The style of a text on a terminal with colours. */
public enum Style {
    /** As it is. */
    PLAIN(""),
    /** Headings, names. */
    BOLD("1"),
    /** What matters less. */
    DIM("2"),
    /** All is well. */
    GOOD("32"),
    /** Look at it. */
    WARN("33"),
    /** Does not work. */
    BAD("31"),
    /** One side of a conversation. */
    ONE("36"),
    /** The other side. */
    OTHER("35");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The text with the SGR sequences (ECMA-48 8.3.117) around it. */
    public String paint(String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001B[" + code + "m" + text + "\u001B[0m";
    }
}
