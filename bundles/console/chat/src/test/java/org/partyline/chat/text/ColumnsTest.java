package org.partyline.chat.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnsTest {
    @Test
    void breaksAtBlanksAndWithinLongWords() {
        assertEquals(List.of("one two", "three"), Columns.wrap("one two three", 9));
        assertEquals(List.of("abcde", "fgh"), Columns.wrap("abcdefgh", 5));
        assertEquals(List.of(""), Columns.wrap("", 5));
    }

    @Test
    void wideCharactersTakeTwoColumnsAndMarksNone() {
        assertEquals(4, Columns.of("\u4F60\u597D"));
        assertEquals(1, Columns.of("e\u0301"));
        assertEquals(List.of("\u4F60", "\u597D"), Columns.wrap("\u4F60\u597D", 3));
        assertEquals("\u4F60\u2026", Columns.cut("\u4F60\u597D\u4F60", 4));
        assertEquals("\u4F60 ", Columns.fit("\u4F60", 3));
    }

    @Test
    void nothingIsWiderThanItMayBe() {
        for (int width = 1; width < 30; width++) {
            for (String row : Columns.wrap(
                    "a \u4F60\u597D bc e\u0301\u0301 \uD83D\uDC4D\uD83D\uDC4D long-word-without-an-end", width)) {
                assertTrue(Columns.of(row) <= width, row);
            }
        }
    }

    @Test
    void onlyWhatIsWrittenFromTheRightIsEnclosed() {
        assertEquals("abc", Columns.enclosed("abc"));
        assertEquals("\u202A\u05D0\u202C", Columns.enclosed("\u05D0"));
    }
}
