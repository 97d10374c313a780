package org.partyline.shell.output;

/** The style of a text on a terminal with colours. */
public enum Style {
    /** No style. */
    PLAIN(""),
    /** Headings, names. */
    BOLD("1"),
    /** Less important text. */
    DIM("2"),
    /** Success. */
    GOOD("32"),
    /** Warnings. */
    WARN("33"),
    /** Failures. */
    BAD("31"),
    /** One side of a conversation. */
    ONE("36"),
    /** The other side. */
    OTHER("35");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** Encloses the text in SGR sequences (ECMA-48 8.3.117). */
    public String paint(String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001B[" + code + "m" + text + "\u001B[0m";
    }
}
