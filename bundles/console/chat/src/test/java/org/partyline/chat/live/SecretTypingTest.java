package org.partyline.chat.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.partyline.chat.act.Key;

class SecretTypingTest {
    private final char[] kept = new char[32];
    private final SecretTyping typing = new SecretTyping(kept);

    @Test
    void nothingOfAPassphraseIsLeftOnceItWasTaken() {
        typing.press(Key.text("correct horse"));

        assertArrayEquals("correct horse".toCharArray(), typing.take());
        assertArrayEquals(new char[32], kept);
    }

    @Test
    void whatIsErasedWhileTypingIsNotKept() {
        typing.press(Key.text("horse\uD83D\uDC0E"));
        for (int i = 0; i < 6; i++) {
            typing.press(Key.of(Key.Kind.BACKSPACE));
        }
        assertArrayEquals(new char[32], kept);

        typing.press(Key.text("horse"));
        typing.press(Key.of(Key.Kind.ESCAPE));
        assertArrayEquals(new char[32], kept);
    }
}
