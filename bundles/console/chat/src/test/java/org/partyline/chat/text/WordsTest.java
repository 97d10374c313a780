package org.partyline.chat.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class WordsTest {
    private final Words words = new Words(UnaryOperator.identity());

    @Test
    void aLetterBearsThreeMarksAtMost() {
        assertEquals("e\u0301\u0302\u0303", words.line("e\u0301\u0302\u0303"));
        assertEquals("e\u0301\u0302\u0303!", words.line("e\u0301\u0302\u0303" + "\u0304".repeat(500) + "!"));
        assertEquals("e\u0301\u0301\u0301o\u0301", words.line("e" + "\u0301".repeat(9) + "o\u0301"));
    }
}
