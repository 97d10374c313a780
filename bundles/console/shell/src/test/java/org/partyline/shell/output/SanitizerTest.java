package org.partyline.shell.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SanitizerTest {
    @Test
    void wordsOfEveryScriptStayAsTheyAre() {
        String text = "Grüße, 你好, שלום, नमस्ते, 👩‍👩‍👧";
        assertEquals(text, Sanitizer.line(text));
    }

    @Test
    void anEscapeSequenceLosesItsEscape() {
        assertEquals("\uFFFD[31mred\uFFFD]0;title\uFFFD", Sanitizer.line("\u001B[31mred\u001B]0;title\u0007"));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 7, 8, 0x1B, 0x7F, 0x80, 0x9B, 0x9D, 0x200B, 0x202A, 0x202E, 0x2066, 0x2069, 0x200F, 0xFEFF, 0xE0041
            })
    void controlsAndDirectionChangesAreReplaced(int codePoint) {
        assertEquals("a\uFFFDb", Sanitizer.block("a" + Character.toString(codePoint) + "b"));
    }

    @Test
    void aLoneSurrogateIsReplaced() {
        assertEquals("a\uFFFDb", Sanitizer.line("a\uD800b"));
    }

    @Test
    void aLineHasNoLineEnds() {
        assertEquals("a b c d e", Sanitizer.line("a\nb\rc\td\u2028e"));
    }

    @Test
    void aBlockKeepsItsLineEndsAndNoCarriageReturn() {
        String shown = Sanitizer.block("one\r\ntwo\rthree");
        assertEquals("one\ntwo\nthree", shown);
        assertFalse(shown.contains("\r"));
    }
}
