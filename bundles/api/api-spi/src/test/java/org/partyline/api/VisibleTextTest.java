package org.partyline.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that look alike are the same name, and an invisible name is not a name. */
class VisibleTextTest {
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x1B, 0x7F, 0x85, 0xA0, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180E,
                0x180F, 0x2003, 0x200B, 0x200D, 0x200E, 0x202E, 0x2028, 0x2029, 0x2060, 0x2065, 0x2066, 0x2800, 0x3000,
                0x3164, 0xE000, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0, 0xFFFB, 0xE0001, 0xE0020, 0xE0100, 0xE01EF,
                0xE0FFF
            })
    void whatShowsNothingIsInNoName(int character) {
        String hidden = Character.toString(character);
        assertFalse(VisibleText.isName("bob" + hidden, 32));
        assertFalse(VisibleText.isName(hidden + "bob", 32));
        assertFalse(VisibleText.isName("b" + hidden + "ob", 32));
        assertFalse(VisibleText.isName(hidden, 32));
        assertEquals("bob", VisibleText.visible("b" + hidden + "ob"));
        assertEquals("", VisibleText.visible(hidden + hidden));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bob",
                "Åsa",
                "a\u030Asa",
                "Bob Smith",
                "Ελένη",
                "Иван",
                "王小明",
                "김철수",
                "नेहा",
                "محمد",
                "O'Neil-2",
                "\uD83D\uDE80 rockets"
            })
    void namesOfAllWritingsAreNames(String name) {
        assertTrue(VisibleText.isName(name, 32), name);
        assertEquals(name, VisibleText.visible(name));
    }

    @Test
    void aNameHasItsLengthInBytesAndNoSpaceAroundIt() {
        assertTrue(VisibleText.isName("é".repeat(16), 32));
        assertFalse(VisibleText.isName("é".repeat(16) + "x", 32));
        assertFalse(VisibleText.isName("", 32));
        assertFalse(VisibleText.isName(" bob", 32));
        assertFalse(VisibleText.isName("bob ✓S", 32));
        assertEquals("bob \uFFFDS", VisibleText.visible("bob ✓S"));
        assertFalse(VisibleText.isName("bob ", 32));
    }

    /** Every Unicode character without a glyph, by its type, is on the list. */
    @Test
    void noFormatOrControlIsMissing() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            int type = Character.getType(c);
            if (type == Character.FORMAT || type == Character.CONTROL || type == Character.LINE_SEPARATOR) {
                assertTrue(VisibleText.isInvisible(c), Integer.toHexString(c));
            }
        }
    }
}
