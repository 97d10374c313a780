package org.partyline.transportbitcoinj;

/** Makes text from peers printable. */
final class Printable {
    private Printable() {}

    /** A stranger's text, shortened and without control characters. */
    static String of(String text) {
        StringBuilder clean = new StringBuilder();
        text.chars().limit(120).forEach(c -> clean.append(c < ' ' || c > '~' ? '?' : (char) c));
        return clean.toString();
    }
}
