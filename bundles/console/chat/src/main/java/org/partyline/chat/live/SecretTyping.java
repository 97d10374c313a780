package org.partyline.chat.live;

import java.util.Arrays;
import org.partyline.chat.act.Key;

/** The passphrase that is being typed at the locked screen. It is in no state, and nothing of it is painted. */
final class SecretTyping {
    private static final int LONGEST = 1024;

    private final char[] typed;
    private int length;

    SecretTyping() {
        this(new char[LONGEST]);
    }

    /** @param typed what it keeps the passphrase in */
    SecretTyping(char[] typed) {
        this.typed = typed;
    }

    /** @return whether it is whole */
    boolean press(Key key) {
        switch (key.kind()) {
            case TEXT, PASTE -> append(key.text());
            case BACKSPACE -> drop();
            case CLEAR, ESCAPE -> wipe();
            case ENTER -> {
                return length > 0;
            }
            default -> {
                // Nothing that belongs to a passphrase.
            }
        }
        return false;
    }

    private void append(String text) {
        for (int i = 0; i < text.length() && length < typed.length; i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n') {
                return;
            }
            typed[length] = c;
            length++;
        }
    }

    private void drop() {
        if (length > 0) {
            length--;
            typed[length] = '\0';
            if (length > 0 && Character.isHighSurrogate(typed[length - 1])) {
                length--;
                typed[length] = '\0';
            }
        }
    }

    /** What was typed: the caller wipes it. Nothing of it is left here. */
    char[] take() {
        char[] taken = Arrays.copyOf(typed, length);
        wipe();
        return taken;
    }

    void wipe() {
        Arrays.fill(typed, '\0');
        length = 0;
    }
}
