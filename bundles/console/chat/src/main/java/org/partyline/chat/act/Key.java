package org.partyline.chat.act;

/**
 * A key press.
 *
 * @param kind which key
 * @param text of {@link Kind#TEXT} and {@link Kind#PASTE}
 * @param column of the mouse, from 0
 * @param row of the mouse, from 0
 */
public record Key(Kind kind, String text, int column, int row) {
    /** The kinds of keys. */
    public enum Kind {
        /** Characters. */
        TEXT,
        /** Characters that were pasted. */
        PASTE,
        ENTER,
        NEWLINE,
        BACKSPACE,
        DELETE,
        LEFT,
        RIGHT,
        WORD_LEFT,
        WORD_RIGHT,
        HOME,
        END,
        UP,
        DOWN,
        PAGE_UP,
        PAGE_DOWN,
        TOP,
        BOTTOM,
        CUT_WORD,
        /** Ctrl-U. */
        CLEAR,
        CUT_TO_END,
        TAB,
        ESCAPE,
        HELP,
        LIST,
        SEARCH,
        BURN,
        TTL,
        SIGN,
        CARRIER,
        RECALL,
        INSPECT,
        NEXT,
        PREVIOUS,
        NEXT_UNREAD,
        SELECT_UP,
        SELECT_DOWN,
        REDRAW,
        /** Ctrl-Z. */
        SUSPEND,
        /** Ctrl-D. */
        CLOSE,
        /** Ctrl-C. */
        QUIT,
        CLICK,
        WHEEL_UP,
        WHEEL_DOWN,
        /** Any key without a function here. */
        OTHER
    }

    /** Returns a key without text. */
    public static Key of(Kind kind) {
        return new Key(kind, "", 0, 0);
    }

    /** Returns a key with characters. */
    public static Key text(String text) {
        return new Key(Kind.TEXT, text, 0, 0);
    }

    /** Does not show what was typed. */
    @Override
    public String toString() {
        return "Key[" + kind + "]";
    }
}
