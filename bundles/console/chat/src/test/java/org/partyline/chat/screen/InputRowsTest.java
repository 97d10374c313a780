package org.partyline.chat.screen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.chat.model.Editor;

class InputRowsTest {
    @Test
    void whatSteersATerminalIsNotPaintedWhenItIsPasted() {
        Editor pasted = Editor.EMPTY.insert("a\u202Eb\u2066c\u001B[31md\u2028e");

        assertEquals(
                List.of("> a\uFFFDb\uFFFDc\uFFFD[31md\uFFFDe"),
                InputRows.of(pasted, 80).rows());
        assertEquals("a\u202Eb\u2066c\u001B[31md\u2028e", pasted.text());
    }
}
