package org.partyline.chat.screen;

import org.jline.utils.AttributedStyle;

/** The colours, with the same meanings as elsewhere in the console. */
final class Styles {
    static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
    static final AttributedStyle BOLD = PLAIN.bold();
    static final AttributedStyle DIM = PLAIN.faint();
    static final AttributedStyle GOOD = PLAIN.foreground(AttributedStyle.GREEN);
    static final AttributedStyle WARN = PLAIN.foreground(AttributedStyle.YELLOW);
    static final AttributedStyle BAD = PLAIN.foreground(AttributedStyle.RED);
    static final AttributedStyle OURS = PLAIN.foreground(AttributedStyle.CYAN);
    static final AttributedStyle THEIRS = PLAIN.foreground(AttributedStyle.MAGENTA);
    static final AttributedStyle BAR = PLAIN.inverse();

    private Styles() {}
}
