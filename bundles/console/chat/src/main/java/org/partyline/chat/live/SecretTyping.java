package org.partyline.chat.live;

import java.util.Arrays;
import org.partyline.chat.act.Key;

/** The passphrase that is being typed at the locked screen. It is not part of any state, and never painted. */
final class SecretTyping {
    private static final int LONGEST = 1024;

    private final char[] typed;
    private int length;

    SecretTyping() {
        this(new char[LONGEST]);
    }

    /** @param typed the array for the passphrase */
    SecretTyping(char[] typed) {
        this.typed = typed;
    }

    /** @return whether the passphrase is complete */
    boolean press(Key key) {
        switch (key.kind()) {
            case TEXT, PASTE -> append(key.text());
            case BACKSPACE -> drop();
            case CLEAR, ESCAPE -> wipe();
            case ENTER -> {
                return length > 0;
            }
            default -> {
                // Not part of a passphrase.
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

    /** Returns the typed passphrase, and keeps nothing of it. The caller wipes it. */
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
